"""What pytest-benchmark measured, beside asv's warm cells: two harnesses, one ranking."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NotRequired

from pydantic import AfterValidator, Field, TypeAdapter
from rich.table import Table
from rich.text import Text
from typing_extensions import TypedDict

from benchmarks.harness.fingerprint import differences
from parabench.report.errors import ReportError
from parabench.report.lines import (
    RULES,
    Amount,
    printable,
    reason,
    text_of,
)
from parabench.report.parameters import checked_cell, parameters
from parabench.report.sessions import Session
from parabench.report.tables import add_row
from parabench.statistics import rank_correlation

Pair = tuple[str, float, float]  # a cell's workload, and both throughputs


class QuickError(ReportError):
    """There is no such file, or it is not pytest-benchmark's."""


Speed = Annotated[float, Field(gt=0, lt=1e9)]
Info = TypedDict(
    "Info",
    {
        "cell": Annotated[dict[str, Any], AfterValidator(partial(checked_cell, "warm"))],
        "MB/s": Speed,
        "speed-up": NotRequired[Speed | None],
        "peak MB": Amount,
        "fingerprint": dict[str, str],
        "host": NotRequired[str],  # of files of newer versions
    },
)
Info.__pydantic_config__ = RULES  # type: ignore[attr-defined] # as pydantic's manual has it
INFO = TypeAdapter(Info)


def load(path: Path) -> list[dict[str, Any]]:
    """Return what `make quick` has added to each benchmark of a `--benchmark-json` file.

    Raises QuickError.
    """
    try:
        benchmarks = json.loads(text_of(path))["benchmarks"]
        infos = [printable(benchmark["extra_info"]) for benchmark in benchmarks]
        ours = [dict(INFO.validate_python(info)) for info in infos if "cell" in info]
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        message = f"{path} is not a file of pytest-benchmark ({reason(error)}); make it: make quick"
        raise QuickError(message) from error
    if not ours:
        message = f"{path} has none of our cells; make it: make quick"
        raise QuickError(message)
    return ours


def quick_table(path: Path, session: Session) -> Table:
    """Return the cells of a file beside the warm ones, with the rank correlation in the title.

    Raises QuickError.
    """
    infos = load(path)
    different = [differing(info, session) for info in infos]
    alike = [info for info, differs in zip(infos, different, strict=True) if not differs]
    pairs = list(_pairs(alike, session))
    title = "pytest-benchmark beside asv's warm cells, MB/s"
    if len(alike) < len(infos):
        which = "" if not alike else f" {len(infos) - len(alike)} of {len(infos)} cells:"
        texts = dict.fromkeys(text for differs in different for text in differs)
        title += f"; NOT COMPARABLE:{which} {'; '.join(texts)}"
    if len(pairs) > 2:
        workloads = dict.fromkeys(workload for workload, *_ in pairs)
        each = (
            f"{workload} {_correlation([pair for pair in pairs if pair[0] == workload]):.2f}"
            for workload in workloads
        )
        title += f"; Spearman's rank correlation {_correlation(pairs):.2f} over {len(pairs)} cells"
        title += f" ({', '.join(each)})"
    table = Table(title=Text(title, style="italic"), title_justify="left")
    for name in ("workload", "MB", "engine", "strategy"):
        table.add_column(name, no_wrap=True)
    for name in ("quick", "asv", "speed-up", "peak MB"):
        table.add_column(name, justify="right")
    for info, differs in zip(infos, different, strict=True):
        cell = session.find("warm", **_known(info))
        warm = cell and cell.throughput
        add_row(
            table,
            *_known(info).values(),
            f"{info['MB/s']:.1f}",
            f"{warm:.1f}" if warm and not differs else "",
            f"{info['speed-up']:.2f}x" if info.get("speed-up") else "",
            f"{info['peak MB']:.0f}",
        )
    return table


def differing(info: dict[str, Any], session: Session) -> list[str]:
    """Return in what the machine differs that measured a cell; nothing where it is comparable."""
    hosts = {"host": session.host}, {"host": info.get("host", session.host)}
    return differences(session.fingerprint | hosts[0], info["fingerprint"] | hosts[1])


def _known(info: dict[str, Any]) -> dict[str, Any]:
    """Return a cell's parameters in their order, without those of a newer version."""
    return {name: info["cell"][name] for name in parameters()["warm"]}


def _correlation(pairs: list[Pair]) -> float:
    return rank_correlation([quick for _, quick, _ in pairs], [warm for *_, warm in pairs])


def _pairs(infos: list[dict[str, Any]], session: Session) -> Iterator[Pair]:
    """Yield each cell that both have."""
    for info in infos:
        cell = session.find("warm", **_known(info))
        if cell and cell.throughput:
            yield info["cell"]["workload"], info["MB/s"], cell.throughput
