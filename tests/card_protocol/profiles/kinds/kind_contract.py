"""What every kind of point must do; a kind's test inherits it. The card's own access control is the referee."""

from functools import cache

import pytest

from card_protocol.channel.applications import select_application
from card_protocol.channel.authenticate import authenticate_first
from card_protocol.channel.converse import Conversation, converse
from card_protocol.channel.data import read_data
from card_protocol.channel.files import FileKind
from card_protocol.channel.native import exchange
from card_protocol.channel.records import read_records
from card_protocol.channel.session import Session
from card_protocol.channel.values import get_value
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import KeyRejected
from card_protocol.iso7816.status import StatusFault
from card_protocol.profiles.card_keys import key_on_card
from card_protocol.profiles.kinds.kind import TAP_READS, TAP_WRITES, Here, Kind
from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.profiles.layout import LAYOUT, Application, FileSpec, Holder, KeySlot
from card_protocol.profiles.visit import OpenVisit, append_visit, open_visit
from tests.card_protocol.field import UID, Field, dice, issued, point_keys

HERE = Here(point=0xAABBCCDD, wall_minutes=29_833_333)
READ_DATA = 0xBD
NO_SUCH_RECORD = 0x91BE
"""BOUNDARY_ERROR: an empty file, told to whoever may read it."""


class KindContract:
    """Set `kind`; `compartments` is what it may hold beside the doors' keys."""

    kind: Kind
    compartments: frozenset[Holder] = frozenset()

    @pytest.fixture
    def card(self) -> Field:
        return _card()

    def test_it_is_registered_once(self) -> None:
        assert [kind for kind in KINDS.values() if kind is self.kind] == [KINDS[self.kind.kind]]

    def test_its_keys_are_of_its_compartments_and_no_other(self) -> None:
        assert self.kind.holders == {Holder.GATEWAY} | self.compartments
        assert Holder.SERVER not in self.kind.holders

    def test_what_it_reads_and_writes_is_on_the_card(self) -> None:
        for use in (*TAP_READS, *TAP_WRITES, *self.kind.reads, *self.kind.writes):
            assert use.application.file(use.file)

    def test_with_its_keys_the_card_opens_what_it_reads(self, card: Field) -> None:
        for use in (*TAP_READS, *self.kind.reads):
            assert card.run(_read(self.kind, use.application, use.read_slot, use.application.file(use.file)))

    def test_no_key_that_it_holds_opens_another_application(self, card: Field) -> None:
        """Whatever key number it tries, however it diversifies: the card answers with an authentication error."""
        own = {use.application.name for use in (*TAP_READS, *self.kind.reads)}
        others = [application for application in LAYOUT if application.name not in own]
        held = point_keys(*self.kind.purposes).leaves
        tries = [(a, slot, leaves[0]) for a in others for slot in a.keys for leaves in held.values()]
        for application, slot, leaf in tries:
            with pytest.raises(KeyRejected):
                card.run(_open(application, slot, key_on_card(leaf, slot, application.aid, UID)))

    def test_no_file_can_be_read_without_a_key(self, card: Field) -> None:
        for application in LAYOUT:
            for spec in application.files:
                with pytest.raises(StatusFault):
                    card.run(_read_bare(application, spec))

    def test_its_check_in_is_in_the_log_of_the_card(self, card: Field) -> None:
        if self.kind.check_in is None:
            return
        application = self.kind.check_in.application
        keys = point_keys(*self.kind.purposes)
        visit = card.run(open_visit(UID, application, keys, dice(7)))
        assert isinstance(visit, OpenVisit)
        record = self.kind.check_in.record(HERE)
        assert converse(append_visit(visit, record, keys, dice(8)), card.transmit) is None
        aid = int.from_bytes(application.aid, "little")
        assert card.card.state.applications[aid].files[2].records[-1] == record


@cache
def _card() -> Field:
    return issued()


def _open(application: Application, slot: KeySlot, key: SecretKey) -> Conversation[Session]:
    yield from select_application(application.aid)
    return (yield from authenticate_first(key, slot.number, dice(9)))


def _read(kind: Kind, application: Application, slot: KeySlot, spec: FileSpec) -> Conversation[bool]:
    leaf = point_keys(*kind.purposes).leaves[slot.purpose][0]
    session = yield from _open(application, slot, key_on_card(leaf, slot, application.aid, UID))
    if spec.kind is FileKind.VALUE:
        return (yield from get_value(session, spec.number, spec.mode)) >= 0
    if spec.kind is FileKind.CYCLIC:
        try:
            yield from read_records(session, spec.number, spec.size_bytes, 1, spec.mode)
        except StatusFault as fault:
            return fault.sw == NO_SUCH_RECORD
        return True
    size = 12 if spec.kind is FileKind.TRANSACTION_MAC else spec.size_bytes
    return len((yield from read_data(session, spec.number, 0, size, spec.mode))) == size


def _read_bare(application: Application, spec: FileSpec) -> Conversation[bytes]:
    yield from select_application(application.aid)
    return (yield from exchange(bytes((READ_DATA, spec.number)) + bytes(6), "ReadData"))
