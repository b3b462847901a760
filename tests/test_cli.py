"""The `parabench` command as a user runs it: in a process, by its name."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import typer.core
import typer.main
from nightly import every_night_but
from patience import PATIENCE

from parabench.cli import app
from strategies import chunk_strategies, engine_names, names, whole_file_systems

COMMAND = Path(sys.executable).with_name("parabench")


def parabench(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)


Called = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Called:
    """Return a function that calls a command in this process, where another is not the point."""

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["parabench", *arguments])
        with pytest.raises(SystemExit) as ended:
            app.main()
        code = ended.value.code or 0
        assert isinstance(code, int)
        return subprocess.CompletedProcess(arguments, code, *capfd.readouterr())

    return call


def test_list_names_every_strategy() -> None:
    """In text and in JSON."""
    found = json.loads(parabench("list", "--json").stdout)
    assert {frozenset(entry) for entry in found} == {
        frozenset("name kind ready reason keeps".split())
    }
    assert [e["name"] for e in found if e["kind"] == "strategy"] == chunk_strategies()
    assert [e["name"] for e in found if e["kind"] == "whole file"] == whole_file_systems()
    assert [e["name"] for e in found if e["kind"] == "engine"] == engine_names()
    assert all(entry["ready"] for entry in found), "all libraries of the core are installed"
    assert {entry["keeps"] for entry in found if entry["kind"] != "whole file"} == {"bytes"}
    assert {entry["keeps"] for entry in found if entry["kind"] == "whole file"} == {None}
    listing = parabench("list")
    assert listing.returncode == 0
    assert all(name in listing.stdout for name in [*names(), *engine_names()])


def test_generate_run_verify(tmp_path: Path) -> None:
    """A user's first three commands."""
    source, destination = tmp_path / "in.csv", tmp_path / "out.csv"
    generated = parabench("generate", "--size", "1MB", "--shape", "quoted", source)
    assert generated.returncode == 0, generated.stderr
    assert "records" in generated.stdout
    ran = parabench(
        "run", "futures_processes", source, destination, "--workload", "double", "--column",
        "quantity", "--into", "pairs", "--workers", 2, "--chunk-size", "100kB", "--json",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    assert list(summary) == [
        "strategy", "engine", "workers", "records", "bytes_in", "bytes_out", "lines_left_out",
        "bytes_spooled", "chunks", "chunks_fallen_back", "startup_seconds", "run_seconds",
        "shutdown_seconds", "mb_per_s",
    ]  # fmt: skip
    assert summary["bytes_in"] == source.stat().st_size
    assert summary["bytes_out"] == destination.stat().st_size
    assert summary["mb_per_s"] == summary["bytes_in"] / 1e6 / summary["run_seconds"]

    options = ("--column", "quantity", "--into", "pairs")
    verified = parabench("verify", source, destination, *options)
    assert verified.returncode == 0, verified.stderr
    assert f"{summary['records']:,} records" in verified.stdout

    destination.write_bytes(destination.read_bytes().replace(b".0\n", b".1\n", 1))
    wrong = parabench("verify", source, destination, *options)
    assert wrong.returncode == 1
    assert "record 1 is" in wrong.stderr


def test_run_says_it_in_words(dataset_of: Callable[[str, int], Path], tmp_path: Path) -> None:
    """Start-up and run apart."""
    ran = parabench("run", "serial", dataset_of("plain", 100), tmp_path / "out.csv")
    assert ran.returncode == 0, ran.stderr
    assert "100 records" in ran.stdout
    assert "start-up" in ran.stdout


@pytest.mark.parametrize(
    ("output", "code", "said"),
    [
        ("t,old_column,new_column\n007,1.5,3.0\n", 0, "out.csv: exact\n"),
        ("t,old_column,new_column\n007,1.5,3\n", 0, "same values (record 1: the result '3.0' is "),
        ("t,old_column,new_column\n7,1.5,3.0\n", 1, "changes data: record 1: in column 1, '007' "),
        ("t,old_column,new_column\n007,1.5,4.0\n", 1, "wrong: record 1: the result is '4.0', not"),
    ],
)
def test_an_output_is_judged_by_what_it_keeps(
    output: str, code: int, said: str, source: Callable[[bytes], Path], tmp_path: Path
) -> None:
    """With the first difference; what loses data is an error, too."""
    path, destination = source(b"t,old_column\n007,1.5\n"), tmp_path / "out.csv"
    destination.write_text(output)
    done = parabench("verify", "--outcome", path, destination)
    assert done.returncode == code
    assert said in (done.stderr if code else done.stdout)
    assert parabench("verify", "--outcome", "--fields", path, destination).returncode == 2


def test_a_system_that_reads_files_by_itself(data: tuple[Path, Path]) -> None:
    """Its output is not promised to be exact, so that is not checked; it takes no engine."""
    ran = parabench("run", "duckdb_copy", *data, "--workers", 2)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("duckdb_copy, 2 workers: 400 records in ")
    assert f"check it: parabench verify {data[0]} {data[1]} --outcome\n" in ran.stdout
    for option, value in (("--engine", "lines"), ("--chunk-size", "1MB")):
        refused = parabench("run", "duckdb_copy", *data, option, value)
        assert refused.returncode == 2
        assert f"reads and writes files by itself; leave out {option}" in refused.stderr
    refused = parabench("faults", "duckdb_copy")
    assert refused.returncode == 2
    assert "duckdb_copy works on no chunks" in refused.stderr


@pytest.mark.parametrize(
    ("spelled", "sign"),
    [("tab", "\t"), ("\\t", "\t"), (";", ";")],
)
def test_other_delimiters(spelled: str, sign: str, called: Called, tmp_path: Path) -> None:
    """By name or as they are; the output has the same, and is judged by it."""
    source, destination = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f'old_column{sign}t\n"1.5"{sign}a\n')
    options = ("--delimiter", spelled)
    ran = called("run", "futures_threads", str(source), str(destination), *options)
    assert ran.returncode == 0, ran.stderr
    written = f'old_column{sign}t{sign}new_column\n"1.5"{sign}a{sign}3.0\n'
    assert destination.read_text() == written
    assert called("verify", str(source), str(destination), *options).returncode == 0


