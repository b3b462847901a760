"""How each strategy fails: real faults, real processes, what comes of it and what is left."""
