"""Somebody is forced: the guard hears of it at once, though the door opened as always."""

from collections import Counter

import pytest
from sqlalchemy import Engine

from card_protocol.wire.alarm import AlarmNotice
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.verdict import Flag
from server.intake.processor import Message, Processor
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.sight import EVERYTHING
from tests.server.build import NOW_MS, Community, make_community, tap


@pytest.fixture
def community(sqlite_engine: Engine) -> Community:
    return make_community(sqlite_engine)


def standing(community: Community) -> Counter[tuple[AlarmKind, str | None]]:
    with community.transactions.read() as session:
        found = alarms.listing(session, sight=EVERYTHING).items
    return Counter((alarm.kind, alarm.card_id) for alarm in found)


def test_a_tap_under_duress_and_the_sign_alone_sound_at_once_and_once(community: Community) -> None:
    box, card = community.box(), community.active_card()
    processor = Processor(community.transactions, community.house.keystore)
    forced = Event.from_bytes(tap(1, card.id)).model_copy(update={"flags": frozenset({Flag.DURESS})})
    moment = Moment(wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP)
    box.append(forced.to_bytes(), note_event(EventKind.DURESS, moment, "south-gate-in", by="button").to_bytes())
    early = AlarmNotice(gateway=box.name, epoch=box.epoch, seq=1, event=box.bodies[0].decode())
    processor.process([Message(topic(box.name, Channel.ALARM), box.sealed("alarm", early))])
    assert standing(community) == {(AlarmKind.DURESS, card.id): 1}
    processor.process([Message(topic(box.name, Channel.EVENTS), box.sealed("batch", box.batch(1, 2)))])
    assert standing(community) == {(AlarmKind.DURESS, card.id): 1, (AlarmKind.DURESS, None): 1}
