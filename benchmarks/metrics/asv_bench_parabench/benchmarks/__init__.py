"""Benchmark types."""
