"""A visitor before a gate: the code, the scanner on its serial line, the decider, the journal, the lock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.policy.rules import Traits
from card_protocol.wire.pass_code import PassCode, encode_code
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from edge.drivers.qr_reader import QrReader
from firmware_sim.qr.scanner import Scanner
from tests.edge.carried import STRANGER
from tests.edge.issued import SIGNER
from tests.edge.policy import book, entry, gate
from tests.edge.rig import Clock, Rig
from tests.edge.words import CARD_ID, HOLDER
from tests.support.patience import eventually

HOUR_MS = 3_600_000


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    with Scanner() as made:
        yield made


@pytest.fixture
def rig(tmp_path: Path, scanner: Scanner) -> Rig:
    made = Rig(tmp_path, lambda: QrReader(scanner.port))
    made.book = book(entry(uid=None, traits=Traits(uses=2)), point=gate(minimum_assurance=Assurance.READER))
    return made


def code(from_ms: int = -HOUR_MS, to_ms: int = HOUR_MS, sign=SIGNER.sign) -> str:
    now = Clock().now().wall_ms
    return encode_code(PassCode(card_id=CARD_ID, from_ms=now + from_ms, to_ms=now + to_ms), sign)


def test_a_good_code_opens_the_gate_and_the_journal_knows_which_pass(rig: Rig, scanner: Scanner) -> None:
    with rig:
        eventually(lambda: rig.loop is not None and rig.loop.state.value == "empty")
        scanner.show(code(), times=3)
        event = rig.next_tap(0)
        assert (event.reason, event.card_id, event.holder) == (Reason.GRANTED, CARD_ID, HOLDER)
        assert rig.lock.unlocked == 1


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        (lambda: code(-2 * HOUR_MS, -HOUR_MS), Reason.EXPIRED),
        (lambda: code(HOUR_MS, 2 * HOUR_MS), Reason.NOT_YET_VALID),
        (lambda: code(sign=STRANGER.sign), Reason.GRANT_FORGED),
        (lambda: "https://pay.example/1", Reason.FOREIGN),
    ],
)
def test_any_other_code_opens_nothing_and_says_why(rig: Rig, scanner: Scanner, shown, reason: Reason) -> None:
    with rig:
        eventually(lambda: rig.loop is not None and rig.loop.state.value == "empty")
        scanner.show(shown())
        assert rig.next_tap(0).reason is reason
        assert rig.lock.unlocked == 0


def test_a_point_that_was_not_opened_to_codes_takes_none(rig: Rig, scanner: Scanner) -> None:
    rig.book = book(entry(uid=None))
    with rig:
        eventually(lambda: rig.loop is not None and rig.loop.state.value == "empty")
        scanner.show(code())
        assert rig.next_tap(0).reason is Reason.ASSURANCE_TOO_LOW
