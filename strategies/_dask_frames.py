"""A file as a Dask DataFrame with the new column, as people write it; threads compute it."""

from typing import Any

import dask.dataframe as dd

from strategies._frames import check_numbers, options, results
from strategies._whole_file import Task


def read(task: Task) -> Any:
    """Return the frame, of which nothing is computed yet."""
    df: Any = dd.read_csv(str(task.source), **options(task))
    column = df[df.columns[task.place]]
    check_numbers(column)
    if task.doubles:
        df[task.into] = column * 2
    elif task.workload.array is None:
        df[task.into] = column.map(task.function, na_action="ignore", meta=(task.into, object))
    else:
        df[task.into] = column.map_partitions(results, task, meta=(task.into, object))
    return df


def written(task: Task) -> dict[str, Any]:
    """Return the options of `to_csv`: as the source is written, by so many threads."""
    threads = {"scheduler": "threads", "num_workers": task.workers}
    return {"index": False, "sep": task.layout.delimiter, "compute_kwargs": threads}
