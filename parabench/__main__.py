"""Where the `parabench` command begins: signals are handled before the slow imports."""

from parabench import interrupts

INTERRUPTED = 130  # what typer makes of KeyboardInterrupt


def main() -> None:
    """Run the command."""
    interrupts.exit_at_once()
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


if __name__ == "__main__":
    main()
