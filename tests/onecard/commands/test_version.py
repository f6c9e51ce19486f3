from importlib.metadata import version

import pytest

from onecard.cli import main


def test_one_line_with_the_installed_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"onecard {version('onecard')} · Python 3.")
    assert out.count("\n") == 1
