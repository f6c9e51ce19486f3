"""What gateways are offered of the cards: from any index that is kept, the newest state can be reached."""

from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlmodel import func, select

from card_protocol.policy import buckets
from card_protocol.policy.buckets import decode_bucket, decode_index
from card_protocol.policy.cards_delta import apply_delta, decode_delta
from card_protocol.policy.lines import digest_of
from card_protocol.policy.rules import CardEntry
from card_protocol.wire.offer import Blob, CardsOffer
from card_protocol.words.card import TRANSITIONS, CardState
from server.services.cards import cards
from server.services.policies import card_entries, cards_offer
from server.services.policies.cards_offer import BASES_KEPT, Piece
from server.services.work import SYSTEM
from server.tables import BlobRow
from server.tables.engine import make_engine
from tests.server.build import ADMIN, COMMUNITY, Community, make_community


def offered(community: Community) -> CardsOffer:
    """As publishing does it: compile in one moment, keep in another transaction."""
    with community.transactions.snapshot() as session:
        edition = cards_offer.edition(session, COMMUNITY, community.now[0])
    with community.transactions.work(SYSTEM) as work:
        cards_offer.keep(work.session, COMMUNITY, edition.pieces, edition.base, work.now_ms)
    return edition.offer


def fetch(community: Community, blob: Blob, gateway: str = "g-1") -> bytes:
    with community.transactions.read() as session:
        data = cards_offer.blob(session, gateway, COMMUNITY, blob.sha256)
    assert data is not None
    assert (digest_of(data), len(data)) == (blob.sha256, blob.bytes)
    return data


class Gateway:
    """What a gateway would hold: the buckets of one index, and the newest delta over them."""

    def __init__(self) -> None:
        self.base_seq: int | None = None
        self.base: list[CardEntry] = []
        self.cards: list[CardEntry] = []
        self.fetched: set[str] = set()
        self.bucket_fetches = 0

    def follow(self, community: Community, offer: CardsOffer) -> None:
        known = [delta for delta in offer.deltas if delta.base_seq == self.base_seq]
        if not known and self.base_seq != offer.seq:
            self._take_index(community, offer)
            known = [delta for delta in offer.deltas if delta.base_seq == self.base_seq]
        self.cards = self.base
        for delta in known[:1]:
            self.cards = list(apply_delta(self.base, decode_delta(fetch(community, delta.blob))))

    def _take_index(self, community: Community, offer: CardsOffer) -> None:
        index = decode_index(fetch(community, offer.index))
        self.base = []
        for bucket in index.buckets:
            if bucket.sha256 not in self.fetched:
                self.bucket_fetches += 1
                self.fetched.add(bucket.sha256)
            data = fetch(community, Blob(sha256=bucket.sha256, bytes=bucket.bytes))
            self.base += decode_bucket(bucket, data)
        self.base_seq = index.seq


def truth(community: Community) -> list[CardEntry]:
    with community.transactions.read() as session:
        return list(card_entries.all_of(session, COMMUNITY))


def test_a_first_offer_is_an_index_of_everything(community: Community) -> None:
    for n in range(3):
        community.active_card(f"04{n:012X}")
    offer = offered(community)
    assert (offer.deltas, offer.index_seq) == ((), offer.seq)
    gateway = Gateway()
    gateway.follow(community, offer)
    assert gateway.cards == truth(community)


def test_a_change_costs_a_delta_and_not_an_index(community: Community) -> None:
    made = [community.active_card(f"04{n:012X}") for n in range(3)]
    first = offered(community)
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, made[1].id, CardState.LOST)
    second = offered(community)
    assert (second.index, second.index_seq) == (first.index, first.index_seq)
    (delta,) = second.deltas
    content = decode_delta(fetch(community, delta.blob))
    assert [(card.card_id, card.state) for card in content.cards] == [(made[1].id, CardState.LOST)]
    assert offered(community) == second, "nothing new is the same again"


