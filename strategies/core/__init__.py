"""What all strategies share: contract, planning, kernel, workloads, output, reference."""
