"""Settings that would be insecure: the program does not start, and says which line of which file must change."""

from pathlib import Path

import pytest

from onecard.cli import main


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        (["[listen]", 'host = "0.0.0.0"'], "line 6: listen", "set tls_certificate and tls_key"),
        (["[broker]", 'host = "10.0.0.9"', "plain = true"], "line 8: broker.plain", "take plain = true out"),
        (["[broker]", "allow_anonymous = true"], "line 7: broker.allow_anonymous", "unknown key"),
        (["[gateways]", "verify_signatures = false"], "line 7: gateways.verify_signatures", "unknown key"),
    ],
)
def test_the_server_does_not_start(
    config: str, capsys: pytest.CaptureFixture[str], lines: list[str], key: str, words: str
) -> None:
    with Path(config).open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))
    assert main(["server", "run", "--config", config]) == 2
    said = capsys.readouterr().err
    assert f"{config}, {key}" in said
    assert words in said


def test_a_passphrase_of_the_manual_is_refused_by_its_variable(
    ready: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "onecard-onecard")
    assert main(["server", "run", "--config", ready]) == 1
    said = capsys.readouterr().err
    assert "everybody tries first" in said
    assert "ONECARD_KEYSTORE_PASSPHRASE" in said


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        (['server_url = "http://10.0.0.9:8444"'], "line 2: server_url", "write https://"),
        (
            ['server_url = "https://10.0.0.9:8444"', "[broker]", 'host = "10.0.0.9"', "plain = true"],
            "line 5: broker.plain",
            "this machine only",
        ),
    ],
)
def test_nor_does_a_gateway(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    lines: list[str],
    key: str,
    words: str,
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "gateway.toml"
    file.write_text("\n".join([f'state_dir = "{tmp_path}/box"', *lines, ""]), encoding="utf-8")
    assert main(["gateway", "run", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{file}, {key}" in said
    assert words in said


def test_nor_does_a_desk_send_its_token_in_the_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    file = tmp_path / "desk.toml"
    token = "oc_0123456789abcdef"
    text = f'desk = "d-1"\nserver = "http://10.0.0.9"\ntoken = "{token}"\nreader = "pcsc:x"\n'
    file.write_text(text, encoding="utf-8")
    assert main(["desk", "run", "--config", str(file)]) == 2
    said = capsys.readouterr().err
    assert f"{file}, line 2: server" in said
    assert token not in said
