"""Benchmarks: each measures a figure beside its floor, in the same run and on the same machine."""
