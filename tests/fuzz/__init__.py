"""A coverage-guided fuzz target for the planner; `make fuzz` runs it."""
