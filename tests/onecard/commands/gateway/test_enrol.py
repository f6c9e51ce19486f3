"""`onecard gateway enrol`: what the operator sees."""

from pathlib import Path

import pytest

from gateway.core.identity import fingerprint
from gateway.drivers.state_file import StateFile
from onecard.cli import main
from tests.gateway.drivers.test_http import Answering
from tests.gateway.test_app import answer_enrolment
from tests.gateway.world import COMMUNITY, GATEWAY


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONECARD_LANG", "en")
    return tmp_path / "gateway.toml"


def write(file: Path, url: str) -> None:
    file.write_text(f'state_dir = "{file.parent}/box"\nserver_url = "{url}"\n', encoding="utf-8")


def test_it_prints_the_place_and_the_fingerprint(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answering = Answering()
    write(file, answering.url)
    answer_enrolment(answering, file.parent / "box")
    assert main(["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]) == 0
    answering.close()
    signer, _ = StateFile(file.parent / "box").keys()
    mark = fingerprint(signer.verifier.public_bytes)
    assert capsys.readouterr().out == f"Enrolled as {GATEWAY} in {COMMUNITY}.\nFingerprint: {mark}\n"


def test_a_refused_claim_is_one_clear_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answering = Answering()
    write(file, answering.url)
    answering.status, answering.body = 403, b'{"detail": "The claim is unknown."}'
    assert main(["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]) == 1
    answering.close()
    said = capsys.readouterr().err
    assert said == "onecard: the server answers 403: The claim is unknown.\n"


@pytest.mark.parametrize("claim", ["", "nonsense", "c" * 129, "cc cc" * 8, "登记码" * 8])
def test_what_is_no_claim_is_one_clear_line_and_reaches_nobody(
    file: Path, capsys: pytest.CaptureFixture[str], claim: str
) -> None:
    write(file, "http://127.0.0.1:9")
    assert main(["gateway", "enrol", "--config", str(file), "--claim", claim]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("--claim: that is no claim")
    assert not (file.parent / "box").exists()
