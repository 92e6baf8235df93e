"""Benchmarks: each figure beside its floor, in one run (see docs/benchmarks.md)."""
