"""Of the results of several machines, this one's are shown first; options choose others."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from journals import parabench, write_session
from two_runs import DAYS, FIRST, MODELS, SECOND, THIRD, faster, seconds

from benchmarks.harness import journal
from benchmarks.harness.fingerprint import HOST_VARIABLE, digest, fingerprint, host
from parabench import plan, rates
from parabench.cli.app import app
from parabench.report import sessions, summary
from parabench.report.choice import Choice, choose
from parabench.report.site.build import page_of, write_site


def two_machines(folder: Path) -> None:
    """Write results of this machine, and newer ones of another."""
    write_session(folder, MODELS, seconds, at=FIRST, cores=fingerprint()["cores"])
    write_session(folder, MODELS, faster, at=SECOND, name="2", cpu="Another one", cores="64")


def test_this_machine_is_shown_first_and_labelled(tmp_path: Path) -> None:
    """And the other, which is newer, is named with its date, and how to see it."""
    two_machines(tmp_path)
    lines = parabench("report", "--results", tmp_path, "--format", "terminal").stdout.splitlines()
    cores = fingerprint()["cores"]
    assert lines[0].startswith(f"here: {cores} cores of {fingerprint()['cpu']}, ")
    assert lines[1] == f"commit cccccccc, profile default, {DAYS[0]} 14:13 UTC"
    other = sessions.read_folder(tmp_path)[1].machine
    assert lines[2] == f"it is another machine, just like this one ({host()})"
    assert lines[3] == (
        f"also there: here, commit cccccccc, profile default, {DAYS[1]} 09:06 UTC; "
        f"shown with --machine {other}"
    )
    chosen = parabench("report", "--results", tmp_path, "--machine", other)
    assert chosen.stdout.startswith("here: 64 cores of Another one, ")
    assert "it is another machine; then and now: cpu: Another one and " in chosen.stdout
    assert f"{DAYS[0]} 14:13 UTC; shown with --machine" in chosen.stdout
    assert not (tmp_path / "html").exists(), "what was chosen is only printed"
    markdown = parabench("report", "--results", tmp_path, "--format", "markdown").stdout
    assert f"{DAYS[1]} 09:06 UTC; shown with" in markdown


def test_the_page_that_is_named_is_that_of_this_machine(tmp_path: Path) -> None:
    """The index is about the one that was measured last."""
    two_machines(tmp_path)
    done = parabench("report", "--results", tmp_path, "--html", tmp_path / "html")
    page = Path(done.stdout.splitlines()[-1].removeprefix("page: "))
    assert page.parent.parent == tmp_path / "html" / "machines"
    assert f'<th scope="row">cores</th><td>{fingerprint()["cores"]}</td>' in page.read_text()


def test_a_machine_that_has_changed_is_known_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what differs is said; another machine is the last resort."""
    write_session(tmp_path, MODELS, seconds, at=FIRST, memory="1.0 GB")
    write_session(tmp_path, MODELS, seconds, at=SECOND, name="2", cpu="Another one")
    path = next(path for path in tmp_path.glob("*.jsonl") if '"1.0 GB"' in path.read_text())
    path.write_text(path.read_text().replace('"host": "here"', f'"host": "{host()}"'))
    app(["report", "--results", str(tmp_path), "--format", "terminal"], standalone_mode=False)
    printed = capsys.readouterr().out
    assert printed.startswith(f"{host()}: ")
    assert "this machine has changed; then and now: " in printed
    assert "memory: 1.0 GB and " in printed


