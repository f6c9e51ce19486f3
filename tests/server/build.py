"""A community for tests: real services on a real data base, a clock that is moved by hand, dice from a counter."""

import hashlib
from copy import deepcopy
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine

from card_protocol.crypto.box import BoxOpener
from card_protocol.crypto.certificates import certificate_in
from card_protocol.crypto.signing import Signer
from card_protocol.wire.batch import Batch
from card_protocol.wire.enrol import Admission, Enrolment, EnrolRequest
from card_protocol.wire.identity import Identity
from card_protocol.wire.sealed import Kind, seal
from card_protocol.wire.state import State
from card_protocol.words.base import Word
from card_protocol.words.card import CardState
from card_protocol.words.event import GENESIS, Event, EventKind, chain_hash
from card_protocol.words.moment import DAY_MS, ClockQuality
from card_protocol.words.point import Direction, PointKind
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from server.api.peer import Peer
from server.services.access import access
from server.services.access.access import LevelIn, PointIn
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.desk.desks import Desks
from server.services.gateways import gateways
from server.services.house import House
from server.services.keys.certificates import PrivateKey
from server.services.keys.keystore import Keystore, from_secrets, new_secrets
from server.services.live import Channel, Fact
from server.services.people import holders
from server.services.people.holders import HolderIn, HolderView
from server.services.roles import Role
from server.services.signals import Wish
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import tokens
from server.services.users.passwords import Passwords
from server.services.work import SYSTEM, Actor, Transactions
from server.tables import Row
from tests.server.ground import PostgresGround, SqliteGround, ground_of, warm

COMMUNITY = "330105008001"
NOW_MS = 1_772_323_200_000
"""2026-03-01 08:00:00 in Shanghai, a Sunday."""
ADMIN = Actor("user:test", Role.ADMIN.value)
EPOCH = "00000000000000e1"


class Dice:
    """Random bytes that are the same in every run and different at every call."""

    def __init__(self, start: int = 1) -> None:
        self.count = start

    def __call__(self, n: int) -> bytes:
        self.count += 1
        return hashlib.shake_256((self.count - 1).to_bytes(8, "big")).digest(n)


@dataclass
class Community:
    """A house and handles to move its time and to see what it told."""

    house: House
    now: list[int] = field(default_factory=lambda: [NOW_MS])
    real: list[int] = field(default_factory=lambda: [NOW_MS])
    heard: list[tuple[Channel, Fact]] = field(default_factory=list)

    @property
    def transactions(self) -> Transactions:
        return self.house.transactions

    def token(self, role: Role, name: str | None = None) -> str:
        """A bearer token of a role."""
        with self.transactions.work(SYSTEM) as work:
            return tokens.add(work, name or role.value, role)[1]

    def holder(self, name: str = "王秀英", **fields: str) -> HolderView:
        """Somebody; a millisecond later there may be somebody else, behind them in every list."""
        with self.transactions.work(ADMIN) as work:
            made = holders.add(work, COMMUNITY, HolderIn.model_validate({"name": name, "house": "3-1-502"} | fields))
        self.now[0] += 1
        return made

    def active_card(self, uid: str = "04010203040506", levels: tuple[str, ...] = ("residents",)) -> CardView:
        """A card as if it had been issued at a desk."""
        person = self.holder()
        with self.transactions.work(ADMIN) as work:
            row = cards.reserve(work, person.id, uid, list(levels), valid_to_ms=self.now[0] + 365 * DAY_MS)
            return cards.change_state(work, row.id, CardState.ACTIVE)

    def box(self, name: str = "g-1") -> "Box":
        """A gateway, claimed and enrolled."""
        with self.transactions.work(ADMIN) as work:
            claim = gateways.claim(work, name, COMMUNITY)
        box = Box(name)
        admit(self.transactions, self.house.keystore, box, claim)
        return box


def admit(transactions: Transactions, keystore: Keystore, box: "Box", claim: str) -> Admission:
    """The box asks, an operator confirms what it shows, and it asks again."""
    request = box.request(claim)
    with transactions.work(SYSTEM) as work:
        assert gateways.enrol(work, keystore, request) is None
    with transactions.work(ADMIN) as work:
        gateways.confirm(work, box.name, request.mark)
    with transactions.work(SYSTEM) as work:
        admitted = gateways.enrol(work, keystore, request)
    assert admitted is not None
    box.enrolment, box.identity = admitted.place, admitted.identity
    return admitted


@dataclass(frozen=True)
class Start:
    """What of a new community is not in its data base."""

    thrown: int
    """Where its dice stand."""
    now_ms: int
    heard: tuple[tuple[Channel, Fact], ...]
    wishes: frozenset[Wish]


_starts: dict[SqliteGround | PostgresGround, Start] = {}