def test_a_head_is_its_own_gateways(community: Community) -> None:
    piece = Piece("head", b"head of g-1", "g-1")
    with community.transactions.work(SYSTEM) as work:
        for _ in range(2):
            cards_offer.keep(work.session, COMMUNITY, [piece], None, work.now_ms)
        assert cards_offer.blob(work.session, "g-1", COMMUNITY, piece.blob.sha256) == b"head of g-1"
        assert cards_offer.blob(work.session, "g-2", COMMUNITY, piece.blob.sha256) is None
        assert cards_offer.blob(work.session, "g-1", "330105008002", piece.blob.sha256) is None


def test_unchanged_buckets_are_not_fetched_again(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "BUCKET_CARDS", 2)
    monkeypatch.setattr(cards_offer, "INDEX_AFTER_CHANGES", 1)
    made = [community.active_card(f"04{n:012X}") for n in range(9)]
    gateway = Gateway()
    gateway.follow(community, offered(community))
    before = gateway.bucket_fetches
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, made[0].id, CardState.LOST)
    gateway.base_seq = None
    gateway.follow(community, offered(community))
    assert gateway.cards == truth(community)
    assert (before, gateway.bucket_fetches - before) == (4, 1)


def test_only_the_newest_few_pieces_of_a_kind_are_kept(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        for n in range(5):
            for gateway in ("g-1", "g-2"):
                piece = Piece("head", f"{gateway} {n}".encode(), gateway)
                cards_offer.keep(work.session, COMMUNITY, [piece], None, n)
        cards_offer.forget(work.session, COMMUNITY, "head", 2, "g-1")
        heads = work.session.exec(select(BlobRow.data).where(BlobRow.kind == "head")).all()
    assert sorted(heads) == [b"g-1 3", b"g-1 4", *(f"g-2 {n}".encode() for n in range(5))]


class Life(RuleBasedStateMachine):
    """Cards come, change and go; gateways look in when they like; whoever follows an offer knows the truth."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(buckets, "BUCKET_CARDS", 2)
        self.patch.setattr(cards_offer, "INDEX_AFTER_CHANGES", 4)
        self.folder = TemporaryDirectory()
        self.engine = make_engine(f"sqlite:///{self.folder.name}/server.db")
        self.community = make_community(self.engine)
        self.gateways = [Gateway(), Gateway()]
        self.ids: list[str] = []
        self.offer: CardsOffer | None = None

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()
        self.patch.undo()

    @rule(count=st.integers(1, 3))
    def issue(self, count: int) -> None:
        for _ in range(count):
            self.ids.append(self.community.active_card(f"04{len(self.ids):012X}").id)

    @precondition(lambda self: self.ids)
    @rule(data=st.data())
    def change(self, data: st.DataObject) -> None:
        card_id = data.draw(st.sampled_from(self.ids))
        with self.community.transactions.work(ADMIN) as work:
            state = CardState(cards.row_of(work.session, card_id).state)
            steps = sorted(TRANSITIONS[state] - {CardState.ISSUED})
            if steps:
                cards.change_state(work, card_id, data.draw(st.sampled_from(steps)))

    @rule()
    def publish(self) -> None:
        self.offer = offered(self.community)
        assert self.offer.index_seq <= self.offer.seq
        assert len(self.offer.deltas) <= BASES_KEPT

    @rule(which=st.integers(0, 1))
    def look_in(self, which: int) -> None:
        self.offer = offered(self.community)
        self.gateways[which].follow(self.community, self.offer)
        assert self.gateways[which].cards == truth(self.community)

    @invariant()
    def few_pieces_are_kept(self) -> None:
        with self.community.transactions.read() as session:
            indexes = session.exec(select(func.count()).where(BlobRow.kind == "index")).one()
        assert indexes <= BASES_KEPT


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=15, stateful_step_count=15, suppress_health_check=list(HealthCheck))
