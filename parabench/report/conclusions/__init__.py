"""What follows from the results: crossovers, ties, laws of scaling, and the answer in words."""
