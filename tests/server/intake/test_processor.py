"""Messages through one transaction each: what is written, what is answered, what is told."""

import json
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from card_protocol.wire.ack import Ack
from card_protocol.wire.alarm import AlarmNotice
from card_protocol.wire.command import Action, CommandAck
from card_protocol.wire.command import Outcome as Made
from card_protocol.wire.sealed import Sealed, pack, signed_bytes, unseal
from card_protocol.wire.state import Past
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.event import GENESIS, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.reason import Reason
from server.intake.processor import LIVE_MAX_EVENTS, Message, Outcome, Processor
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.gateways import commands, gateways
from server.services.gateways.commands import CommandIn, CommandState
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM
from server.tables import (
    AckSealRow,
    BatchSealRow,
    DeadLetterRow,
    EventRow,
    HoleRow,
    QuarantineRow,
    RefusedMessageRow,
)
from tests.server.build import ADMIN, NOW_MS, Box, Community, tap


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


@pytest.fixture
def processor(community: Community) -> Processor:
    return Processor(community.transactions, community.house.keystore)


def batch(box: Box, first: int, last: int) -> Message:
    return Message(topic(box.name, Channel.EVENTS), box.sealed("batch", box.batch(first, last)))


def state(box: Box, **fields: int | str | tuple[Past, ...]) -> Message:
    return Message(topic(box.name, Channel.STATE), box.sealed("state", box.state(**fields)))  # type: ignore[arg-type]


def acks(community: Community, outcome: Outcome) -> list[Ack]:
    verify = community.house.keystore.server.verifier.verify
    return [unseal("ack", reply.message, Ack, verify) for reply in outcome.replies]


def stored(community: Community) -> Sequence[EventRow]:
    with community.transactions.read() as session:
        return session.exec(select(EventRow).order_by(col(EventRow.id))).all()


def standing(community: Community) -> list[AlarmKind]:
    with community.transactions.read() as session:
        return [alarm.kind for alarm in alarms.listing(session, sight=EVERYTHING).items]


def test_events_are_committed_and_countersigned(community: Community, box: Box, processor: Processor) -> None:
    box.append(tap(1), tap(2))
    outcome = processor.process([batch(box, 1, 2)])
    (ack,) = acks(community, outcome)
    assert (ack.gateway, ack.epoch, ack.upto, ack.need_from) == ("g-1", box.epoch, 2, None)
    assert ack.head_hash == box.hashes[2].hex()
    assert ack.server_ms == NOW_MS
    assert [(row.seq, bytes(row.body), bytes(row.hash)) for row in stored(community)] == [
        (1, box.bodies[0], box.hashes[1]),
        (2, box.bodies[1], box.hashes[2]),
    ]


def test_the_same_batch_again_changes_nothing_and_is_answered(
    community: Community, box: Box, processor: Processor
) -> None:
    box.append(tap(1), tap(2))
    first = processor.process([batch(box, 1, 2)])
    again = processor.process([batch(box, 1, 2), batch(box, 1, 1)])
    stands = [(ack.upto, ack.head_hash, ack.need_from, ack.forked) for ack in acks(community, first)]
    assert [(ack.upto, ack.head_hash, ack.need_from, ack.forked) for ack in acks(community, again)] == stands
    assert again.new_events == 0
    assert len(stored(community)) == 2


def test_a_gap_is_asked_for_and_filled(community: Community, box: Box, processor: Processor) -> None:
    box.append(tap(1), tap(2), tap(3))
    (ack,) = acks(community, processor.process([batch(box, 3, 3)]))
    assert (ack.upto, ack.need_from, ack.head_hash) == (0, 1, GENESIS.hex())
    (ack,) = acks(community, processor.process([batch(box, 1, 2), batch(box, 3, 3)]))
    assert (ack.upto, ack.need_from) == (3, None)


def test_a_poisonous_event_is_kept_with_its_bytes_and_blocks_nobody(
    community: Community, box: Box, processor: Processor
) -> None:
    box.append(tap(1), b'{"kind":"nonsense"}', tap(3))
    (ack,) = acks(community, processor.process([batch(box, 1, 3)]))
    assert ack.upto == 3
    with community.transactions.read() as session:
        (dead,) = session.exec(select(DeadLetterRow))
    assert (dead.seq, bytes(dead.body)) == (2, box.bodies[1])
    assert [row.seq for row in stored(community)] == [1, 3]
    assert standing(community) == [AlarmKind.DEAD_LETTER]


