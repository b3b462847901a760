"""Where the `parabench` command begins: signals are handled before the slow imports."""

import os
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
MARK = "PARABENCH_AGAIN"
FIRST_THREADS = 4  # of interrupts and libraries, and one a core: OpenBLAS ends us when it cannot
INTERRUPTED = 130  # what typer makes of KeyboardInterrupt
HASH_SEED = "6640"  # that which Dask's clusters give to their workers


def main() -> None:
    """Run the command."""
    try:
        import strategies
    except ImportError as error:  # of the system, which it does not run on
        sys.exit(f"parabench: error: {error}")
    strategies.open_missing_streams()  # before any file is opened
    from parabench import interrupts

    interrupts.exit_at_once()
    _begin_again_for_user_code()
    from parabench.cli import app

    try:
        strategies.require_threads(FIRST_THREADS + strategies.available_cores())
    except strategies.StrategyError as error:
        sys.exit(f"parabench: error: {error}")
    interrupts.unwind()
    try:
        try:
            app.main()
        except SystemExit as error:
            if interrupts.received or error.code == INTERRUPTED:
                interrupts.ended()
            interrupts.finish(error.code)
            raise
    except KeyboardInterrupt:
        interrupts.ended()


def _begin_again_for_user_code() -> None:
    """Begin again where a user's function will run, with what Python takes only at its start.

    The hashes of texts: each process would have others, and what depends on them, such as the
    order of a set, would differ from worker to worker. And -P: Python would put the folder where
    the user is before its own library, in all fresh processes, with any random.py that is there.
    """
    own_function = sys.argv[1:2] in (["run"], ["verify"]) and any(":" in word for word in sys.argv)
    if own_function and MARK not in os.environ:
        os.environ[MARK] = "1"
        os.environ.setdefault("PYTHONHASHSEED", HASH_SEED)
        safe_path = [] if Path.cwd() == HOME else ["-P"]  # we may have been found there ourselves
        os.execv(sys.executable, [sys.executable, *safe_path, *sys.orig_argv[1:]])  # noqa: S606 - us
    os.environ.pop(MARK, None)


if __name__ == "__main__":
    main()
