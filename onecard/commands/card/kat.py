"""`onecard card kat FILE`: the same as `onecard kat FILE`."""

from onecard.commands.kat import HELP, kat

__all__ = ["HELP", "kat"]
