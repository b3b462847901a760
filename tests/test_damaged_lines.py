"""Lines of a journal that are foreign or damaged are named and left out; the rest is shown."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from damage import CELLS, FOREIGN, MODELS, seconds
from journals import read, sample, write_session

from parabench.report import sessions
from parabench.report.lines import checked


@pytest.mark.parametrize(("line", "why"), FOREIGN.items(), ids=lambda text: text[:20])
def test_a_line_that_is_not_ours_is_named(line: str, why: str, tmp_path: Path) -> None:
    """With the file and its number; all other lines count."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_bytes().splitlines(keepends=True)
    foreign = line.encode(errors="surrogateescape") + b"\n"
    path.write_bytes(b"".join([*lines[:3], foreign, *lines[3:]]))
    (found,), told = read(tmp_path)
    assert len(found.cells) == CELLS
    assert {(cell.state, len(cell.samples)) for cell in found.cells} == {("ok", 8)}
    assert len(told) == 1
    assert told[0].startswith(f"{path}: line 4 is left out: ")
    assert why in told[0]


SAMPLES: dict[str, list[object]] = {
    "seconds": ["1", None, float("nan"), float("inf"), -1.0, 0, 1e300, True, [1]],
    "cpu_seconds": ["1", None, float("nan"), -1.0],
    "peak_bytes": ["1", None, -1],
    "bytes_in": ["1", None, 0, -1, 1.5],
    "cached": ["1", 2.0, float("nan")],
    "session": [None, 3, {}],
    "model": [None, 3],
    "cell": [None, [], {"workload": "double"}, {"workload": 3, "megabytes": 1, "strategy": "x"}],
    "at": ["1", None, -1, 1e300],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in SAMPLES.items() for value in values]
)
def test_a_sample_that_cannot_be_is_left_out(name: str, value: object, tmp_path: Path) -> None:
    """Of its cell the others count, and it says how many they are."""
    path = write_session(tmp_path, {"warm": MODELS["warm"]}, seconds)
    lines = path.read_text().splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), name: value})
    path.write_text("\n".join(lines))
    (found,), told = read(tmp_path)
    assert [cell.reason for cell in found.cells] == ["7 of 8 samples", "", "", ""]
    assert len(told) == 1
    assert told[0].startswith(f"{path}: line 2 is left out: {name if name != 'cell' else ''}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("expected", {}), ("expected", {"warm": {"params": {"x": [1]}, "samples": 8}}),
        ("expected", {"warm": []}), ("fingerprint", {}), ("fingerprint", {"cores": "many"}),
        ("commit", 3), ("load", "high"), ("host", None), ("id", 1), ("profile", None),
    ],
)  # fmt: skip
def test_a_session_without_a_beginning_is_named(name: str, value: object, tmp_path: Path) -> None:
    """Nothing can be said of its cells then; those of another session are shown."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_text().splitlines()
    lines[0] = json.dumps({**json.loads(lines[0]), name: value})
    path.write_text("\n".join(lines) + "\n")
    write_session(tmp_path, MODELS, seconds, name="2", at=1_790_500_000.0)
    (found,), told = read(tmp_path)
    assert found.id == "2"
    assert told[0].startswith(f"{path}: line 1 is left out: {name}: ")
    assert f"{path}: {len(lines) - 1} lines are left out: the line that begins" in told[-1]


def test_many_lines_are_named_in_short(tmp_path: Path) -> None:
    """Three, and how many more."""
    write_session(tmp_path, MODELS, seconds)
    (tmp_path / "other.jsonl").write_text('{"ts": 1}\n' * 100)
    _, told = read(tmp_path)
    assert [text.partition(": ")[2] for text in told] == [
        *(f"line {n} is left out: it is not of a journal" for n in (1, 2, 3)),
        "97 more lines are left out",
    ]


def test_a_run_that_goes_on_is_read_without_a_word(tmp_path: Path) -> None:
    """Its last line may be half there."""
    path = write_session(tmp_path, MODELS, seconds)
    data = path.read_bytes()
    for end in (len(data) - 10, data.rindex(b"\n", 0, -1) + 1, data.index(b"\n") + 20):
        path.write_bytes(data[:end])
        told: list[str] = []
        with suppress(sessions.NoResultsError):
            sessions.read_folder(tmp_path, told.append)
        assert told == []


# --- Numbers that no machine can have -----------------------------------------------------

IMPOSSIBLE = {
    "10**400": 10**400, "1e308": 1e308, "5e-324": 5e-324, "-1": -1, "nan": float("nan"),
    "inf": float("inf"), "true": True,
}  # fmt: skip


@pytest.mark.parametrize("value", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
@pytest.mark.parametrize(
    "name", ["seconds", "cpu_seconds", "peak_bytes", "bytes_in", "at", "startup_seconds"]
)
def test_a_sample_with_an_impossible_number_is_left_out(name: str, value: object) -> None:
    """It would become an infinite speed-up, or end in a traceback."""
    cell = {"workload": "double", "megabytes": 1, "engine": "lines", "strategy": "serial"}
    line = {"event": "sample", "session": "1", "model": "warm", "cell": cell, "at": 1.0}
    line |= sample(1.0, cell).as_line()
    assert checked(line) == line
    with pytest.raises(ValueError, match=f"^{name}: input should be"):
        checked(line | {name: value})


@pytest.mark.parametrize("value", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
@pytest.mark.parametrize(("model", "name"), [("warm", "megabytes"), ("scaling", "workers")])
def test_a_cell_with_an_impossible_size_is_left_out(
    model: str, name: str, value: object, tmp_path: Path
) -> None:
    """File and line are named, in a few words; the cells of other runs are shown."""
    damaged = MODELS | {model: {**MODELS[model], name: [1, value]}}
    write_session(tmp_path, damaged, lambda *_: [1.0], commit="a" * 40)
    path = write_session(tmp_path, MODELS, seconds)
    (found,), told = read(tmp_path)
    assert found.commit == "c" * 40
    assert len(found.cells) == CELLS
    assert all("aaaaaaaa" in text and path.name not in text for text in told)
    assert f": line 1 is left out: expected: the parameter '{name}' cannot be " in told[0]
    assert max(map(len, told)) < 200 + len(str(tmp_path))


@pytest.mark.parametrize(
    ("expected", "why"),
    [
        ({"params": {"strategy": ["serial"]}, "samples": 10**12}, "less than or equal to 1000000"),
        (
            {"params": {"strategy": ["serial"], "a": [*range(300)], "b": [*range(300)]}},
            "90000 cells are more than 10000",
        ),
        ({"params": {"strategy": ["serial"], "a": [10**300]}}, "cannot be 1000000000000"),
    ],
)
def test_a_session_that_expects_too_much_is_named(
    expected: dict[str, Any], why: str, tmp_path: Path
) -> None:
    """The report would take minutes for cells that nobody has measured."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = path.read_text().splitlines()
    head = json.loads(lines[0]) | {"expected": {"startup": {"samples": 8} | expected}}
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, [head | {"id": "2"}])) + "\n")
    (found,), told = read(tmp_path)
    assert len(found.cells) == CELLS
    assert told[0].startswith(f"{tmp_path / 'b.jsonl'}: line 1 is left out: expected: ")
    assert why in told[0]


def test_a_whole_number_may_be_written_as_a_float(tmp_path: Path) -> None:
    """1.0 is the 1 that was expected, as other programs write it."""
    path = write_session(tmp_path, MODELS, seconds)
    head, *lines = path.read_text().splitlines(keepends=True)
    lines = [line.replace('"megabytes": 1,', '"megabytes": 1.0,') for line in lines]
    path.write_text(head.replace("[1, 10]", "[1.0, 10]") + "".join(lines))
    (found,), told = read(tmp_path)
    assert told == []
    assert {cell.state for cell in found.cells} == {"ok"}
    assert [str(size) for size in found.values("warm", "megabytes")] == ["1", "10"]
