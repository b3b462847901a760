"""What takes memory and is not to be measured, in a process of its own.

`python -P judge.py verify JOB`, where JOB is a file with a pickled `Job`, `… fidelity JOB`, which
prints the outcome and the first difference as JSON, or `… dataset SHAPE BYTES`. Prints what is the
matter, and then exits with WRONG for an output that is, or else with another code. It uses the
reference and the generator of the commit that is measured.
"""

import json
import pickle
import sys
from pathlib import Path

WRONG, FAILED = 3, 4  # exit codes; Python itself has 1 and 2


def main(task: str, *arguments: str) -> int:
    """Do the task."""
    # Here, since asv imports this file in commits that have no such names, too.
    from data_gen.cache import dataset  # noqa: PLC0415 - see above
    from data_gen.errors import DatasetError  # noqa: PLC0415 - see above
    from strategies import JobError, WrongOutputError, verify  # noqa: PLC0415 - see above

    try:
        if task == "fidelity":
            from strategies import fidelity  # noqa: PLC0415 - older commits have no such systems

            job = pickle.loads(Path(arguments[0]).read_bytes())  # noqa: S301 - the cell's own file
            found = fidelity(job.sources, job.destination, job.workload, job.dialect)
            if found.outcome == "wrong":
                message = f"{job.destination}: {found.difference}"
                raise WrongOutputError(message)
            sys.stdout.write(json.dumps([found.outcome, found.difference]))
        elif task == "verify":
            job = pickle.loads(Path(arguments[0]).read_bytes())  # noqa: S301 - the cell's own file
            as_read = getattr(job, "dialect", None) or job.delimiter  # of older commits' jobs
            verify(job.source, job.destination, job.workload, as_read)
        else:
            shape, size = arguments
            dataset(shape, size=int(size))
    except (JobError, DatasetError) as error:
        sys.stdout.write(str(error))
        return WRONG if isinstance(error, WrongOutputError) else FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
