"""Secure messaging with a card: authentication and protected commands."""
