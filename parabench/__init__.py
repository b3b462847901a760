"""What is concluded: the `parabench` command, the report, and later the verdicts."""
