"""Whatever is changed in a journal, there is a report of the rest, or one clear error."""

import io
import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import html5lib
import pytest
from damage import MODELS, seconds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journals import read, write_session
from rich.console import Console

from benchmarks.harness.journal import lines_of
from parabench import rates
from parabench.report import summary
from parabench.report.errors import ReportError
from parabench.report.site.build import write_site
from parabench.report.terminal import show

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.integers(-(10**20), 10**20)
    | st.text(st.characters(), max_size=5)
    | st.sampled_from(["1", "serial", "session", "end", "<b>", "$x$", "\x1b[31m", "\ud800"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@st.composite
def mutated(draw: st.DrawFn, lines: list[bytes]) -> bytes:
    """Return a journal of which some lines are changed: values, keys, bytes, order."""
    lines = list(lines)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.sampled_from([0, *range(len(lines))]))
        how = draw(st.sampled_from(["value", "deep", "key", "cut", "byte", "twice", "gone"]))
        if how in {"value", "deep", "key"}:
            with suppress(ValueError, TypeError, AttributeError):
                line = json.loads(lines[place])
                at: Any = line
                if how == "deep":
                    nested = [value for value in line.values() if isinstance(value, dict) and value]
                    at = draw(st.sampled_from(nested)) if nested else line
                name = draw(st.sampled_from(sorted(at)))
                value = at.pop(name)
                at[name if how != "key" else draw(st.text(max_size=4))] = (
                    value if how == "key" else draw(VALUES)
                )
                lines[place] = json.dumps(line).encode()
        elif how == "cut":
            lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        elif how == "byte":
            changed = bytearray(lines[place] or b" ")
            changed[draw(st.integers(0, len(changed) - 1))] = draw(st.integers(0, 255))
            lines[place] = bytes(changed)
        elif how == "twice":
            lines.insert(draw(st.integers(0, len(lines))), lines[place])
        elif len(lines) > 1:
            del lines[place]
    return b"\n".join(lines)


@pytest.fixture(scope="module")
def good_lines(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return a journal of two runs; few samples, so that a change is likely to matter."""
    folder = tmp_path_factory.mktemp("good")
    write_session(folder, MODELS, lambda *about: seconds(*about)[:2])
    path = write_session(folder, MODELS, lambda *about: seconds(*about)[:2], name="2", at=1.79e9)
    return path.read_bytes().splitlines()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_ends_in_a_traceback(good_lines: list[bytes], data: st.DataObject) -> None:
    """Terminal, Markdown, the plan's rates: a report, or one clear error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_bytes(data.draw(mutated(good_lines)))
        list(lines_of(path))
        with suppress(ReportError):
            found, told = read(Path(folder))
            assert all(str(path) in text for text in told)
            for session in found:
                show(Console(file=io.StringIO()), session, found, None)
                summary.markdown(session, found).encode()
                rates.from_results(session)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_no_damage_makes_a_bad_page(good_lines: list[bytes], data: st.DataObject) -> None:
    """It is valid HTML, with nothing in it that was put there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        path.write_bytes(data.draw(mutated(good_lines)))
        with suppress(ReportError):
            page = write_site(read(Path(folder))[0], Path(folder) / "html")
            html5lib.HTMLParser(strict=True).parse(page.read_text(encoding="utf-8"))
            assert "<b>" not in page.read_text()
