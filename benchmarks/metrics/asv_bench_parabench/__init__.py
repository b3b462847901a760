"""asv imports this package by its name, and takes what `benchmarks/` exports."""
