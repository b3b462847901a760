"""Bugs to be planted, and the command that sees whether the tests find them."""
