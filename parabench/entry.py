"""Where the `parabench` command begins: signals are handled before the slow imports."""

from parabench import interrupts


def main() -> None:
    """Run the command."""
    interrupts.install()
    from parabench import cli

    cli.main()
