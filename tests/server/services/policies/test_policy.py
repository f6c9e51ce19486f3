"""What gateways are told."""

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.buckets import decode_bucket, decode_index
from card_protocol.policy.cards_delta import apply_delta, decode_delta
from card_protocol.policy.decider import decide
from card_protocol.policy.lines import digest_of, unpack_word
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.wire.manifest import MANIFEST_MAX_BYTES, Manifest
from card_protocol.wire.offer import Blob
from card_protocol.wire.sealed import unseal
from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS, ClockQuality, Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.schedule import always
from card_protocol.words.verdict import Presentation
from server.services.access import access
from server.services.cards import cards
from server.services.cards.revocations import POLICY_LIFE_MS
from server.services.policies import card_entries, cards_offer, policy
from server.services.policies.cards_offer import HEADS_KEPT
from server.services.policies.policy import Published
from tests.server.build import ADMIN, COMMUNITY, Community, clinic, residents

UID = "04010203040506"


def publish(community: Community, gateway: str = "g-1") -> Published:
    (published,) = policy.publish(community.transactions, community.house.keystore, [gateway])
    return published


def manifest_of(community: Community, published: Published) -> Manifest:
    verify = community.house.keystore.server.verifier.verify
    return unseal("manifest", published.manifest, Manifest, verify)


def fetch(community: Community, blob: Blob, gateway: str = "g-1") -> bytes:
    with community.transactions.read() as session:
        data = cards_offer.blob(session, gateway, COMMUNITY, blob.sha256)
    assert data is not None
    assert (digest_of(data), len(data)) == (blob.sha256, blob.bytes)
    return data


def read(community: Community, published: Published) -> tuple[PolicyHead, list[CardEntry]]:
    """What a gateway without anything would stage."""
    manifest = manifest_of(community, published)
    head = unpack_word(fetch(community, manifest.head, published.gateway), PolicyHead, "policy", 1 << 20)
    index = decode_index(fetch(community, manifest.cards.index))
    pieces = [(bucket, fetch(community, Blob(sha256=bucket.sha256, bytes=bucket.bytes))) for bucket in index.buckets]
    cards = [card for bucket, data in pieces for card in decode_bucket(bucket, data)]
    delta = manifest.cards.delta_from(index.seq)
    if delta is not None:
        cards = list(apply_delta(cards, decode_delta(fetch(community, delta))))
    return head, cards


def reason(community: Community, published: Published, card_id: str, point: str) -> Reason:
    head, entries = read(community, published)
    moment = Moment(wall_ms=community.now[0], mono_ns=0, boot="b", clock=ClockQuality.NTP)
    presentation = Presentation(uid=UID, assurance=Assurance.CARD, card_id=card_id)
    return decide(presentation, point, MemoryBook(head, entries), moment).reason


def test_a_gateway_gets_its_points_and_every_card(community: Community) -> None:
    card = community.active_card(UID)
    published = publish(community)
    head, entries = read(community, published)
    assert (head.version, head.community, head.cards) == (published.version, COMMUNITY, 1)
    assert manifest_of(community, published).digest == manifest_of(community, published).head.sha256
    assert [point.id for point in head.points] == ["clinic", "south-gate-in"]
    assert [entry.card_id for entry in entries] == [card.id]
    assert reason(community, published, card.id, "south-gate-in") is Reason.GRANTED
    assert reason(community, published, card.id, "clinic") is Reason.WRONG_POINT
    assert len(published.manifest) <= MANIFEST_MAX_BYTES


