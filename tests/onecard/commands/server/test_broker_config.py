"""`onecard server broker-config`"""

from pathlib import Path

import pytest

from onecard.cli import main
from server.services.gateways.broker_files import ACL, AUTHORITIES, CERTIFICATE, CONFIGURATION, KEY, REVOKED


def test_the_folder_is_brought_up_to_date(ready: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mosquitto" / "onecard"
    words = ["server", "broker-config", "--config", ready, "--folder", str(folder)]
    assert main(words) == 0
    said = capsys.readouterr()
    written = {Path(line).name for line in said.out.split()}
    assert written == {
        ACL,
        AUTHORITIES,
        CERTIFICATE,
        CONFIGURATION,
        KEY,
        REVOKED,
    }
    assert f"include_dir {folder}" in said.err
    assert "PRIVATE" not in said.out + said.err
    assert main(words) == 0
    assert capsys.readouterr().out == "Nothing has changed.\n"


def test_it_wants_to_know_where(ready: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["server", "broker-config", "--config", ready]) == 1
    assert "broker.folder" in capsys.readouterr().err
