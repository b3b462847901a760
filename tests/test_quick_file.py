"""What `make quick` has written stands beside asv's figures, where the two are comparable."""

import json
from pathlib import Path
from typing import Any

import pytest
from damage import MODELS, seconds
from journals import read, write_session

from parabench.report import sessions
from parabench.report.errors import ReportError
from parabench.report.quick import quick_table
from parabench.report.site.build import rows, write_site


@pytest.mark.parametrize(
    "infos",
    [
        [3], [{}], [{"extra_info": 3}], [{"extra_info": {"cell": 3}}],
        [{"extra_info": {"cell": {"workload": "double"}}}],
        [{"extra_info": {
            "cell": {"workload": "double", "megabytes": 1, "strategy": "serial"},
            "MB/s": float("nan"), "peak MB": 1, "fingerprint": {},
        }}],
    ],
)  # fmt: skip
def test_quick_files_of_the_wrong_kind_are_refused(infos: list[object], tmp_path: Path) -> None:
    """In one line."""
    write_session(tmp_path, MODELS, seconds)
    path = tmp_path / "quick.json"
    path.write_text(json.dumps({"benchmarks": infos}))
    with pytest.raises(ReportError, match="make it: make quick"):
        write_site(sessions.read_folder(tmp_path), tmp_path / "html", quick=path)


def test_quick_figures_stand_on_the_page_of_their_machine(tmp_path: Path) -> None:
    """Also where that is not the index."""
    path = write_session(tmp_path, MODELS, seconds)
    machine = json.loads(path.read_text().splitlines()[0])["fingerprint"]
    write_session(tmp_path, MODELS, seconds, name="2", at=1_790_500_000.0, cpu="Another")
    cell = {"workload": "double", "megabytes": 1, "strategy": "serial"}
    info = {"cell": cell, "MB/s": 20.0, "peak MB": 100.0, "fingerprint": machine}
    quick = tmp_path / "quick.json"
    quick.write_text(json.dumps({"benchmarks": [{"extra_info": info}]}))
    index = write_site(sessions.read_folder(tmp_path), tmp_path / "html", quick=quick)
    (own,) = index.parent.glob("machines/*/index.html")
    assert "pytest-benchmark beside" in own.read_text()
    assert "pytest-benchmark beside" not in index.read_text()


def quick_file(folder: Path, *infos: dict[str, Any]) -> Path:
    """Write a file of pytest-benchmark with what `make quick` adds to each benchmark."""
    path = folder / "quick.json"
    path.write_text(json.dumps({"benchmarks": [{"extra_info": info} for info in infos]}))
    return path


def info(session: sessions.Session, size: float, strategy: str, **other: object) -> dict[str, Any]:
    cell = {"strategy": strategy, "megabytes": size, "workload": "double"}  # in another order
    machine = {"fingerprint": session.fingerprint, "host": session.host}
    return {"cell": cell, "MB/s": 20.0, "peak MB": 100.0, **machine, **other}


def test_columns_are_in_the_order_of_their_headings(tmp_path: Path) -> None:
    """Whatever the order in the file, and without what a newer version adds."""
    write_session(tmp_path, MODELS, seconds)
    (session,), _ = read(tmp_path)
    newer = info(session, 1.0, "serial")
    newer["cell"] |= {"engine": "pandas", "codec": "none"}
    table = quick_table(quick_file(tmp_path, newer), session)
    assert rows(table) == [("double", "1", "pandas", "serial", "20.0", "25.0", "", "100")]
    assert "NOT COMPARABLE" not in str(table.title)


@pytest.mark.parametrize(
    ("other", "differs"),
    [({"fingerprint": {"cores": "64"}}, "cores: 2 and 64"), ({"host": "there"}, "host: here and")],
)
def test_each_cell_is_compared_by_its_own_machine(
    other: dict[str, Any], differs: str, tmp_path: Path
) -> None:
    """A file may have been put together; not the first of its cells speaks for all."""
    write_session(tmp_path, MODELS, seconds)
    (session,), _ = read(tmp_path)
    if "fingerprint" in other:
        other = {"fingerprint": session.fingerprint | other["fingerprint"]}
    path = quick_file(
        tmp_path, info(session, 1, "serial"), info(session, 10, "futures_processes", **other)
    )
    table = quick_table(path, session)
    assert [row[4:6] for row in rows(table)] == [("20.0", "25.0"), ("20.0", "")]
    assert f"NOT COMPARABLE: 1 of 2 cells: {differs}" in str(table.title)