def test_a_file_of_another_dialect(called: Called, tmp_path: Path) -> None:
    """All that can be said of it; the output is in it, and is judged by it."""
    source, destination = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes("Preise\n# in €\nPreis;t\n1.234,5 €;ä\n\n\r-;b\n# Ende\r".encode("cp1252"))
    options = (
        "--column", "Preis", "--delimiter", "semicolon", "--decimal", "comma",
        "--thousands", "point", "--currency", "€", "--missing=-", "--missing", "k. A.",
        "--skip-lines", "1", "--comment", "#", "--encoding", "cp1252",
    )  # fmt: skip
    ran = called("run", "futures_threads", str(source), str(destination), *options)
    assert ran.returncode == 0, ran.stderr
    assert "left out: 3 blank lines and comments" in ran.stdout
    assert destination.read_text(encoding="cp1252") == (
        "Preise\n# in €\nPreis;t;new_column\n1.234,5 €;ä;2.469,0\n-;b;\n"
    )
    verified = called("verify", str(source), str(destination), *options)
    assert verified.returncode == 0, verified.stderr


def test_quotes_may_differ_where_that_is_asked_for(called: Called, tmp_path: Path) -> None:
    """As those do that a table engine writes; fields may not."""
    source, destination = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text('old_column,t\n1,"a"\n')
    destination.write_text("old_column,t,new_column\n1,a,2.0\n")
    verify = ("verify", str(source), str(destination))
    refused = called(*verify)
    assert refused.returncode == 1
    assert "record 1 has the right fields, but is written '1,a,2.0', and must" in refused.stderr
    assert called(*verify, "--fields").returncode == 0
    destination.write_text("old_column,t,new_column\n1,b,2.0\n")
    assert called(*verify, "--fields").returncode == 1


