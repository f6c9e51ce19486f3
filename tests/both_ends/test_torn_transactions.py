"""Every transaction that we write on cards, cut before and after each of its frames: on the bare core, and in turn
through nfcpy and through PC/SC (`make soak`: every cut through both).

Afterwards the card is in its old state or in its new one, the purse has neither lost nor doubled anything, the next
tap works, and the same job run again ends where it would have ended at once.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_protocol.channel.converse import Conversation, converse
from card_protocol.crypto.tree import Purpose
from card_protocol.errors import CardGone
from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.card_records import Visit as VisitRecord
from card_protocol.profiles.layout import ACCESS, CARE
from card_protocol.profiles.personalise import personalise
from card_protocol.profiles.purse import Settlement, open_purse, pay, settle, top_up
from card_protocol.profiles.recycle import recycle
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.renew import Renewal, renew
from card_protocol.profiles.roll_keys import roll_keys
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.profiles.visit import append_visit, open_visit
from card_protocol.profiles.write_back import WriteBack, write_back
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.pcsc_reader import PcscReader, reader_names
from edge.ports.reader import Reader
from firmware_sim.card import store
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.field.field import Field
from firmware_sim.field.pcscd import VirtualReaders
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Pull, Visit
from firmware_sim.field.vpcd import VpcdField
from tests.card_protocol.field import HEADER, UID, dice, issued, issuer, order, point_keys, stock
from tests.support.patience import eventually

Run = Callable[[Card, Callable[[], Conversation[Any]], Pull | None], Any]
"""Hold a card to a reader for one conversation, and perhaps pull it away; what came of it."""

BOTH = point_keys(versions=(1, 2))
DEBIT = point_keys(Purpose.PURSE_DEBIT)
CARER = point_keys(Purpose.CARE_READ, Purpose.CARE_APPEND)
PAYMENT = PurseEntry(-300, 0xAABBCCDD, 7, 29_833_333)
TOP_UP = PurseEntry(500, 0xAABBCCDD, 8, 29_833_334)
WAIT_MS = 20_000


def a_tap() -> Conversation[Any]:
    return (yield from read_card(UID, BOTH, dice(3)))


def an_event() -> Conversation[Any]:
    reading = yield from a_tap()
    if isinstance(reading, CardRefusal):
        return reading
    return (yield from write_back(reading, BOTH, WriteBack(b"\x11" * 24, b"\x22" * 192), dice(4)))


def a_renewal() -> Conversation[Any]:
    renewal = Renewal(replace(HEADER, revocation_version=9), b"\x07" * 192, b"\x08" * 192)
    return (yield from renew(UID, renewal, issuer(), dice(4)))


def a_payment() -> Conversation[Any]:
    purse = yield from open_purse(UID, DEBIT, dice(3))
    return purse if isinstance(purse, CardRefusal) else (yield from pay(purse, PAYMENT))


def a_payment_settled_first() -> Conversation[Any]:
    """What a cashier does when an answer was lost: look whether the payment is on the card, pay only if it is not."""
    purse = yield from open_purse(UID, DEBIT, dice(5))
    if isinstance(purse, CardRefusal):
        return purse
    found = yield from settle(purse, PAYMENT, 1)
    if found is Settlement.CARRIED_OUT:
        return found
    return (yield from a_payment())


def a_top_up() -> Conversation[Any]:
    return (yield from top_up(UID, TOP_UP, issuer(), dice(4)))


def a_care_visit() -> Conversation[Any]:
    visit = yield from open_visit(UID, CARE, CARER, dice(3))
    if isinstance(visit, CardRefusal):
        return visit
    return (yield from append_visit(visit, VisitRecord(1, 2, 3, 4).encode(), CARER, dice(4)))


class Job(NamedTuple):
    """A transaction. `again` is how it is taken up after a cut, when simply repeating it would do it twice."""

    conversation: Callable[[], Conversation[Any]]
    again: Callable[[], Conversation[Any]] | None = None


TRANSACTIONS = {
    "event and revocations": Job(an_event),
    "renewal": Job(a_renewal),
    "payment": Job(a_payment, a_payment_settled_first),
    "top-up": Job(a_top_up),
    "care visit": Job(a_care_visit),
}
"""One transaction each: old or new, nothing between."""

RESUMED = {
    "personalisation": (
        lambda: stock().card,
        lambda: personalise(order(), issuer(), dice(2), applications=[ACCESS]),
    ),
    "key change": (lambda: card_of(ISSUED), lambda: roll_keys(UID, issuer(version=2), dice(4), applications=[ACCESS])),
    "recycling": (lambda: card_of(ISSUED), lambda: recycle(UID, issuer(), dice(4))),
}
"""Many steps: whole again when it is put back."""


def filled() -> str:
    field = issued(grant=b"\x01" * 192)
    field.run(top_up(UID, PurseEntry(1000, 0xAABBCCDD, 1, 29_833_333), issuer(), dice(5)))
    return store.dump(field.card.state)


ISSUED = filled()


def card_of(memory: str) -> Card:
    return Card(store.load(memory), seeded("torn"))


def content(card: Card) -> dict[tuple[int, int], object]:
    """All that is on the card, file by file."""
    found: dict[tuple[int, int], object] = {}
    for aid, application in card.state.applications.items():
        for number, file in application.files.items():
            held = [getattr(file, name, None) for name in ("data", "value", "records", "counter")]
            found[aid, number] = [list(one) if isinstance(one, list) else one for one in held]
    return found


def bare(card: Card, conversation: Callable[[], Conversation[Any]], pull: Pull | None = None) -> Any:
    """No reader at all."""
    visit = Visit(card, pull=pull)
    visit.chip.power_on()

    def transmit(command: bytes) -> bytes:
        answer = visit.transmit(command)
        if not answer:
            raise CardGone("pulled away")
        return answer

    result = converse(conversation(), transmit)
    card.power_off()
    return result


def frames_of(memory: Callable[[], Card], conversation: Callable[[], Conversation[Any]]) -> int:
    said: list[bytes] = []
    card = memory()
    card.power_on()

    def transmit(command: bytes) -> bytes:
        said.append(command)
        return card.transmit(command)

    assert not isinstance(converse(conversation(), transmit), CardRefusal)
    return len(said)


def cuts(frames: int) -> list[Pull]:
    return [Pull(at, executed) for at in range(1, frames + 1) for executed in (False, True)]


def check_transaction(name: str, run: Run, pulls: list[Pull]) -> None:
    job, old = TRANSACTIONS[name], content(card_of(ISSUED))
    whole = card_of(ISSUED)
    bare(whole, job.conversation)
    new = content(whole)
    assert old != new
    for pull in pulls:
        card = card_of(ISSUED)
        assert isinstance(run(card, job.conversation, pull), CardRefusal), pull
        after = content(card)
        assert after in (old, new), pull
        assert isinstance(bare(card, a_tap), CardReading), "the next tap works"
        if after == old or job.again is not None:
            bare(card, job.again or job.conversation)
            assert content(card) == new, pull


def check_resumed(name: str, run: Run, pulls: list[Pull]) -> None:
    fresh, conversation = RESUMED[name]
    whole = fresh()
    bare(whole, conversation)
    for pull in pulls:
        card = fresh()
        assert isinstance(run(card, conversation, pull), CardRefusal), pull
        assert not isinstance(bare(card, conversation), CardRefusal), pull
        assert content(card) == content(whole), pull


@contextmanager
def through(reader: Reader, field: Field) -> Iterator[Run]:
    """A real stack."""

    def run(card: Card, conversation: Callable[[], Conversation[Any]], pull: Pull | None = None) -> Any:
        field.place(Visit(card, pull=pull))
        held = eventually(lambda: reader.wait_for_card(WAIT_MS))
        result = converse(conversation(), held.transmit)
        field.clear()
        assert held.wait_for_removal(WAIT_MS)
        return result

    yield run
    reader.close()
    field.close()


@pytest.mark.parametrize("name", TRANSACTIONS)
def test_every_frame_on_the_bare_core(name: str) -> None:
    check_transaction(name, bare, cuts(frames_of(lambda: card_of(ISSUED), TRANSACTIONS[name].conversation)))


@pytest.mark.parametrize("name", RESUMED)
def test_every_frame_of_what_resumes_on_the_bare_core(name: str) -> None:
    check_resumed(name, bare, cuts(frames_of(*RESUMED[name])))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(TRANSACTIONS)), st.integers(1, 14), st.booleans()), max_size=5))
def test_any_order_of_torn_jobs_leaves_a_purse_that_adds_up(torn: list[tuple[str, int, bool]]) -> None:
    """Whatever is torn in whatever order: the value is what the log of the purse says, and a tap works."""
    card, purse = card_of(ISSUED), (0x0C4A06, 1)
    for name, at, executed in torn:
        bare(card, TRANSACTIONS[name].conversation, Pull(at, executed))
    amounts = [PurseEntry.decode(bytes(raw)).amount for raw in content(card)[0x0C4A06, 2][2]]  # type: ignore[index]
    assert content(card)[purse][1] == sum(amounts)  # type: ignore[index]
    assert isinstance(bare(card, a_tap), CardReading)


@contextmanager
def nfcpy() -> Iterator[Run]:
    field = UdpField()
    with through(NfcReader(f"udp:127.0.0.1:{field.port}"), field) as run:
        yield run


@contextmanager
def pcsc(readers: VirtualReaders) -> Iterator[Run]:
    name = readers.names[1]
    eventually(lambda: name in reader_names())
    with through(PcscReader(name), VpcdField(readers.ports[1])) as run:
        yield run


def check_on_a_stack(run: Run, pulls: Callable[[int], list[Pull]]) -> None:
    for name, job in TRANSACTIONS.items():
        check_transaction(name, run, pulls(frames_of(lambda: card_of(ISSUED), job.conversation)))


def every_second(first: int) -> Callable[[int], list[Pull]]:
    """The frames from this one on, before and after in turn; the other stack cuts at those between."""
    return lambda frames: [Pull(at, at // 2 % 2 == 0) for at in range(first, frames + 1, 2)]


def test_frames_through_nfcpy() -> None:
    with nfcpy() as run:
        check_on_a_stack(run, every_second(1))


@pytest.mark.pcscd
def test_frames_through_pcsc(virtual_readers: VirtualReaders) -> None:
    with pcsc(virtual_readers) as run:
        check_on_a_stack(run, every_second(2))


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_before_and_after_every_frame_through_nfcpy() -> None:
    with nfcpy() as run:
        check_on_a_stack(run, cuts)


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.pcscd
def test_before_and_after_every_frame_through_pcsc(virtual_readers: VirtualReaders) -> None:
    with pcsc(virtual_readers) as run:
        check_on_a_stack(run, cuts)