def test_a_second_history_goes_to_quarantine_with_one_alarm(
    community: Community, box: Box, processor: Processor
) -> None:
    box.append(tap(1), tap(2))
    processor.process([batch(box, 1, 2)])
    twin = Box("g-1")
    twin.append(tap(1), tap(7), tap(8))
    for _ in range(2):
        (ack,) = acks(community, processor.process([batch(twin, 1, 3)]))
        assert (ack.upto, ack.head_hash) == (2, box.hashes[2].hex())
    with community.transactions.read() as session:
        found = session.exec(select(QuarantineRow).order_by(QuarantineRow.seq)).all()
    assert [(row.seq, row.hash) for row in found] == [(2, twin.hashes[2].hex()), (3, twin.hashes[3].hex())]
    assert standing(community) == [AlarmKind.FORK]
    box.append(tap(3))
    (ack,) = acks(community, processor.process([batch(box, 3, 3)]))
    assert ack.upto == 3


def test_what_is_no_batch_is_recorded_and_stops_nothing(community: Community, box: Box, processor: Processor) -> None:
    box.append(tap(1))
    forged = Box("g-1", seed=9)
    forged.append(tap(1))
    broken = box.batch(1, 1).model_copy(update={"head_hash": "00" * 32})
    group = [
        Message(topic("g-1", Channel.EVENTS), b"noise"),
        batch(forged, 1, 1),
        batch(forged, 1, 1),
        Message(topic("g-1", Channel.EVENTS), box.sealed("batch", broken)),
        batch(box, 1, 1),
    ]
    outcome = processor.process(group)
    assert (outcome.refused, outcome.new_events) == (4, 1)
    with community.transactions.read() as session:
        problems = session.exec(select(RefusedMessageRow.problem, RefusedMessageRow.trust)).all()
    assert [trust for _, trust in problems] == [False, True, True, False]
    assert standing(community) == [AlarmKind.FORGED], "a flood of forgeries is one alarm"


def test_whoever_makes_up_gateways_makes_one_alarm(community: Community, processor: Processor) -> None:
    names = [f"made-up-{n}" for n in range(20)]
    processor.process([Message(topic(name, Channel.STATE), b"noise") for name in names])
    with community.transactions.read() as session:
        found = alarms.listing(session, sight=EVERYTHING).items
    assert [(alarm.kind, alarm.gateway_id) for alarm in found] == [(AlarmKind.FORGED, None)]
    assert found[0].detail["topic"] == topic("made-up-0", Channel.STATE)


def test_a_state_that_is_played_again_changes_nothing(community: Community, box: Box, processor: Processor) -> None:
    earlier = state(box, run=1, turn=90, policy_version=3, boot="b0")
    processor.process([earlier])
    processor.process([state(box, run=2, turn=1, policy_version=9, at_ms=NOW_MS - 5)])
    will = Message(topic("g-1", Channel.STATE), box.sealed("state", box.state(online=False, run=1, turn=95)))
    processor.process([earlier])
    processor.process([will])
    processor.process([state(box, run=2, turn=0, policy_version=4)])
    with community.transactions.read() as session:
        view = gateways.get(session, "g-1")
    assert (view.policy_version, view.online) == (9, True)
    assert standing(community) == []


def states_of_commands(community: Community) -> list[CommandState]:
    with community.transactions.read() as session:
        return [one.state for one in commands.listing(session, "g-1", NOW_MS)]


def test_what_became_of_a_command_comes_up(community: Community, box: Box, processor: Processor) -> None:
    with community.transactions.work(ADMIN) as work:
        asked = CommandIn(action=Action.OPEN_ONCE, point="south-gate-in", why="a parcel")
        numbers = [commands.give(work, "g-1", asked).number for _ in range(2)]
    for number in numbers:
        ack = CommandAck(gateway="g-1", number=number, outcome=Made.TAKEN, newest=number, at_ms=NOW_MS)
        processor.process([Message(topic("g-1", Channel.COMMAND_ACK), box.sealed("command_ack", ack))])
    moment = Moment(wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP)
    done = note_event(EventKind.COMMAND_DONE, moment, "south-gate-in", number=numbers[0]).to_bytes()
    failed = note_event(EventKind.COMMAND_FAILED, moment, "south-gate-in", number=numbers[1], why="no_lock").to_bytes()
    box.append(done, failed)
    notice = AlarmNotice(gateway="g-1", epoch=box.epoch, seq=1, event=done.decode())
    processor.process([Message(topic("g-1", Channel.ALARM), box.sealed("alarm", notice))])
    with community.transactions.read() as session:
        assert [one.state for one in commands.listing(session, "g-1", NOW_MS)] == [
            CommandState.TAKEN,
            CommandState.DONE,
        ]
    processor.process([batch(box, 1, 2)])
    with community.transactions.read() as session:
        assert [one.state for one in commands.listing(session, "g-1", NOW_MS)] == [
            CommandState.FAILED,
            CommandState.DONE,
        ]
    assert standing(community) == [AlarmKind.GATEWAY], "only what was not done asks for a guard"


