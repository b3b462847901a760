"""How a cell is measured: meters, models, guards, and the journal of what was measured."""
