"""What a thief has who took a gateway's disk: every key that is on it. What they cannot do with them.

That they cannot connect any more is in test_gateway_server, over a real broker and real TLS.
"""

from pathlib import Path

import pytest

from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.key_bundle import unwrap_bundle
from card_protocol.wire.sealed import pack, signed
from card_protocol.wire.topics import Channel, topic
from server.intake.processor import Message, Outcome, Processor
from server.services.events import alarms, events
from server.services.events.alarms import AlarmKind
from server.services.gateways import gateways
from server.services.sight import of as sight_of
from server.tables.engine import make_engine
from tests.server.build import ADMIN, Box, Community, make_community, tap


@pytest.fixture
def community(tmp_path: Path) -> Community:
    return make_community(make_engine(f"sqlite:///{tmp_path / 'server.db'}"))


def send(community: Community, box: Box, first: int, last: int) -> Outcome:
    sealed = pack("batch", signed("batch", box.batch(first, last), box.signer.sign))
    message = Message(topic(box.name, Channel.EVENTS), sealed)
    return Processor(community.transactions, community.house.keystore).process([message])


def standing(community: Community) -> list[AlarmKind]:
    with community.transactions.read() as session:
        return [alarm.kind for alarm in alarms.listing(session, sight=sight_of(ADMIN)).items]


def stored(community: Community) -> int:
    with community.transactions.read() as session:
        return len(events.query(session, events.EventFilter(), sight=sight_of(ADMIN)).items)


def test_no_key_on_the_disk_can_make_a_card_or_a_right(community: Community) -> None:
    box = community.box()
    assert box.enrolment is not None
    held = {
        purpose
        for wrapped in (box.enrolment.wrapped_keys, *box.enrolment.point_keys.values())
        for purpose in unwrap_bundle(bytes.fromhex(wrapped), box.name, box.opener).leaves
    }
    assert Purpose.DOOR_READ in held
    issuing = {purpose for purpose in Purpose if "MASTER" in purpose.name} | {
        Purpose.NODE,
        Purpose.UPDATER,
        Purpose.CARE_ADMIN,
        Purpose.PURSE_CREDIT,
    }
    assert not held & issuing
    # Grants and revocations on cards are the community's signature, which is not on the box either.
    grants = community.house.keystore.grants.verifier
    assert not grants.verify(b"a grant", box.signer.sign(b"a grant"))
    assert box.enrolment.grant_key == grants.public_bytes.hex()


def test_history_written_after_the_theft_is_refused_and_an_alarm(community: Community) -> None:
    box = community.box()
    box.append(*(tap(n) for n in range(1, 4)))
    assert send(community, box, 1, 2).new_events == 2
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, box.name, why="stolen")
    outcome = send(community, box, 3, 3)
    assert (outcome.new_events, outcome.refused, outcome.replies) == (0, 1, ())
    assert stored(community) == 2
    assert AlarmKind.FORGED in standing(community)


def test_history_that_is_written_anew_with_the_right_key_is_a_fork(community: Community) -> None:
    """Before anybody noticed the theft: the signature is good, and the chain tells that it is another past."""
    box, thief = community.box(), Box("g-1")
    box.append(*(tap(n) for n in range(1, 4)))
    send(community, box, 1, 3)
    thief.append(tap(1), tap(9), tap(3), tap(4))
    assert send(community, thief, 1, 4).new_events == 0
    assert stored(community) == 3
    assert AlarmKind.FORK in standing(community)
