"""What all errors of this package are: one line that says what is wrong and what to do."""


class ParabenchError(Exception):
    """The command cannot do what it was asked for; it prints the message and ends with 1.

    Each area derives its own: the report, the suite, the faults.
    """
