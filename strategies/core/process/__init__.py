"""Processes: how many there are, how they are started, interrupted, and ended."""
