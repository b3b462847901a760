"""Where the `parabench` command begins: signals are handled before the slow imports."""

from parabench import interrupts


def main() -> None:
    """Run the command."""
    interrupts.install()
    try:
        from parabench import cli

        cli.main()
    except (KeyboardInterrupt, SystemExit):
        if interrupts.received:
            interrupts.ended()
        raise


if __name__ == "__main__":
    main()
