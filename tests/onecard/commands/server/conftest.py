"""A folder with a server's file."""

from pathlib import Path

import pytest

from server.services.keys import keystore_file
from tests.onecard.commands.founded import found

COMMUNITY = "330105009012"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of a server's file; nothing is set up yet."""
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "correct horse battery staple")
    # The cost of a guess is tested with the keystore; here nobody guesses.
    monkeypatch.setattr(keystore_file.write, "__kwdefaults__", {"log_n": 4})
    path = tmp_path / "server.toml"
    path.write_text(
        f'community = "{COMMUNITY}"\ncommunity_name = "善贤社区"\ndatabase_url = "sqlite:///{tmp_path}/server.db"\n'
        f'[keystore]\npath = "{tmp_path}/keystore"\n',
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture
def ready(config: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The same after `init`."""
    found(config)
    capsys.readouterr()
    return config
