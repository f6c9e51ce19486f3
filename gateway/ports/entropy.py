"""Dice."""

from collections.abc import Callable

Entropy = Callable[[int], bytes]
"""n -> n unpredictable bytes (`os.urandom`; a seeded generator in a simulation)."""
