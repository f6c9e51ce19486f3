"""Simulated hardware behind real interfaces: card, reader, door, person."""
