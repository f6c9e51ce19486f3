"""Open payments on the disk."""

from pathlib import Path

import pytest

from card_protocol.profiles.card_records import PurseEntry
from edge.drivers import payment_store
from edge.drivers.payment_store import PaymentFiles
from edge.ports.payments import OpenPayment
from tests.edge.words import CARD_ID

PAYMENT = OpenPayment(PurseEntry(-800, 0xAABBCCDD, 7, 29_833_333), 3, 9)


def test_it_is_remembered_by_the_next_program_until_it_is_ended(tmp_path: Path) -> None:
    assert PaymentFiles(tmp_path / "p").open_of(CARD_ID) is None
    assert PaymentFiles(tmp_path / "p").begin(CARD_ID, PAYMENT)
    assert PaymentFiles(tmp_path / "p").open_of(CARD_ID) == PAYMENT
    PaymentFiles(tmp_path / "p").end(CARD_ID)
    PaymentFiles(tmp_path / "p").end(CARD_ID)
    assert PaymentFiles(tmp_path / "p").open_of(CARD_ID) is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"record": [1], "counter": 1, "tap_seq": 1}', b'{"record": 7}'])
def test_a_spoiled_file_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / f"{CARD_ID}.json").write_bytes(content)
    assert PaymentFiles(tmp_path).open_of(CARD_ID) is None


def test_without_a_disk_nothing_begins(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("a file where the folder should be")
    assert not PaymentFiles(tmp_path / "p").begin(CARD_ID, PAYMENT)


def test_they_have_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payment_store, "OPEN_MAX_PAYMENTS", 1)
    files = PaymentFiles(tmp_path)
    assert files.begin(CARD_ID, PAYMENT)
    assert not files.begin("01JD0000000000000000000002", PAYMENT)
