"""What takes memory and is not to be measured, in a process of its own.

`python -m benchmarks.harness.judge verify SOURCE DESTINATION WORKLOAD` or
`… dataset SHAPE BYTES`; prints what is wrong, and then exits with 1.
"""

import sys
from pathlib import Path

from data_gen.cache import dataset
from data_gen.errors import DatasetError
from strategies.core import reference
from strategies.core.errors import JobError
from strategies.core.workloads import WORKLOADS


def main(task: str, *arguments: str) -> int:
    """Do the task."""
    try:
        if task == "verify":
            source, destination, workload = arguments
            reference.verify(Path(source), Path(destination), WORKLOADS[workload])
        else:
            shape, size = arguments
            dataset(shape, size=int(size))
    except (JobError, DatasetError) as error:
        sys.stdout.write(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
