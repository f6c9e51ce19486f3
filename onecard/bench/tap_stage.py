"""What a tap is measured on: an enrolled box with a policy, an issued card, a field and a reader per stack."""

import contextlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from card_protocol.channel.converse import converse
from card_protocol.crypto.keys import SecretKey
from card_protocol.crypto.signing import SEED_BYTES, Signer
from card_protocol.crypto.tree import leaf_key
from card_protocol.errors import EquipmentFault
from card_protocol.policy.rules import AccessLevel, CardEntry, PolicyHead
from card_protocol.profiles.card_keys import issuer_keys
from card_protocol.profiles.header import Header
from card_protocol.profiles.key_bundle import GATEWAY_PURPOSES, KeyBundle, wrap_bundle
from card_protocol.profiles.layout import ACCESS
from card_protocol.profiles.personalise import Issued, IssueOrder, personalise
from card_protocol.wire.enrol import Enrolment
from card_protocol.words.card import CardState
from card_protocol.words.point import Assurance, Direction, Point, PointKind
from card_protocol.words.schedule import always
from edge.drivers.pcsc_reader import reader_names
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.card.state import Silicon, factory
from firmware_sim.field.pcscd import PcscdAbsent, VirtualReaders
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.state_file import StateFile
from onecard.bench.far_side import FarSide, far_side

COMMUNITY = "330105001001"
GATEWAY = "bench"
POINT = "bench-gate"
UID = bytes.fromhex("04B1C2D3E4F580")
CARD_ID = "01JD0000000000000000000BEN"
HOLDER = "00112233445566FF"
KEY_VERSION = 1
FAR_MS = 2**46


class Stack(StrEnum):
    """Through which library cards are read."""

    NFC = "nfc"
    PCSC = "pcsc"


class StackAbsent(Exception):
    """This machine does not have what the stack needs; the text says what."""


@dataclass(frozen=True)
class Spots:
    """Simulated cards, and how the edge finds the reader in front of each: one for the taps, one for their floor."""

    far: FarSide
    readers: tuple[str, str]


@contextlib.contextmanager
def spots(stack: Stack, folder: Path, card: Card) -> Iterator[Spots]:
    """StackAbsent when it cannot be had here."""
    if stack is Stack.NFC:
        with far_side(card, []) as far:
            tap, floor = (f"nfc:udp:127.0.0.1:{port}" for port in far.ports)
            yield Spots(far, (tap, floor))
        return
    try:
        pcscd = VirtualReaders(folder / "pcscd")
        pcscd.start()
    except PcscdAbsent as error:
        raise StackAbsent(str(error)) from error
    with contextlib.ExitStack() as closing:
        closing.callback(pcscd.stop)
        os.environ.update(pcscd.environment)
        try:
            reader_names()
        except EquipmentFault as fault:
            raise StackAbsent(str(fault)) from fault
        far = closing.enter_context(far_side(card, pcscd.ports))
        tap, floor = (f"pcsc:{name}" for name in pcscd.names)
        yield Spots(far, (tap, floor))


@contextlib.contextmanager
def box_folder() -> Iterator[Path]:
    """A folder on this machine's disk; where it lies decides how long a commit takes."""
    with tempfile.TemporaryDirectory(prefix="onecard-bench-", dir=os.environ.get("ONECARD_BENCH_DIR")) as path:
        yield Path(path)


class Community:
    """Keys, one resident and one gate."""

    def __init__(self) -> None:
        self._key = SecretKey(secrets.token_bytes(16), KEY_VERSION)

    def bundle(self) -> KeyBundle:
        """What the gate's box holds."""
        leaves = {p: (leaf_key(self._key, COMMUNITY, p, KEY_VERSION),) for p in GATEWAY_PURPOSES}
        return KeyBundle(COMMUNITY, FAR_MS, leaves)

    def issue(self) -> Card:
        """The resident's card."""
        stock = Card(factory(Silicon(uid=UID)), seeded("bench"))
        header = Header(
            community=COMMUNITY, card_id=CARD_ID, holder=HOLDER, issue_serial=1, issued_day=20_000,
            revocation_version=0, key_version=KEY_VERSION,
        )  # fmt: skip
        stock.power_on()
        keys = issuer_keys(self._key, COMMUNITY, KEY_VERSION)
        order = personalise(IssueOrder(UID, header), keys, secrets.token_bytes, applications=[ACCESS])
        issued = converse(order, stock.transmit)
        if not isinstance(issued, Issued):
            raise RuntimeError(f"the bench's card was not issued: {issued}")
        stock.power_off()
        return stock

    def enrol(self, state_dir: Path, least: Assurance = Assurance.CARD) -> None:
        """Make the files of a box that belongs to this community, with its policy in force."""
        state = StateFile(state_dir)
        _, opener = state.keys()
        server = Signer(secrets.token_bytes(SEED_BYTES)).verifier.public_bytes.hex()
        wrapped = wrap_bundle(self.bundle(), GATEWAY, opener.public_bytes).hex()
        state.save_enrolment(
            Enrolment(gateway=GATEWAY, community=COMMUNITY, server_key=server, grant_key=server, wrapped_keys=wrapped)
        )
        writer = BookWriterFile(state_dir)
        writer.flip(writer.stage(_policy(least), [_resident()], "00" * 32))
        writer.close()


def _resident() -> CardEntry:
    return CardEntry(
        card_id=CARD_ID, uid=UID.hex().upper(), holder=HOLDER, state=CardState.ACTIVE,
        valid_from_ms=0, valid_to_ms=FAR_MS, levels=("resident",),
    )  # fmt: skip


def _policy(least: Assurance) -> PolicyHead:
    gate = Point(
        id=POINT, kind=PointKind.GATE, name_zh="测试门", name_en="Bench gate", area="bench", direction=Direction.IN,
        minimum_assurance=least,
    )  # fmt: skip
    level = AccessLevel(
        id="resident", number=1, name_zh="居民", name_en="Resident", points=frozenset({POINT}), schedule="always"
    )
    return PolicyHead(
        version=1, community=COMMUNITY, issued_ms=0, expires_ms=FAR_MS, rev_seq=0,
        points=(gate,), levels=(level,), schedules=(always("always"),), cards=1,
    )  # fmt: skip
