"""A server's folder as `onecard server init` leaves it: made once per test process for one configuration, then copied.

The command makes all tables by their migrations and hashes a password at its full cost; a test of another command
needs neither again.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from onecard.cli import main

_made: dict[str, dict[str, bytes]] = {}
"""Configuration without its folder -> file name -> what is in it."""


def found(config: str) -> None:
    """Set up the server of this configuration, whose data base is `server.db` beside it."""
    folder = Path(config).parent
    kind = Path(config).read_text(encoding="utf-8").replace(str(folder), "")
    if kind not in _made:
        before = set(folder.iterdir())
        assert main(["server", "init", "--config", config]) == 0
        with closing(sqlite3.connect(folder / "server.db")) as connection:
            image = connection.serialize()
        others = [path for path in folder.iterdir() if path not in before and not path.name.startswith("server.db")]
        _made[kind] = {path.name: path.read_bytes() for path in others} | {"server.db": image}
        return
    for name, content in _made[kind].items():
        (folder / name).touch(mode=0o600)
        (folder / name).write_bytes(content)