@pytest.mark.parametrize("strategy", every_night_but("serial", "joblib_processes"))
def test_a_bad_record_ends_in_one_line(strategy: str, tmp_path: Path) -> None:
    """And exit code 1, with the old destination as it was, and no process left."""
    source, destination = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"old_column,t\n" + b"1,a\n" * 2000 + b"oops,b\n" + b"2,c\n" * 2000)
    destination.write_text("old")
    command = [str(COMMAND), "run", strategy, str(source), str(destination)]
    process = subprocess.Popen(
        [*command, "--workers", "2", "--chunk-size", "2kB"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    with process:
        output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert output == ""
    assert errors == (
        f"parabench: error: {source}: record 2001, at byte 8013: column 'old_column' holds 'oops', "
        "which is not a number; use --missing oops if it stands for no value (NA, NaN, nan do), "
        "or correct it, or choose another column with --column\n"
    )
    assert destination.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    deadline = (
        time.monotonic() + PATIENCE
    )  # the trackers of Python and joblib end when we have ended
    while (left := in_session(process.pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def in_session(leader: int) -> list[str]:
    """Return the processes that a command has left, by its session."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(ProcessLookupError, psutil.NoSuchProcess):
            if os.getsid(process.pid) == leader:
                left.append(" ".join(process.cmdline()))
    return left


MISTAKES: list[tuple[list[str], int, str]] = [
    (["run", "magic", "a", "b"], 2, "there is no 'magic'"),
    (["run", "serial", "none.csv", "b"], 1, "none.csv cannot be read"),
    (["run", "serial", "none.csv", "b", "--workload", "x"], 2, "choose: double"),
    (["run", "serial", "none.csv", "b", "--chunk-size", "x"], 1, "write a number and a unit"),
    (["run", "serial", "none.csv", "b", "--address", "tcp://x"], 1, "no cluster to join"),
    (["run", "serial", "a", "b", "--delimiter", "::"], 2, "'::' is not one ASCII character"),
    (["run", "serial", "a", "b", "--decimal", "dot"], 2, "'dot' is neither a point nor a comma"),
    (["run", "serial", "a", "b", "--thousands", "::"], 2, "cannot group digits"),
    (["run", "serial", "a", "b", "--encoding", "x"], 2, "there is no encoding 'x'"),
    (["run", "serial", "a*b", "b"], 2, "no file matches 'a*b'"),
    (["run", "serial", "a", "b", "--skip-lines", "-1"], 2, "--skip-lines"),
    (["verify", "a", "b", "--delimiter", "e"], 2, "'e' is part of numbers; use a sign such as"),
    (["run", "serial"], 2, "Missing argument"),
    (["run", "serial", "a", "b", "--workers", "0"], 2, "--workers"),
    (["run", "serial", "a", "b", "--column", "x", "--column", "y"], 2, "--column is given 2 times"),
    (["fly"], 2, "No such command 'fly'"),
    (["verify", "none.csv", "none.csv"], 1, "none.csv is no file that exists"),
    (["generate", "x.csv"], 2, "--size or --rows"),
    (["generate", "x.csv", "--real", "trains"], 2, "choose: flights"),
    (["generate", "x.csv", "--rows", "5", "--shape", "round"], 1, "no shape 'round'"),
    (["report", "--results", "none"], 1, "there are no results in none; run: make bench"),
    (["bench", "--profile", "huge"], 1, "choose one of smoke, ci"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), MISTAKES)
def test_mistakes_end_in_one_line(
    arguments: list[str],
    code: int,
    said: str,
    called: Called,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On standard error, with exit code 1, or 2 for usage, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    check_mistake(called(*arguments), code, said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "said"), [MISTAKES[0], MISTAKES[1], MISTAKES[9], MISTAKES[-1]]
)
def test_mistakes_end_the_process(
    arguments: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same line and code."""
    monkeypatch.chdir(tmp_path)
    check_mistake(parabench(*arguments), code, said)


def check_mistake(done: subprocess.CompletedProcess[str], code: int, said: str) -> None:
    assert done.returncode == code
    assert said in " ".join(done.stderr.split())
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("parabench: error: ")
    assert done.stderr.count("\n") == 1


def repeated() -> list[tuple[str, ...]]:
    """Return each command with each of its options twice."""
    commands = typer.main.get_command(app.app).commands  # type: ignore[attr-defined] # a group
    return [
        (name, *(word for _ in "12" for word in (option.opts[0], *["1"] * (not option.is_flag))))
        for name, command in commands.items()
        for option in command.params
        if isinstance(option, typer.core.TyperOption) and not option.multiple
    ]


@pytest.mark.parametrize("arguments", repeated(), ids=" ".join)
def test_an_option_is_given_once(arguments: tuple[str, ...], called: Called) -> None:
    """Every one of every command; the first value would be dropped in silence."""
    check_mistake(called(*arguments), 2, f"{arguments[1]} is given 2 times; give it once")


def test_help_is_there_for_every_command(called: Called) -> None:
    """With the profiles, shapes and workloads that can be named."""
    commands = ("list", "generate", "run", "verify", "report", "bench")
    overview = called("--help").stdout
    for command in commands:
        assert command in overview
        assert called(command, "--help").returncode == 0
    assert "quoted" in called("generate", "--help").stdout
    assert "digest" in called("run", "--help").stdout


@pytest.mark.parametrize("command", ["", "list", "generate", "run", "report", "faults", "bench"])
def test_help_imports_no_library(command: str) -> None:
    """None of those that take a tenth of a second or more, so that it is there at once."""
    code = "import sys; from parabench.__main__ import main; sys.argv[0] = 'parabench'; main()"
    arguments = filter(None, [command, "--help"])
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", code, *arguments],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "typer" in imported
    assert imported.isdisjoint(
        {"asv", "dask", "jinja2", "joblib", "matplotlib", "numpy", "pandas", "rich.table"}
    )


def test_a_signal_while_a_command_imports_ends_it_at_once() -> None:
    """An exception would get lost in Python's import system; afterwards, the job unwinds."""
    code = (
        "import os, signal; from parabench import interrupts; interrupts.unwind();"
        "before = signal.getsignal(signal.SIGTERM)\n"
        "with interrupts.importing(): assert signal.getsignal(signal.SIGTERM) != before\n"
        "assert signal.getsignal(signal.SIGTERM) == before\n"
        "with interrupts.importing(): os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 143
    assert done.stderr == "parabench: error: interrupted; nothing was left half-written\n"
