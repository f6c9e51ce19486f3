"""What people compare to know a box by."""


def fingerprint(public_bytes: bytes) -> str:
    """The key's first 16 hex digits in groups of four: short enough to read aloud, long enough to be nobody else's."""
    text = public_bytes.hex()[:16]
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))
