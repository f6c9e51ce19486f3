"""The org tree, and who holds which post in it."""
