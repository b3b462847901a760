"""A column of pandas, and what a workload makes of it, as people write it."""

from typing import Any

import numpy as np
import pandas as pd

from strategies._whole_file import Task


def options(task: Task) -> dict[str, Any]:
    """Return what `read_csv` has to be told that it does not guess."""
    column, missing = task.workload.column.name, list(task.layout.dialect.missing)
    told: dict[str, Any] = {} if task.layout.delimiter == "," else {"sep": task.layout.delimiter}
    return told | ({"na_values": {column: missing}} if missing else {})


def results(column: "pd.Series[Any]", task: Task) -> "pd.Series[Any]":
    """Return the new column: twice the column, or what the workload's function returns."""
    check_numbers(column)
    if task.doubles:
        return column * 2
    if task.workload.array is None:
        return column.map(task.function, na_action="ignore")
    present = column.dropna()
    texts = task.workload.array(present.to_numpy(np.float64))
    return pd.Series(texts, present.index, dtype=object).reindex(column.index)


def check_numbers(column: Any) -> None:
    """Raise ValueError where a column is of another type: twice a text is no number."""
    dtype = column.dtype
    numeric = pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)
    if not numeric and len(column) > 0:  # without records, there is nothing to guess from
        message = f"the column {column.name!r} is read as {column.dtype}: not all of it are numbers"
        raise ValueError(message)
