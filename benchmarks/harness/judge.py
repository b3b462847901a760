"""What takes memory and is not to be measured, in a process of its own.

`python -P judge.py verify SOURCE DESTINATION WORKLOAD` or `… dataset SHAPE BYTES`. Prints
what is the matter, and then exits with WRONG for an output that is, or else with another
code. It imports the reference and the generator of the commit that is measured.
"""

import sys
from pathlib import Path

from data_gen.cache import dataset
from data_gen.errors import DatasetError
from strategies import JobError, WrongOutputError, load_workload, verify

WRONG, FAILED = 3, 4  # exit codes; Python itself has 1 and 2


def main(task: str, *arguments: str) -> int:
    """Do the task."""
    try:
        if task == "verify":
            source, destination, workload = arguments
            verify(Path(source), Path(destination), load_workload(workload))
        else:
            shape, size = arguments
            dataset(shape, size=int(size))
    except (JobError, DatasetError) as error:
        sys.stdout.write(str(error))
        return WRONG if isinstance(error, WrongOutputError) else FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
