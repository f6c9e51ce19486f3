"""Files that another program on the machine reads: replaced as a whole, so that nobody ever sees half of one."""

import os
import stat
from pathlib import Path

PUBLIC_MODE, PRIVATE_MODE = 0o644, 0o640
"""The group may read a private one: that is how the broker, which is another user, gets its key."""


def write_file(path: Path, data: bytes, *, private: bool = False) -> bool:
    """Write a file unless it says this already; whether it was written. OSError."""
    mode = PRIVATE_MODE if private else PUBLIC_MODE
    try:
        if path.read_bytes() == data and stat.S_IMODE(path.stat().st_mode) == mode:
            return False
    except OSError:
        pass
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
    os.replace(fresh, path)
    return True


def read_private(path: Path) -> bytes:
    """The content of a key file. ValueError when others than owner and group may read it; OSError."""
    if path.stat().st_mode & stat.S_IRWXO:
        raise ValueError(f"{path} is readable by everybody")
    return path.read_bytes()