@pytest.mark.parametrize(
    ("option", "value", "day"),
    [
        ("--commit", "aaaa", DAYS[0]),
        ("--profile", "ci", DAYS[1]),
        ("--environment", "venv", DAYS[2]),
    ],
)
def test_other_results_can_be_chosen(
    option: str, value: str, day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By commit, profile, and environment."""
    write_session(tmp_path, MODELS, seconds, at=FIRST, commit="a" * 40)
    path = write_session(tmp_path, MODELS, seconds, at=SECOND, name="2", commit="b" * 40)
    path.write_text(path.read_text().replace('"profile": "default"', '"profile": "ci"'))
    path = write_session(tmp_path, MODELS, seconds, at=THIRD, name="3", commit="c" * 40)
    path.write_text(path.read_text().replace('"profile"', '"environment": "venv", "profile"'))
    words = ["report", "--results", str(tmp_path), "--format", "terminal", option, value]
    app(words, standalone_mode=False)
    printed = capsys.readouterr().out
    assert day in printed.splitlines()[1]
    assert printed.count("also there: ") == 2


def test_results_that_are_not_there_are_named(tmp_path: Path) -> None:
    """In one line, with those that are."""
    write_session(tmp_path, MODELS, seconds, at=FIRST)
    with pytest.raises(sessions.NoResultsError) as caught:
        choose(sessions.read_folder(tmp_path), Choice(machine="nowhere"))
    assert str(caught.value) == (
        "there are no such results; there are: here: commit cccccccc, "
        f"profile default, {DAYS[0]} 14:13 UTC"
    )


def test_results_that_newer_ones_replace_are_named(tmp_path: Path) -> None:
    """With the reason, as no option shows them."""
    for name, at in (("1", FIRST), ("2", SECOND)):
        write_session(tmp_path, MODELS, seconds, at=at, name=name, commit=None)
    found = sessions.read_folder(tmp_path)
    assert choose(found, Choice(commit="uncommitted")) is found[1]
    text = summary.markdown(found[1], found)
    assert f"{DAYS[0]} 14:13 UTC; newer ones, by other measuring code" in text


def test_a_plan_goes_by_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where another was measured last."""
    two_machines(tmp_path)
    asked: list[str] = []

    def from_results(measured: sessions.Session) -> rates.Rates | None:
        asked.append(measured.fingerprint["cpu"])
        return None if len(asked) == 1 else rates.Rates("x", 1, {}, {}, {}, {}, 1, {})

    monkeypatch.setattr(plan, "from_results", from_results)
    assert plan.rates(tmp_path, print).origin == "x"
    assert asked == ["Another one", fingerprint()["cpu"]]


def two_hosts(folder: Path) -> tuple[sessions.Session, sessions.Session]:
    """Write results of two hosts with the same fingerprint, the second twice as fast."""
    path = write_session(folder, MODELS, seconds, at=FIRST)
    path.rename(folder / "first.jsonl")
    path = write_session(folder, MODELS, faster, at=SECOND, name="2")
    path.write_text(path.read_text().replace('"host": "here"', '"host": "there"'))
    first, second = sessions.read_folder(folder)
    return first, second


def test_hosts_with_the_same_fingerprint_are_two_machines(tmp_path: Path) -> None:
    """Their cells are never put together, and `--machine` finds each, by name and by digits."""
    first, second = found = two_hosts(tmp_path)
    assert (first.host, second.host) == ("here", "there")
    assert first.fingerprint == second.fingerprint
    medians = [session.cells[0].median("seconds") or 0.0 for session in found]
    assert medians[0] == pytest.approx(2 * medians[1])
    assert not any(cell.earlier for session in found for cell in session.cells)
    for session in found:
        assert choose(found, Choice(machine=session.host)) is session
        assert choose(found, Choice(machine=session.machine[:6])) is session
    assert "shown with --machine here" in summary.markdown(second, found)
    assert "shown with --machine there" in summary.markdown(first, found)


def test_hosts_with_the_same_fingerprint_have_a_page_each(tmp_path: Path) -> None:
    """The one that was measured last is the index."""
    first, second = two_hosts(tmp_path)
    only = [replace(session, cells=session.of("planning")) for session in (first, second)]
    index = write_site(only, tmp_path / "html")
    assert page_of(second, tmp_path / "html") == index
    own = page_of(first, tmp_path / "html")
    assert own.parent.name == first.machine
    assert f"<strong>{first.label}</strong>" in own.read_text()
    assert f"<strong>{second.label}</strong>" in index.read_text()
    assert f"{first.label}</a> (other: host)" in index.read_text()


def test_a_machine_whose_name_changes_can_be_given_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a container's: then its results are those of this machine."""
    first, second = two_hosts(tmp_path)
    cores = fingerprint()["cores"]
    own = [replace(s, fingerprint={**s.fingerprint, "cores": cores}) for s in (first, second)]
    monkeypatch.setenv(HOST_VARIABLE, "here")
    assert choose(own, Choice()) is own[0]
    monkeypatch.setenv(HOST_VARIABLE, "there")
    assert choose(own, Choice()) is own[1]


def test_a_run_of_another_host_is_not_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hosts may share a folder; whether the run of another goes on cannot be seen from here."""
    monkeypatch.setenv(journal.FOLDER_VARIABLE, str(tmp_path))
    name = f"00000000-here-{digest(fingerprint())}.jsonl"
    opened = journal.Journal.open({})
    head = json.loads(opened.path.read_text()) | {"saves": True, "run": "1-1.00"}
    assert journal.was_interrupted([head], name)
    assert not journal.was_interrupted([head | {"host": "elsewhere"}], name)
