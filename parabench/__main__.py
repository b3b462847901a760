"""Where the `parabench` command begins: signals are handled before the slow imports."""

import os
import sys

from parabench import interrupts

INTERRUPTED = 130  # what typer makes of KeyboardInterrupt
HASH_SEED = "6640"  # that which Dask's clusters give to their workers


def main() -> None:
    """Run the command."""
    interrupts.exit_at_once()
    _fix_hash_seed()
    from parabench.cli import app

    interrupts.unwind()
    try:
        app.main()
    except KeyboardInterrupt:
        interrupts.ended()
    except SystemExit as error:
        if interrupts.received or error.code == INTERRUPTED:
            interrupts.ended()
        raise


def _fix_hash_seed() -> None:
    """Begin again where a user's function will run, with the hashes of texts that all have.

    Each process would have others, and what depends on them, such as the order of a set of
    texts, would differ from worker to worker and from run to run.
    """
    own_function = sys.argv[1:2] in (["run"], ["verify"]) and any(":" in word for word in sys.argv)
    if own_function and "PYTHONHASHSEED" not in os.environ:
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - ourselves


if __name__ == "__main__":
    main()
