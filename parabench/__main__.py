"""Where the `parabench` command begins: signals are handled before the slow imports."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
PACKAGES = ("strategies", "data_gen", "benchmarks")  # beside this one
MARK = "PARABENCH_AGAIN"
FIRST_THREADS = 4  # of interrupts and libraries, and one a core: OpenBLAS ends us when it cannot
INTERRUPTED = 130  # what typer makes of KeyboardInterrupt
HASH_SEED = "6640"  # that which Dask's clusters give to their workers


def main() -> None:
    """Run the command."""
    _check_packages()
    try:
        import strategies
    except ImportError as error:  # of the system, which it does not run on
        sys.exit(f"parabench: error: {error}")
    try:
        _main()
    except Exception as error:
        if shadow := strategies.shadow(error):
            text = " ".join(str(error).split())
            sys.exit(f"parabench: error: {type(error).__name__}: {text}: {shadow}")
        raise


def _check_packages() -> None:
    """Exit where Python finds a file of the user's under the name of a package of ours."""
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is None:
            sys.exit(f"parabench: error: its package {name!r} is missing; install parabench again")
        places = [spec.origin] if spec.origin else [*(spec.submodule_search_locations or ())]
        if not any(Path(place).resolve().is_relative_to(HOME / name) for place in places):
            sys.exit(
                f"parabench: error: {places[0]} hides parabench's own {name!r}; rename it, or "
                "leave its folder out of PYTHONPATH"
            )


def _main() -> None:
    import strategies

    # Before any file is opened; which were missing is known from the first time that we begin.
    opened_before = os.environ.get(MARK, "").split()
    missing = strategies.open_missing_streams(int(n) for n in opened_before if n.isdecimal())
    from parabench import interrupts

    interrupts.exit_at_once()
    _begin_again_for_user_code(missing)
    from parabench.cli import app

    try:
        strategies.require_threads(FIRST_THREADS + strategies.available_cores())
    except strategies.StrategyError as error:
        sys.exit(f"parabench: error: {error}")
    interrupts.unwind()
    try:
        app.main()
    except KeyboardInterrupt:
        interrupts.ended()
    except SystemExit as error:
        if interrupts.received or error.code == INTERRUPTED:
            interrupts.ended()
        raise


def _begin_again_for_user_code(missing: set[int]) -> None:
    """Begin again where a user's function will run, with what Python takes only at its start.

    The hashes of texts: each process would have others, and what depends on them, such as the
    order of a set, would differ from worker to worker. And -P: Python would put the folder where
    the user is before its own library, in all fresh processes, with any random.py that is there.
    """
    own_function = sys.argv[1:2] in (["run"], ["verify"]) and any(":" in word for word in sys.argv)
    if own_function and MARK not in os.environ:
        os.environ[MARK] = " ".join(map(str, missing))
        os.environ.setdefault("PYTHONHASHSEED", HASH_SEED)
        safe_path = [] if Path.cwd() == HOME else ["-P"]  # we may have been found there ourselves
        os.execv(sys.executable, [sys.executable, *safe_path, *sys.orig_argv[1:]])  # noqa: S606 - us
    os.environ.pop(MARK, None)


if __name__ == "__main__":
    main()
