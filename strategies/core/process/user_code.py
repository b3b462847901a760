"""What a worker process must be for a user's code to fare in it as in any other strategy."""

import multiprocessing
import os
import sys
from functools import cache
from multiprocessing.util import Finalize

from strategies.core.process.children import end_children
from strategies.core.process.whole_lines import WholeLines
from strategies.core.process.workers import SAFE_PATH


@cache
def prepare_for_user_code(_process_id: int) -> None:
    """Prepare the process, once; where it is nobody's worker, nothing is changed.

    The workers of `multiprocessing.Pool` and of `distributed` are daemons, which may not have
    children of their own, lest these outlive them: a worker that ends ends its children, and
    `Strategy.start` those of a worker that has no time for that. What is printed goes out in
    whole lines, since all workers share one output.
    """
    if multiprocessing.parent_process() is None:
        return
    os.environ.pop(SAFE_PATH, None)  # it was meant for the worker alone
    process = multiprocessing.current_process()
    if process.daemon:
        process.daemon = False
    # How the user's processes start is Python's or their own choice, not that of whoever started
    # us; joblib's has no meaning for them.
    multiprocessing.set_start_method(None, force=True)
    # After the pools that the user's code has left (15), whose end is well ordered, and before
    # `multiprocessing` waits for the other processes: they may have no end.
    Finalize(None, end_children, exitpriority=0)
    if (output := sys.__stdout__) is not None and sys.stdout is output:
        output.flush()
        sys.stdout = WholeLines(output.fileno())
    if (errors := sys.__stderr__) is not None and sys.stderr is errors:
        errors.flush()
        sys.stderr = WholeLines(errors.fileno())
