"""What goes wrong with a dataset, said in one line with the next step."""


class DatasetError(Exception):
    """A dataset cannot be made or used; the message says why and what to do."""
