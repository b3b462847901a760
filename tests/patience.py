"""How long tests wait for what takes moments, so that they are green on a busy machine, too."""

PATIENCE = 300  # seconds; below pytest's own timeout, which says less
