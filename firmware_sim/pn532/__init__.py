"""A PN532 on a pseudo terminal, driven by a real host library over a real serial line."""
