"""Setting a point up, with a person who answers and a door of wood."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge import fitting, installer
from onecard import point_setup
from onecard.commands.point.setup import BoxTools
from onecard.point_setup import Fitted, GivenUp, PointSetup, Progress
from tests.edge.fitted_box import FittedBox
from tests.onecard.fitter import Fitter
from tests.support.patience import eventually


@pytest.fixture(autouse=True)
def quick_and_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    monkeypatch.setattr(fitting, "serial_ports", lambda: ())
    monkeypatch.setattr(fitting, "reader_names", list)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[FittedBox]:
    box = FittedBox(tmp_path)
    yield box
    box.close()


def setup(box: FittedBox, fitter: Fitter) -> PointSetup:
    return PointSetup(fitter, BoxTools(box.state_dir), box.store, Progress(box.state_dir / "edge.setup"))


WHOLE = Fitted(
    id="gate",
    reader="osdp:north",
    feedback="osdp:north",
    lock="osdp:north/0",
    contact="osdp:north/0",
    rex="osdp:north/1",
    done=["reader", "lamp", "lock", "contact", "rex", "duress"],
)


def test_every_device_is_tried_in_turn(box: FittedBox) -> None:
    fitter = Fitter(box)
    assert setup(box, fitter).run("gate") == WHOLE
    assert fitter.released == [True]
    eventually(lambda: not box.door.is_released)
    assert WHOLE.door == {"contact": "osdp:north/0", "rex": "osdp:north/1", "sounder": "osdp:north"}


def test_it_goes_on_where_it_stopped(box: FittedBox) -> None:
    fitter = Fitter(box, **{"Is it locked again": False})
    with pytest.raises(GivenUp):
        setup(box, fitter).run("gate")
    assert any("fail-safe" in line for line in fitter.told)
    eventually(lambda: not box.door.is_released)
    again = Fitter(box)
    assert setup(box, again).run("gate") == WHOLE
    assert again.asked[0].startswith("gate was begun (reader, lamp)")
    assert not any("Which reader" in question for question in again.asked)


def test_who_does_not_go_on_begins_anew(box: FittedBox) -> None:
    progress = Progress(box.state_dir / "edge.setup")
    box.state_dir.mkdir(exist_ok=True)
    progress.save(Fitted(id="gate", reader="pcsc:x", done=["reader"]))
    progress.save(Fitted(id="other", done=["reader"]))
    fitter = Fitter(box, **{"was begun": False})
    assert setup(box, fitter).run("gate") == WHOLE
    progress.forget("gate")
    assert progress.load("gate") == Fitted(id="gate")
    assert progress.load("other").done == ["reader"]
    progress.forget("other")
    assert not (box.state_dir / "edge.setup").exists()


def test_a_service_point_has_no_door(box: FittedBox) -> None:
    fitter = Fitter(box, **{"What moves": "nothing opens here", "And red": False})
    fitted = setup(box, fitter).run("clinic")
    assert (fitted.lock, fitted.feedback, fitted.door) == ("none", "log", {})
    assert fitter.released == []


def test_a_contact_that_is_wired_the_other_way_round_is_told(box: FittedBox) -> None:
    box.door.force()
    fitter = Fitter(box, **{"Open the door": box.door.let_go})
    with pytest.raises(GivenUp):
        setup(box, fitter).run("gate")
    assert any("other way round" in line for line in fitter.told)


def test_nobody_at_the_reader_and_no_wire_that_moves(box: FittedBox, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as impatient:
        impatient.setattr(point_setup, "CARD_MS", 200)
        with pytest.raises(GivenUp):
            setup(box, Fitter(box, **{"Hold a card": None})).run("gate")
    monkeypatch.setattr(point_setup, "WIRE_MS", 100)
    monkeypatch.setattr(fitting, "SPEAKS_MS", 60_000)
    tries = iter([True, True, False])
    fitter = Fitter(box, **{"Open the door": None, "Try this again": lambda: next(tries)})
    with pytest.raises(GivenUp):
        setup(box, fitter).run("gate")
    assert sum("no wire changed" in line for line in fitter.told) == 3


def test_a_reader_from_the_factory_is_enrolled_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installer, "ONLINE_TIMEOUT_MS", 5000)
    box = FittedBox(tmp_path, known=False)
    monkeypatch.setattr(fitting, "serial_ports", lambda: (str(box.bus.path),))
    answers = {
        "Which reader": "enrol a new reader on RS-485",
        "On which line": str(box.bus.path),
        "A name": "north",
        "OSDP address": "1",
    }
    assert setup(box, Fitter(box, **answers)).run("gate") == WHOLE
    assert box.reader.key == bytes.fromhex(box.store.get("north").key)
    box.close()


SIGN = {
    "being forced": True,
    "The code": "911#",
}


def hidden_button(box: FittedBox, pressed: bool) -> None:
    with box.bus.lock:
        box.reader.set_input(2, pressed)


def test_a_silent_call_for_help_is_a_code_and_a_button_that_were_tried(box: FittedBox) -> None:
    answers = SIGN | {
        "Type it on": lambda: box.reader.type("5911#"),
        "Press the hidden": lambda: hidden_button(box, True),
        "Let the hidden": lambda: hidden_button(box, False),
    }
    fitter = Fitter(box, **answers)
    fitted = setup(box, fitter).run("gate")
    assert fitted.duress == {"code": "911#", "button": "osdp:north/2"}
    assert not any("911" in line for line in [*fitter.told, *fitter.asked, repr(fitted)]), "it is nobody's to see"
    assert (box.state_dir / "edge.setup").stat().st_mode & 0o077 == 0


def test_a_code_that_is_none_or_does_not_arrive_is_told(box: FittedBox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(point_setup, "KEYS_MS", 1)
    for code, said in (("9A", "2 to 12"), ("99", "did not send")):
        fitter = Fitter(box, **SIGN | {"The code": code, "hidden button wired": False})
        with pytest.raises(GivenUp):
            setup(box, fitter).run("gate")
        assert any(said in line for line in fitter.told)
