"""What the bench stands on."""

from pathlib import Path

import pytest

from card_protocol.policy.decider import decide
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.verdict import Presentation
from firmware_sim.field import pcscd
from gateway.app import open_box
from onecard.bench.tap_stage import CARD_ID, COMMUNITY, GATEWAY, POINT, UID, Community, Stack, StackAbsent, spots


def test_the_box_is_enrolled_and_its_policy_lets_the_resident_in(tmp_path: Path) -> None:
    Community().enrol(tmp_path)
    moment = Moment(wall_ms=1_780_000_000_000, mono_ns=0, boot="b", clock=ClockQuality.SERVER)
    shown = Presentation(uid=UID.hex().upper(), assurance=Assurance.CARD, card_id=CARD_ID)
    with open_box(tmp_path) as box:
        assert (box.gateway_id, box.community) == (GATEWAY, COMMUNITY)
        assert decide(shown, POINT, box.book, moment).granted


def test_a_stack_that_this_machine_lacks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pcscd, "_DRIVERS", ())
    with pytest.raises(StackAbsent, match="not installed"), spots(Stack.PCSC, tmp_path, Community().issue()):
        pass
