"""Kinds of points, a file each: what it reads and writes on a card, with which keys, and what follows a verdict."""
