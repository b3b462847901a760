"""What a newer version has measured is shown as far as it is known; the rest is named."""

import json
from pathlib import Path

from damage import CELLS, MODELS, seconds
from journals import read, write_session

from parabench.report import summary

CODECS = {model: {**params, "codec": ["none"]} for model, params in MODELS.items()}
WARM = {"warm": {**MODELS["warm"], "codec": ["none", "zstd"]}}


def test_fields_and_kinds_of_lines_are_passed_over(tmp_path: Path) -> None:
    """Without a word: what is shown lacks nothing."""
    path = write_session(tmp_path, MODELS, seconds)
    lines = [{**json.loads(line), "colour": "red"} for line in path.read_text().splitlines()]
    path.write_text("\n".join(map(json.dumps, [*lines, {"event": "weather", "at": 3}])))
    found, told = read(tmp_path)
    assert told == []
    assert len(found[0].cells) == CELLS


def test_a_model_is_left_out_and_named(tmp_path: Path) -> None:
    """All others are shown; where there is no other, there are no results."""
    path = write_session(tmp_path, {**MODELS, "brewing": {"beans": ["arabica"]}}, seconds)
    found, told = read(tmp_path)
    assert told == [f"{path}: the model 'brewing' is left out: this version does not know it"]
    assert len(found[0].cells) == CELLS
    assert not found[0].of("brewing")


def test_a_parameter_with_one_value_changes_no_table(tmp_path: Path) -> None:
    """All cells have it; it is said once, and not for each model."""
    path = write_session(tmp_path, CODECS, seconds)
    (found,), told = read(tmp_path)
    assert told == [
        f"{path}: this version does not know the parameter 'codec': cells are shown with 'none'"
    ]
    (tmp_path / "known").mkdir()
    write_session(tmp_path / "known", MODELS, seconds)
    assert summary.markdown(found) == summary.markdown(read(tmp_path / "known")[0][0])
    assert "| pandas | serial | 25.0 1.00x 100% | 25.0 1.00x 100% | exact |" in summary.markdown(
        found
    )


def test_of_a_parameter_with_more_values_the_first_is_shown(tmp_path: Path) -> None:
    """Samples with different values are never in one cell; what is left out is named."""
    path = write_session(
        tmp_path, WARM, lambda _model, cell: [1.0 if cell["codec"] == "none" else 0.1] * 8
    )
    (found,), told = read(tmp_path)
    assert told == [
        f"{path}: this version does not know the parameter 'codec': cells are shown with "
        "'none'; left out: 'zstd'"
    ]
    assert [(len(c.samples), c.median("seconds")) for c in found.cells] == [(8, 1.0)] * 4
    assert found.find("warm", workload="double", megabytes=1, engine="pandas", strategy="serial")
