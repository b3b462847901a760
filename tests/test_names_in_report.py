"""A name that has markup in it is shown as it is, in every form of the report."""

import io
import itertools
from pathlib import Path
from typing import Any

import pytest
from journals import Params, read, spread, write_session
from markdown_it import MarkdownIt
from rich.console import Console

from parabench.report import summary
from parabench.report.conclusions.answers import answers
from parabench.report.conclusions.words import code, rendered
from parabench.report.terminal import show

NAMES = [
    "a`b", "`", "a``b|c", "|", r"a\|b", "**bold**", "[red]x[/red]", "<b>x</b>", "$x$", "_a_ ~~b~~",
    "&amp;", "![x](y)", "two\nlines", "a\n\n# b",
]  # fmt: skip


def seconds(_model: str, cell: dict[str, Any]) -> list[float]:
    """Return times by which all strategies overtake serial, but one."""
    start, each = {"serial": (0.001, 0.04), "slow": (0.5, 0.05)}.get(cell["strategy"], (0.1, 0.02))
    return spread(start + each * cell["megabytes"])


def html_texts(markdown: str, kind: str) -> list[list[str]]:
    """Return the texts of code, or of the cells of each row of the tables, as they are shown."""
    tokens = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(markdown)
    )
    inline = [token for token in tokens if token.type == "inline"]
    if kind == "code":
        parts = [part for token in inline for part in token.children or []]
        return [[part.content for part in parts if part.type == "code_inline"]]
    rows: list[list[str]] = []
    for token, within in itertools.pairwise(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in {"td_open", "th_open"}:
            children = within.children or []
            assert {part.type for part in children} <= {"text", "text_special"}, within.content
            rows[-1].append("".join(part.content for part in children))
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_a_sentence_can_be_read_back(name: str) -> None:
    """Whatever is before and behind it."""
    shown = " ".join(name.split())
    sentence = f"{code(name)} is faster than {code('serial')}, and {code(name)} too."
    assert rendered(sentence, str) == f"{shown} is faster than serial, and {shown} too."
    assert rendered(sentence, lambda n: f"<{len(n)}>") == (
        f"<{len(shown)}> is faster than <6>, and <{len(shown)}> too."
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_strategy_and_a_workload_are_shown_as_they_are(name: str, tmp_path: Path) -> None:
    """In the sentences and tables of Markdown and of the terminal."""
    strategies = ["serial", name, "slow"]
    jobs: Params = {"workload": [name], "megabytes": [1, 10], "strategy": strategies}
    write_session(tmp_path, {"warm": jobs, "cold": jobs}, seconds)
    (session,), told = read(tmp_path)
    assert told == []
    shown = " ".join(name.split())
    markdown = summary.markdown(session)
    assert shown in html_texts(markdown, "code")[0]
    *details, head, first, second, third = html_texts(markdown, "rows")
    what = f"{shown}: MB/s, speed-up, efficiency"
    assert head == ["engine", what, "1 MB", "10 MB", "output"]
    assert [row[1] for row in (first, second, third)] == ["serial", shown, "slow"]
    assert {len(row) for row in (first, second, third)} == {5}
    assert ["pandas", shown, "from 4.9 MB (4.6 to 5.4 MB) on"] in details
    (answer,) = answers(session)
    assert f"{code(name)} is fastest" in " ".join(answer.sentences)
    output = io.StringIO()
    show(Console(file=output, width=200), session, [session], None)
    assert f" {shown} is fastest" in output.getvalue()
