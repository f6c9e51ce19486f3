"""Performs what the machines ask for: threads, waiting, feeding results back. Knows ports, no device."""
