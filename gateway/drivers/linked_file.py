"""A database file behind a symbolic link, so that a new one can take over from a damaged one.

Nothing is renamed or deleted: a process that still has the old file open would, on closing it, remove the
write-ahead log *by name* (<https://sqlite.org/howtocorrupt.html>, § 2.4), and that name would be the new file's.
"""

import os
from pathlib import Path


class LinkedFile:
    """`name` in `folder` is a link to the file in use. Writers of the link take turns by a lock of their own."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.path = folder / name
        self._plain_path = os.fspath(self.path)
        self._inode = (-1, -1)

    def exists(self) -> bool:
        """Whether the link leads to a file."""
        return self.path.exists()

    def remember(self) -> Path:
        """The real file that the link leads to now; `is_current` compares with it. OSError when there is none."""
        found = os.stat(self.path)
        self._inode = (found.st_dev, found.st_ino)
        return self.path.resolve()

    def is_current(self) -> bool:
        """Whether the link still leads to the remembered file. One stat(2)."""
        try:
            found = os.stat(self._plain_path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == self._inode

    def target(self) -> str:
        """The name of the file in use; empty when there is none."""
        if not self.path.exists():
            return ""
        return os.readlink(self.path) if self.path.is_symlink() else self.name

    def set_aside_name(self, mark: str) -> str:
        """The name under which the file in use stays when another takes over.

        A plain file that somebody put in the link's place gets a second name, with `mark` in it, for itself and its
        log; otherwise moving the link over it would delete it.
        """
        if self.path.is_symlink() or not self.path.exists():
            return self.target()
        stem, _, extension = self.name.rpartition(".")
        kept = f"{stem}-before-{mark}.{extension}"
        for suffix in ("", "-wal", "-shm"):
            part = self.folder / (self.name + suffix)
            if part.exists():
                os.link(part, self.folder / (kept + suffix))
        return kept

    def point_at(self, path: Path) -> None:
        """Let the link lead to another file of the folder. There is no moment without one; durable on return."""
        fresh = self.folder / f"{self.name}.new"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(path.name)
        fresh.replace(self.path)
        sync_folder(self.folder)


def sync_folder(folder: Path) -> None:
    """A new name is durable when its folder is (fsync(2))."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_file(path: Path) -> None:
    """A file's content is durable (fsync(2))."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a small private file (mode 0600): readers see the old content or the new, also after a power cut."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