def test_a_revoked_gateway_is_not_believed(community: Community, box: Box, processor: Processor) -> None:
    box.append(tap(1))
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    outcome = processor.process([batch(box, 1, 1)])
    assert (outcome.refused, outcome.replies) == (1, ())
    assert stored(community) == []


def test_a_state_is_remembered_and_told(community: Community, box: Box, processor: Processor) -> None:
    outcome = processor.process([state(box, policy_version=3, rev_seq=2, head_seq=9)])
    assert outcome.stated == ("g-1",)
    with community.transactions.read() as session:
        view = gateways.get(session, "g-1")
    assert (view.online, view.policy_version, view.rev_seq, view.head_seq) == (True, 3, 2, 9)
    assert community.heard[-1][0] == "gateway"


def test_a_gateway_that_believes_us_further_than_we_are_is_asked_again(
    community: Community, box: Box, processor: Processor
) -> None:
    """The server was put back from a backup: an idle gateway would otherwise never send what is missing."""
    box.append(tap(1), tap(2), tap(3))
    processor.process([batch(box, 1, 1)])
    (ack,) = acks(community, processor.process([state(box, acked_seq=3, head_seq=3)]))
    assert (ack.upto, ack.need_from) == (1, 2)
    assert acks(community, processor.process([state(box, acked_seq=1, head_seq=3)])) == []


def test_after_an_outage_everybody_hears_where_we_stand(community: Community, box: Box, processor: Processor) -> None:
    box.append(tap(1), tap(2))
    assert processor.greetings() == []
    processor.process([state(box), batch(box, 1, 2)])
    verify = community.house.keystore.server.verifier.verify
    (hello,) = [unseal("ack", reply.message, Ack, verify) for reply in processor.greetings()]
    assert (hello.upto, hello.epoch) == (2, box.epoch)


def test_taps_are_told_live_with_names_and_a_backlog_only_at_its_end(
    community: Community, box: Box, processor: Processor
) -> None:
    card = community.active_card()
    with community.transactions.read() as session:
        pseudonym = pseudonym_of(session, card.holder_id)
    box.append(*(tap(n, card.id, holder=pseudonym) for n in range(LIVE_MAX_EVENTS + 10)))
    community.heard.clear()
    processor.process([batch(box, 1, LIVE_MAX_EVENTS + 10)])
    told = [fact for channel, fact in community.heard if channel == "event"]
    assert [fact["seq"] for fact in told] == list(range(11, LIVE_MAX_EVENTS + 11))
    assert told[0]["name"] == "王秀英"
    assert (told[0]["card_number"], told[0]["granted"]) == (card.number, True)


def test_writes_on_cards_are_kept_counted_and_not_told_live(
    community: Community, box: Box, processor: Processor
) -> None:
    card, moment = community.active_card(), Moment(wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP)
    written = [
        note_event(EventKind.CARD_WRITTEN, moment, counter=n).model_copy(update={"card_id": card.id}) for n in (4, 4)
    ]
    box.append(*(event.to_bytes() for event in written), tap(3, card.id))
    community.heard.clear()
    assert processor.process([batch(box, 1, 3)]).new_events == 3
    assert [fact["seq"] for channel, fact in community.heard if channel == "event"] == [3]
    assert standing(community) == [AlarmKind.COUNTER_BACK]


def pseudonym_of(session: object, holder_id: str | None) -> str:
    from server.services.people import holders

    assert holder_id is not None
    return holders.get(session, holder_id).pseudonym  # type: ignore[arg-type]


def test_alarms_of_gateways_and_taps_of_revoked_cards_sound(
    community: Community, box: Box, processor: Processor
) -> None:
    moment = Moment(wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP)
    damaged = note_event(EventKind.JOURNAL_DAMAGED, moment, file="journal.db").to_bytes()
    box.append(damaged, tap(2, community.active_card().id, Reason.REVOKED), tap(3, None, Reason.UNKNOWN))
    processor.process([batch(box, 1, 3)])
    assert sorted(standing(community)) == [AlarmKind.GATEWAY, AlarmKind.REVOKED_TAP]


