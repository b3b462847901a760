"""How a job is done: the transaction around it, and the runners that fill it in."""
