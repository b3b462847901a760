"""What is a number, and how one is written, to the reference: a grammar of its own."""

import re
from decimal import Decimal
from functools import cache

from strategies.core.csv.dialect import Dialect

BLANKS = r"[ \t\n\r\f\v]*"
GAPS = r"[ \t\n\r\f\v\u00a0\u202f\u2009]*"  # around a currency sign
INFINITY = float("inf")
MISSING = ("", "NA", "NaN", "nan")
MOST_WHOLE = 2**53  # to it, float64 holds all whole numbers
USUAL = {  # numbers of which Python makes what the grammar has them for
    float: re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}", re.ASCII),
    int: re.compile(r"-?[0-9]{1,15}", re.ASCII),
}


@cache
def grammar(dialect: Dialect, reads: type) -> re.Pattern[str]:
    """Return what is a number, in ASCII but for the dialect's own signs, with blanks around."""
    group, decimal = re.escape(dialect.thousands), re.escape(dialect.decimal)
    currency = re.escape(dialect.currency)
    whole = rf"[0-9]{{1,3}}({group}[0-9]{{3}})+|[0-9]+" if group else "[0-9]+"
    number = rf"(?P<whole>{whole})"
    if reads is float:
        number = (
            rf"(?P<digits>({number}({decimal}(?P<fraction>[0-9]*))?"
            rf"|{decimal}(?P<only_fraction>[0-9]+))(?P<exponent>[eE][+-]?[0-9]+)?)"
            "|(?P<word>(?i:inf|infinity|nan))"
        )
    if not (group or currency or dialect.decimal == ","):
        signed = rf"(?P<sign>[+-]?)({number})"
    else:  # a sign may stand before or behind the currency, and blanks between
        before = rf"({currency}{GAPS})?" if currency else ""
        behind = rf"({GAPS}{currency})?" if currency else ""
        signed = rf"(?P<sign>[+-]?){BLANKS}{before}(?P<inner>[+-]?){BLANKS}({number}){behind}"
    return re.compile(BLANKS + signed + BLANKS, re.ASCII)


def number(text: str, reads: type, dialect: Dialect) -> int | float | None:
    """Return the number that a text is, None if it is missing; raises ValueError."""
    if text in MISSING or text in dialect.missing:
        return None
    match = grammar(dialect, reads).fullmatch(text)
    parts = match.groupdict() if match else {}
    if not match or (parts["sign"] and parts.get("inner")):
        message = "not a number"
        raise ValueError(message)
    sign = parts["sign"] or parts.get("inner") or ""
    whole = parts["whole"].replace(dialect.thousands, "") if parts["whole"] else ""
    if reads is int:
        return int(sign + whole)
    if parts["word"]:
        value = float(sign + parts["word"])
        return None if value != value else value
    fraction = parts["fraction"] or parts["only_fraction"] or ""
    value = float(f"{sign}{whole or '0'}.{fraction or '0'}{parts['exponent'] or ''}")
    if abs(value) == INFINITY:
        message = "beyond the range of float64"
        raise ValueError(message)
    bare = parts["fraction"] is None and parts["only_fraction"] is None and not parts["exponent"]
    if bare and int(whole or "0") > MOST_WHOLE:
        message = "beyond 2^53, to which float64 is exact"
        raise ValueError(message)
    return value


def text_of(value: object, dialect: Dialect) -> str:
    """Return how a result is written; one that is not equal to itself is missing."""
    if value != value:
        return ""
    text = str(value)
    if dialect.plain_numbers or type(value) not in {int, float, Decimal}:
        return text
    found = re.fullmatch(r"(-?)([0-9]+)(?:\.([0-9]+))?([eE].*)?", text)
    if not found:  # infinite
        return text
    sign, whole, fraction, exponent = found.groups()
    if dialect.thousands and not exponent:
        whole = f"{int(whole):,}".replace(",", dialect.thousands)
    return sign + whole + (dialect.decimal + fraction if fraction else "") + (exponent or "")