def make_community(engine: Engine, dice: Dice | None = None, ground: SqliteGround | None = None) -> Community:
    """A community with two points, one schedule and one access level, served by the gateway g-1.

    With another `ground` what was kept there (`keep`)."""
    warm(engine)
    now, real, entropy = [NOW_MS], [NOW_MS], dice or Dice()
    transactions = Transactions(engine, clock=lambda: now[0], real_clock=lambda: real[0], entropy=entropy)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    keystore = from_secrets(new_secrets(COMMUNITY, transactions.entropy))
    house = House(COMMUNITY, transactions, keystore, passwords, Desks(transactions.feed))
    community = Community(house, now, real)
    transactions.feed.listen(lambda channel, fact: community.heard.append((channel, fact)))
    found = None if dice else ground or ground_of(engine)  # other dice, other rows
    if found and found.lay(engine):
        start = _starts[found]
        entropy.count, now[0] = start.thrown, start.now_ms
        community.heard += deepcopy(start.heard)
        transactions.signals.wish(*start.wishes)
        return community
    assert ground is None, "nothing was kept there"
    Row.metadata.create_all(engine)
    _first_rows(transactions)
    if found:
        keep(community, found)
    return community


def keep(community: Community, ground: SqliteGround | PostgresGround) -> None:
    """Others can begin where this community stands."""
    transactions = community.transactions
    assert isinstance(transactions.entropy, Dice)
    ground.save(transactions.engine)
    wishes = transactions.signals.wait(0)
    transactions.signals.wish(*wishes)
    _starts[ground] = Start(transactions.entropy.count, community.now[0], tuple(deepcopy(community.heard)), wishes)


def _first_rows(transactions: Transactions) -> None:
    with transactions.work(SYSTEM) as work:
        org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
        gateways.claim(work, "g-1", COMMUNITY, place="South gate")
        access.set_schedule(work, always("always"))
        for point in (gate(), clinic()):
            access.set_point(work, COMMUNITY, point)
        access.set_level(work, residents())


def gate() -> PointIn:
    """The south gate."""
    return PointIn(
        id="south-gate-in",
        kind=PointKind.GATE,
        name_zh="南门进",
        name_en="South gate, in",
        area="compound",
        direction=Direction.IN,
        gateway_id="g-1",
    )


def clinic() -> PointIn:
    """A point that the level `residents` does not open."""
    return PointIn(
        id="clinic", kind=PointKind.CLINIC, name_zh="卫生站", name_en="Clinic", area="clinic", gateway_id="g-1"
    )


def residents() -> LevelIn:
    """The level of everybody."""
    return LevelIn(
        id="residents", name_zh="居民", name_en="Residents", points=frozenset({"south-gate-in"}), schedule="always"
    )


class Box:
    """A gateway's identity, and a journal of its own in memory."""

    def __init__(self, name: str, seed: int = 1) -> None:
        self.name = name
        self.signer = Signer(bytes([seed]) * 32)
        self.opener = BoxOpener(bytes([seed + 100]) * 32)
        self.tls_key = PrivateKey(ec.derive_private_key(seed + 1, ec.SECP256R1()))
        self.enrolment: Enrolment | None = None
        self.identity: Identity | None = None
        self.bodies: list[bytes] = []
        self.hashes: list[bytes] = [GENESIS]
        self.epoch = EPOCH

    def request(self, claim: str) -> EnrolRequest:
        """What it sends to be enrolled."""
        return EnrolRequest(
            claim=claim,
            signing_key=self.signer.verifier.public_bytes.hex(),
            box_key=self.opener.public_bytes.hex(),
            tls_request=self.certificate_request().hex(),
        )

    def certificate_request(self) -> bytes:
        """PKCS #10 for its TLS key."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "onecard gateway")])
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        return builder.sign(self.tls_key.signing, hashes.SHA256()).public_bytes(Encoding.DER)

    @property
    def peer(self) -> Peer:
        """Who TLS says that it is, with its present certificate."""
        assert self.identity is not None
        return Peer(self.name, certificate_in(self.identity.certificate).serial)

    def append(self, *bodies: bytes) -> None:
        """Journal bodies, whatever they are."""
        for body in bodies:
            self.bodies.append(body)
            self.hashes.append(chain_hash(self.name, self.epoch, len(self.bodies), body, self.hashes[-1]))

    def batch(self, first: int, last: int) -> Batch:
        """Events first..last of the journal."""
        return Batch(
            gateway=self.name,
            epoch=self.epoch,
            first_seq=first,
            prev_hash=self.hashes[first - 1].hex(),
            events=tuple(body.decode() for body in self.bodies[first - 1 : last]),
            head_hash=self.hashes[last].hex(),
        )

    def sealed(self, kind: Kind, word: Word) -> bytes:
        """A message of this box."""
        return seal(kind, word, self.signer.sign)

    def state(self, *, online: bool = True, at_ms: int = NOW_MS, **fields: int | str) -> State:
        """What it says of itself."""
        plain = {"boot": "b1", "epoch": self.epoch, "head_seq": len(self.bodies), "acked_seq": 0}
        values = plain | {"policy_version": 0, "rev_seq": 0} | fields
        return State.model_validate({"gateway": self.name, "online": online, "at_ms": at_ms} | values)


def tap(seq: int, card_id: str | None = None, reason: Reason = Reason.GRANTED, **fields: str) -> bytes:
    """The body of a tap's event."""
    event = Event(
        kind=EventKind.TAP,
        wall_ms=NOW_MS + seq,
        mono_ns=seq,
        boot="b1",
        clock=ClockQuality.NTP,
        point="south-gate-in",
        card_id=card_id,
        reason=reason,
        policy_version=1,
        **fields,
    )
    return event.to_bytes()
