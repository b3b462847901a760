"""What goes wrong in the harness, apart from what goes wrong in a job."""


class HarnessError(Exception):
    """The harness cannot measure as asked; the message says what, and what to do."""
