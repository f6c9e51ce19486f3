"""Hypothesis strategies for the messages between gateway and server."""

from hypothesis import strategies as st

from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import SEQ_END, Batch, Body
from card_protocol.wire.command import AIMS, Action, Aim, Command, CommandAck, Outcome
from card_protocol.wire.enrol import Enrolment, EnrolRequest
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import DELTAS_MAX, Blob, BlobRequest, CardsOffer, DeltaOffer
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.state import LockedDown, State
from card_protocol.words.event import GENESIS, chain_hash
from card_protocol.words.moment import WALL_END_MS
from card_protocol.words.revocation import Revocation
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL
from tests.support import strategies as ours

acks = st.builds(
    Ack,
    gateway=ours.slugs,
    epoch=ours.epochs,
    upto=ours.counts,
    head_hash=ours.hashes,
    need_from=st.none() | ours.positives,
    server_ms=ours.wall_times,
    same_upto=st.none() | ours.counts,
    same_hash=st.none() | ours.hashes,
    forked=st.none() | st.booleans(),
    credit=st.none() | st.integers(1, 64),
)

blobs = st.builds(Blob, sha256=ours.hashes, bytes=ours.positives)
delta_offers = st.builds(DeltaOffer, base_seq=ours.counts, blob=blobs)
cards_offers = st.builds(
    CardsOffer,
    seq=ours.counts,
    index_seq=ours.counts,
    index=blobs,
    deltas=st.lists(delta_offers, max_size=DELTAS_MAX).map(tuple),
)
manifests = st.builds(
    Manifest,
    gateway=ours.slugs,
    version=ours.positives,
    min_version=ours.positives,
    issued_ms=ours.wall_times,
    expires_ms=ours.wall_times,
    head=blobs,
    cards=cards_offers,
    rev_seq=ours.counts,
    delta=st.just("") | st.binary(min_size=192, max_size=192).map(lambda data: data.hex().upper()),
)

blob_requests = st.builds(BlobRequest, gateway=ours.slugs, sha256=ours.hashes, at_ms=ours.wall_times)

levels = st.integers(1, LOCKDOWN_MAX_LEVEL)
states = st.builds(
    State,
    gateway=ours.slugs,
    online=st.booleans(),
    boot=ours.lines,
    at_ms=ours.wall_times,
    epoch=ours.epochs,
    head_seq=ours.counts,
    acked_seq=ours.counts,
    policy_version=ours.counts,
    rev_seq=ours.counts,
    run=ours.counts,
    turn=ours.counts,
    held=st.frozensets(ours.slugs, max_size=3),
    lockdowns=st.lists(st.builds(LockedDown, area=ours.slugs, level=levels), max_size=3).map(tuple),
)

command_acks = st.builds(
    CommandAck,
    gateway=ours.slugs,
    number=ours.positives,
    outcome=st.sampled_from(Outcome),
    newest=ours.counts,
    at_ms=ours.wall_times,
    log=st.lists(ours.lines, max_size=3).map(tuple),
)


@st.composite
def commands(
    draw: st.DrawFn,
    numbers: st.SearchStrategy[int] = ours.positives,
    points: st.SearchStrategy[str] = ours.slugs,
    areas: st.SearchStrategy[str] = ours.slugs,
) -> Command:
    """Any command that makes sense."""
    action = draw(st.sampled_from(Action))
    aim = draw(st.sampled_from(sorted(AIMS[action])))
    issued_ms = draw(st.integers(0, WALL_END_MS - 2))
    return Command(
        gateway=draw(ours.slugs),
        number=draw(numbers),
        action=action,
        point=draw(points) if aim is Aim.POINT else None,
        area=draw(areas) if aim is Aim.AREA else None,
        level=draw(levels) if action is Action.LOCK_DOWN else None,
        issued_ms=issued_ms,
        expires_ms=draw(st.integers(issued_ms + 1, WALL_END_MS - 1)),
    )


enrol_requests = st.builds(
    EnrolRequest,
    claim=st.from_regex(r"[!-~]{16,128}", fullmatch=True),
    signing_key=ours.hashes,
    box_key=ours.hashes,
    tls_request=st.binary(min_size=1, max_size=200).map(bytes.hex),
)

enrolments = st.builds(
    Enrolment,
    gateway=ours.slugs,
    community=ours.division_codes(),
    server_key=ours.hashes,
    grant_key=ours.hashes,
    wrapped_keys=st.binary(min_size=1, max_size=200).map(bytes.hex),
)

bodies = st.text(st.characters(codec="utf-8"), max_size=40)


@st.composite
def batches(draw: st.DrawFn, events: st.SearchStrategy[str] = bodies) -> Batch:
    """A batch whose chain holds."""
    gateway, epoch = draw(ours.slugs), draw(ours.epochs)
    texts: tuple[Body, ...] = tuple(draw(st.lists(events, min_size=1, max_size=6)))
    first = draw(st.just(1) | st.integers(1, SEQ_END - 1))
    before = GENESIS if first == 1 else draw(st.binary(min_size=32, max_size=32))
    digest = before
    for seq, text in enumerate(texts, first):
        digest = chain_hash(gateway, epoch, seq, text.encode(), digest)
    return Batch(
        gateway=gateway, epoch=epoch, first_seq=first, prev_hash=before.hex(), events=texts, head_hash=digest.hex()
    )


@st.composite
def revocation_messages(draw: st.DrawFn) -> Revocations:
    """Entries that rise from after to upto."""
    numbers = sorted(draw(st.sets(st.integers(1, 2**62), max_size=5)))
    entries = [Revocation(**{**draw(ours.revocations).model_dump(), "rev_seq": n}) for n in numbers]
    after = draw(st.integers(0, numbers[0] - 1)) if numbers else draw(ours.counts)
    upto = draw(st.integers(max([after, *numbers]), 2**63 - 1))
    return Revocations(gateway=draw(ours.slugs), after=after, upto=upto, entries=tuple(entries))
