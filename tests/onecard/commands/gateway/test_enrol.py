"""`onecard gateway enrol`: what the operator sees."""

from pathlib import Path

import pytest

from card_protocol.crypto.certificates import authority_mark
from gateway.drivers import joining
from gateway.drivers.tls_files import TlsFiles
from onecard.cli import main
from tests.gateway.drivers.test_http import Answering
from tests.gateway.test_app import answer_enrolment
from tests.gateway.world import COMMUNITY, GATEWAY
from tests.support.identity import AUTHORITY


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONECARD_LANG", "en")
    return tmp_path / "gateway.toml"


def write(file: Path, url: str) -> None:
    file.write_text(f'state_dir = "{file.parent}/box"\nserver_url = "{url}"\n', encoding="utf-8")


def test_it_prints_the_place(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answering = Answering()
    write(file, answering.url)
    answer_enrolment(answering, file.parent / "box")
    assert main(["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]) == 0
    answering.close()
    assert capsys.readouterr().out == f"Enrolled as {GATEWAY} in {COMMUNITY}.\n"


def test_it_shows_the_boxs_fingerprint_while_nobody_has_confirmed_it(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "ASK_EVERY_S", 0.0)
    answering = Answering()
    write(file, answering.url)
    answer_enrolment(answering, file.parent / "box")
    answering.first = (202, b'{"mark": "0123-4567-89AB-CDEF"}')
    assert main(["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]) == 0
    answering.close()
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Fingerprint of this box: ")
    assert said[-1] == f"Enrolled as {GATEWAY} in {COMMUNITY}."


def test_the_first_contact_wants_the_servers_fingerprint(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answering = Answering()
    write(file, answering.url)
    assert main(["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]) == 2
    assert capsys.readouterr().err.startswith("--fingerprint: the server's fingerprint is needed")
    assert answering.asked == []
    answering.body = AUTHORITY.certificate.encode()
    wrong = ["gateway", "enrol", "--config", str(file), "--claim", "c" * 32, "--fingerprint", "0000" * 8]
    assert main(wrong) == 1
    answering.close()
    assert "does not have the fingerprint" in capsys.readouterr().err
    assert [path for _, path, _, _ in answering.asked] == ["/api/v1/gateways/authorities"], "the claim went nowhere"
    assert authority_mark(AUTHORITY.certificate) != "0000" * 8


def test_what_stands_in_the_way_is_told_in_chinese(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    answering = Answering()
    write(file, answering.url)
    enrol = ["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]

    def told(*more: str) -> str:
        assert main([*enrol, *more]) == 1
        return capsys.readouterr().err

    answering.body = AUTHORITY.certificate.encode()
    assert f"{answering.url} 上的服务器指纹不是 0000-0000" in told("--fingerprint", "0000-0000")
    answering.body = b"<html>a captive portal</html>"
    assert f"{answering.url} 不是一卡通服务器" in told("--fingerprint", "0000-0000")
    TlsFiles(file.parent / "box").trust(AUTHORITY.certificate)
    answering.status, answering.body = 403, b'{"detail": "This claim is unknown, used or expired."}'
    assert "接入码无效、已使用或已过期" in told()
    answering.status, answering.body = 418, b""
    assert told() == "onecard: 服务器答复 418\n"
    answering.status, answering.body = 200, b"{}"
    assert "服务器的答复无法使用" in told()
    answering.close()
    assert f"无法连接服务器 {answering.url}" in told()


def test_a_refused_claim_is_one_clear_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answering = Answering()
    write(file, answering.url)
    TlsFiles(file.parent / "box").trust(AUTHORITY.certificate)
    answering.status, answering.body = 403, b'{"detail": "The claim is unknown."}'
    assert main(["gateway", "enrol", "--config", str(file), "--claim", "c" * 32]) == 1
    answering.close()
    said = capsys.readouterr().err
    assert said == "onecard: the server answers 403: The claim is unknown.\n"


@pytest.mark.parametrize("claim", ["", "nonsense", "c" * 129, "cc cc" * 8, "接入码" * 8])
def test_what_is_no_claim_is_one_clear_line_and_reaches_nobody(
    file: Path, capsys: pytest.CaptureFixture[str], claim: str
) -> None:
    write(file, "http://127.0.0.1:9")
    assert main(["gateway", "enrol", "--config", str(file), "--claim", claim]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.startswith("--claim: that is no claim")
    assert not (file.parent / "box").exists()
