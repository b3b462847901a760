"""Where the `parabench` command begins: signals are handled before the slow imports."""

import sys

FIRST_THREADS = 4  # of interrupts and libraries, and one a core: OpenBLAS ends us when it cannot
INTERRUPTED = 130  # what typer makes of KeyboardInterrupt


def main() -> None:
    """Run the command."""
    try:
        import strategies
    except ImportError as error:  # of the system, which it does not run on
        sys.exit(f"parabench: error: {error}")
    strategies.open_missing_streams()  # before any file is opened
    from parabench import interrupts

    interrupts.exit_at_once()
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


if __name__ == "__main__":
    main()
