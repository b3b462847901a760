"""Which results are shown, where a folder has those of several machines, commits or profiles."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.harness.fingerprint import digest, fingerprint, host
from benchmarks.harness.threads import pin_threads
from parabench.report.sessions import NoResultsError, Session

NAMED = 5  # other results in a list


@dataclass(frozen=True)
class Choice:
    """What the user has asked for; nothing for what is left to us."""

    machine: str | None = None  # its host's name, or the first of the digits that stand for it
    commit: str | None = None  # its first digits, or `uncommitted`
    profile: str | None = None
    environment: str | None = None

    def fits(self, session: Session) -> bool:
        """Whether results are what was asked for."""
        commit = session.commit or session.short_commit
        return (
            (self.machine is None or _is_of(session, self.machine))
            and (self.commit is None or commit.startswith(self.commit))
            and self.profile in {None, session.profile}
            and self.environment in {None, session.environment}
        )


def _is_of(session: Session, machine: str) -> bool:
    digits = session.machine, digest(session.fingerprint)  # which is in the journal's name
    return machine == session.host or (
        len(machine) >= 4 and any(known.startswith(machine) for known in digits)
    )


def choose(sessions: Sequence[Session], choice: Choice) -> Session:
    """Return the newest results of this machine that fit, else the newest that fit.

    `sessions` are in the order of time. Raises NoResultsError.
    """
    fitting = [session for session in sessions if choice.fits(session)]
    if not fitting:
        there = "; ".join(f"{session.host}: {session.about}" for session in sessions[-NAMED:])
        message = f"there are no such results; there are: {there}"
        raise NoResultsError(message)
    return (of_this_machine(fitting) or fitting)[-1]


def of_this_machine(sessions: Sequence[Session]) -> list[Session]:
    """Return the results of this machine, else those of its name, else those of one just like it.

    One of its name has then other versions, or another amount of memory.
    """
    pin_threads()  # as in processes that measure: it is part of the fingerprint
    alike = [session for session in sessions if not session.not_comparable(fingerprint())]
    own = [session for session in alike if session.host == host()]
    return own or [session for session in sessions if session.host == host()] or alike


def heading(shown: Session, sessions: Sequence[Session]) -> list[str]:
    """Return lines that say which results are shown, and which others there are."""
    texts = [shown.label, shown.about, *shown.earlier_runs]
    different = shown.not_comparable(fingerprint())
    if not different and shown.host != host():
        texts.append(f"it is another machine, just like this one ({host()})")
    if different:
        whose = "this machine has changed" if shown.host == host() else "it is another machine"
        texts.append(f"{whose}; then and now: {'; '.join(different)}")
    return [*texts, *others(shown, sessions)]


def others(shown: Session, sessions: Sequence[Session], among: Sequence[Session] = ()) -> list[str]:
    """Return a line for each of the other results, newest first, with the options to see them.

    `among` are all results that these choose from, if there are more.
    """
    rest = [session for session in reversed(sessions) if session is not shown]
    lines = [
        f"also there: {session.host}, {session.about}{_how_to_see(session, among or sessions)}"
        for session in rest[:NAMED]
    ]
    if len(rest) > NAMED:
        lines.append(f"also there: {len(rest) - NAMED} more, which are older")
    return lines


def _how_to_see(session: Session, sessions: Sequence[Session]) -> str:
    """Return the options that show results: as few as tell them from the rest."""
    namesakes = {other.machine for other in sessions if other.host == session.host}
    options = {
        "machine": (
            session.host if len(namesakes) == 1 else session.machine,
            [other.machine for other in sessions],
        ),
        "commit": (session.short_commit, [other.short_commit for other in sessions]),
        "profile": (session.profile, [other.profile for other in sessions]),
        "environment": (session.environment, [other.environment for other in sessions]),
    }
    choice = Choice(**{name: value for name, (value, _) in options.items()})
    if choose(sessions, choice) is not session:
        return "; newer ones, by other measuring code or of other uncommitted code, replace them"
    words = [
        word
        for name, (value, values) in options.items()
        if len(set(values)) > 1
        for word in (f"--{name}", value)
    ]
    return f"; shown with {shlex.join(words)}"
