"""`onecard muster` on a box whose server, broker and daemons are gone."""

from pathlib import Path

import pytest

from card_protocol.words.event import Event, EventKind
from card_protocol.words.reason import Reason
from gateway.app import open_box
from onecard.cli import main
from tests.edge.box import enrol, publish
from tests.edge.words import CARD_ID, GATE, HOLDER


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONECARD_LANG", "en")
    enrol(tmp_path / "box")
    file = tmp_path / "edge.toml"
    point = f'[[points]]\nid = "{GATE}"\nreader = "nfc:usb"\n'
    file.write_text(f'state_dir = "{tmp_path}/box"\n{point}', encoding="utf-8")
    return file


def somebody_passes(folder: Path) -> None:
    with open_box(folder) as box:
        tap = Event(
            kind=EventKind.TAP,
            **box.clock.now().model_dump(),
            point=GATE,
            card_id=CARD_ID,
            holder=HOLDER,
            reason=Reason.GRANTED,
            policy_version=3,
        )
        box.journal.append(tap)


def test_how_many_are_inside_from_files_alone(tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish(tmp_path / "box")
    somebody_passes(tmp_path / "box")
    assert main(["muster", "--config", str(file)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "community: 1 inside",
        "Seen by this gateway alone: others may know of more.",
    ]


def test_without_a_policy_there_is_nothing_to_count(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["muster", "--config", str(file)]) == 0
    assert "No point here" in capsys.readouterr().out
