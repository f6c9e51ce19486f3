"""Incidents on four levels: their life, rights, clocks."""