def test_points_of_other_gateways_and_their_levels_stay_away(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, clinic().model_copy(update={"gateway_id": None}))
        access.set_schedule(work, always("nights"))
        access.set_level(
            work,
            residents().model_copy(update={"id": "patients", "points": frozenset({"clinic"}), "schedule": "nights"}),
        )
        both = frozenset({"clinic", "south-gate-in"})
        access.set_level(work, residents().model_copy(update={"id": "staff", "points": both}))
    head, _ = read(community, publish(community))
    assert [point.id for point in head.points] == ["south-gate-in"]
    assert [(level.id, sorted(level.points)) for level in head.levels] == [
        ("residents", ["south-gate-in"]),
        ("staff", ["south-gate-in"]),
    ]
    assert [schedule.id for schedule in head.schedules] == ["always"]


def test_no_names_leave_the_server(community: Community) -> None:
    community.active_card(UID)
    _, entries = read(community, publish(community))
    assert "秀英" not in str(entries)


def test_nothing_new_is_no_new_version_until_half_its_life_is_over(community: Community) -> None:
    first = publish(community)
    community.now[0] += 1000
    again = publish(community)
    assert (again.fresh, again.version, again.manifest) == (False, first.version, first.manifest)
    community.now[0] += POLICY_LIFE_MS // 2
    renewed = publish(community)
    assert renewed.fresh
    assert manifest_of(community, renewed).expires_ms == community.now[0] + POLICY_LIFE_MS


def test_every_change_is_a_higher_version(community: Community) -> None:
    community.box("g-2")
    versions = [publish(community).version]
    card = community.active_card(UID)
    versions.append(publish(community).version)
    versions.append(publish(community, "g-2").version)
    with community.transactions.work(ADMIN) as work:
        cards.set_rights(work, card.id, [], valid_to_ms=community.now[0] + DAY_MS)
    versions.append(publish(community).version)
    assert versions == sorted(set(versions))


def test_a_revocation_is_contained_as_soon_as_its_number_is(community: Community) -> None:
    card = community.active_card(UID)
    assert manifest_of(community, publish(community)).rev_seq == 0
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.SUSPENDED)
    published = publish(community)
    manifest = manifest_of(community, published)
    assert manifest.rev_seq == 1
    assert manifest.delta
    assert manifest.cards.deltas
    assert len(published.manifest) <= MANIFEST_MAX_BYTES
    assert reason(community, published, card.id, "south-gate-in") is Reason.SUSPENDED


def test_a_suspension_that_was_taken_back_at_once_still_needs_a_version(community: Community) -> None:
    """The gateway may have heard of the suspension: only a policy that contains both numbers frees the card."""
    card = community.active_card(UID)
    first = publish(community)
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.SUSPENDED)
        cards.change_state(work, card.id, CardState.ACTIVE)
    second = publish(community)
    assert second.fresh
    assert read(community, second)[1] == read(community, first)[1]
    assert manifest_of(community, second).rev_seq == 2


def test_stock_is_nobodys_and_stays_away(community: Community) -> None:
    card = community.active_card(UID)
    with community.transactions.work(ADMIN) as work:
        for state in (CardState.RETURNED, CardState.STOCK):
            cards.change_state(work, card.id, state)
        assert card_entries.one(work.session, card.id) is None
    assert read(community, publish(community))[1] == []


def test_a_head_is_its_gateways_own_and_old_ones_go(community: Community) -> None:
    published = []
    for n in range(HEADS_KEPT + 2):
        community.now[0] += 1
        community.active_card(f"0401020304050{n}")
        published.append(manifest_of(community, publish(community)))
    with community.transactions.read() as session:
        kept = [cards_offer.blob(session, "g-1", COMMUNITY, manifest.head.sha256) is not None for manifest in published]
        newest = policy.newest(session, "g-1")
        assert cards_offer.blob(session, "g-2", COMMUNITY, published[-1].head.sha256) is None
    assert kept == [False, False, True, True, True]
    assert newest is not None
    assert (newest.version, newest.cards_seq) == (published[-1].version, published[-1].cards.seq)


def test_publishing_is_told(community: Community) -> None:
    published = publish(community)
    assert community.heard[-1] == ("policy", {"gateway": "g-1", "version": published.version})
