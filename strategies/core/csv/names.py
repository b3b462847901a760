"""Columns' names that look alike: which one is nearest to another, and where they differ."""

import difflib
import unicodedata
from collections.abc import Iterable

# Drawn as nothing, or nearly so: soft hyphen, zero-width characters, byte order mark.
UNSEEN = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
LEAST = 0.6  # of 1, how alike names must be


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return which of the names is most like one that is not among them, if any is."""
    by_form = {_form(other): other for other in reversed(list(names))}
    alike = difflib.get_close_matches(_form(name), by_form, n=1, cutoff=LEAST)
    return by_form[alike[0]] if alike else None


def _form(name: str) -> str:
    """Return what the eye sees of a name: no case, no accents, one kind of gap, nothing unseen."""
    folded = unicodedata.normalize("NFKD", name.translate(UNSEEN)).casefold()
    seen = "".join(character for character in folded if not unicodedata.combining(character))
    return " ".join(seen.replace("_", " ").replace("-", " ").split())


def difference(theirs: str, ours: str) -> str:
    """Say in words where the name that is there differs from the one that was asked for."""
    if theirs.strip() == ours.strip():
        return f"mind the blanks ({_blanks(theirs)})"
    if theirs.strip().casefold() == ours.strip().casefold():
        blanks = "" if theirs.strip() == theirs else f", and the blanks ({_blanks(theirs)})"
        return f"mind upper and lower case{blanks}"
    if unicodedata.normalize("NFC", theirs) == unicodedata.normalize("NFC", ours):
        return "the same characters, composed in another way; copy the name from the file"
    matcher = difflib.SequenceMatcher(None, theirs, ours, autojunk=False)
    for what, start, stop, our_start, our_stop in matcher.get_opcodes():
        if what != "equal":
            there, asked = theirs[start:stop], ours[our_start:our_stop]
            return f"at character {start + 1} it has {_named(there)}, not {_named(asked)}"
    return "they are the same"


def _blanks(name: str) -> str:
    """Say how many blanks stand around a name."""
    before, behind = len(name) - len(name.lstrip()), len(name) - len(name.rstrip())
    return f"it has {before} in front and {behind} behind"


def _named(text: str) -> str:
    """Return a few characters so that none looks like another."""
    if not text:
        return "nothing"
    if text.isascii() and text.isprintable() and text.strip():
        return f"'{text}'"
    return " ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in text[:4])