def test_nothing_is_written_or_told_when_the_data_base_fails(
    community: Community, box: Box, processor: Processor, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.append(tap(1))

    def fail(*_: object) -> None:
        raise OperationalError("insert", {}, Exception("disk full"))

    community.heard.clear()
    with monkeypatch.context() as patched:
        patched.setattr("server.intake.store.move", fail)
        with pytest.raises(OperationalError):
            processor.process([batch(box, 1, 1)])
    assert stored(community) == []
    assert community.heard == []
    assert processor.process([batch(box, 1, 1)]).new_events == 1


def test_a_message_can_be_set_aside(community: Community, processor: Processor) -> None:
    processor.set_aside(Message(topic("g-1", Channel.EVENTS), b"?"), "a bug of ours")
    with community.transactions.work(SYSTEM) as work:
        (row,) = work.session.exec(select(RefusedMessageRow))
    assert (row.gateway_id, row.problem) == ("g-1", "a bug of ours")


def notice(box: Box, seq: int, body: bytes) -> Message:
    word = AlarmNotice(gateway=box.name, epoch=box.epoch, seq=seq, event=body.decode())
    return Message(topic(box.name, Channel.ALARM), box.sealed("alarm", word))


def test_an_urgent_event_is_told_at_once_and_not_again_in_its_turn(
    community: Community, box: Box, processor: Processor
) -> None:
    card = community.active_card()
    box.append(tap(1), tap(2, card.id, Reason.LOST))
    processor.process([notice(box, 2, box.bodies[1]), notice(box, 2, box.bodies[1])])
    assert standing(community) == [AlarmKind.REVOKED_TAP]
    assert stored(community) == []
    processor.process([batch(box, 1, 2)])
    assert standing(community) == [AlarmKind.REVOKED_TAP]
    assert len(stored(community)) == 2


def test_a_notice_that_is_not_urgent_or_no_event_sounds_nothing(
    community: Community, box: Box, processor: Processor
) -> None:
    outcome = processor.process([notice(box, 1, tap(1)), notice(box, 2, b"noise")])
    assert standing(community) == []
    assert outcome.refused == 1


def test_a_declared_gap_is_a_recorded_hole(community: Community, box: Box, processor: Processor) -> None:
    box.append(*(tap(n) for n in range(1, 6)))
    word = box.batch(4, 5).model_copy(update={"gap_from": 1})
    message = Message(topic(box.name, Channel.EVENTS), box.sealed("batch", word))
    (ack,) = acks(community, processor.process([message]))
    assert (ack.upto, ack.need_from) == (5, None)
    with community.transactions.read() as session:
        (hole,) = session.exec(select(HoleRow))
    assert (hole.first_seq, hole.last_seq) == (1, 3)


def test_what_moved_us_is_kept_with_both_signatures(community: Community, box: Box, processor: Processor) -> None:
    box.append(tap(1), tap(2), tap(3))
    for _ in range(2):
        processor.process([batch(box, 1, 2)])
    processor.process([batch(box, 2, 3)])
    with community.transactions.read() as session:
        seals = session.exec(select(BatchSealRow).order_by(col(BatchSealRow.id))).all()
        acknowledged = session.exec(select(AckSealRow).order_by(AckSealRow.upto)).all()
    assert [(seal.first_seq, seal.last_seq, seal.payload) for seal in seals] == [(1, 2, None), (2, 3, None)]
    verifier = box.signer.verifier
    assert verifier.verify(signed_bytes("batch", box.batch(1, 2).to_bytes()), bytes(seals[0].signature))
    assert seals[0].key == verifier.public_bytes.hex()
    assert [Ack.from_bytes(row.payload).upto for row in acknowledged] == [2, 3]
    server = community.house.keystore.server.verifier
    assert all(server.verify(signed_bytes("ack", row.payload), row.signature) for row in acknowledged)


def test_a_batch_that_is_spelled_otherwise_is_kept_as_it_was(
    community: Community, box: Box, processor: Processor
) -> None:
    box.append(tap(1))
    payload = json.dumps(json.loads(box.batch(1, 1).to_bytes()), indent=1)
    signature = box.signer.sign(signed_bytes("batch", payload.encode())).hex()
    message = pack("batch", Sealed(payload=payload, signature=signature))
    processor.process([Message(topic(box.name, Channel.EVENTS), message)])
    with community.transactions.read() as session:
        (seal,) = session.exec(select(BatchSealRow))
    assert seal.payload == payload.encode()


def test_gateways_are_told_to_send_less_while_there_is_much_to_do(
    community: Community, box: Box, processor: Processor
) -> None:
    box.append(tap(1))
    (ack,) = acks(community, processor.process([batch(box, 1, 1)], credit=2))
    assert ack.credit == 2


def test_what_a_gateway_believes_of_its_old_journals_is_corrected(community: Community, processor: Processor) -> None:
    """After a restore: it has set the files aside since, and would never offer them by itself."""
    told = state(community.box(), past=(Past(epoch="00000000000000d1", acked_seq=3), Past(epoch="c1" * 8, acked_seq=0)))
    (ack,) = acks(community, processor.process([told]))
    assert (ack.epoch, ack.upto, ack.need_from) == ("00000000000000d1", 0, 1)
