"""The station's hand for commands: on record, kept, answered, in this order; and nothing that is not genuine."""

import pytest

from card_protocol.crypto.signing import Signer
from card_protocol.wire.command import LOG_MAX_LINES, Action, Command, CommandAck, Outcome
from card_protocol.wire.sealed import MESSAGE_MAX_BYTES, seal, unseal
from card_protocol.wire.topics import Channel
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality
from gateway.core import station_words as words
from gateway.core import sync_words as sync
from tests.gateway.core.test_station import Desk, states, written
from tests.gateway.orders import command
from tests.gateway.world import BOX, SERVER, STRANGER


def give(desk: Desk, one: Command, signer: Signer = SERVER) -> list[words.Effect]:
    """The command, and the disk takes what is to be kept."""
    effects = desk.hear(Channel.COMMAND, "command", one, signer)
    for effect in list(effects):
        if isinstance(effect, words.KeepOrders):
            effects += desk.step(words.OrdersKept(*effect))
    return effects


def answers(effects: list[words.Effect]) -> list[CommandAck]:
    sent = [e.message for e in effects if isinstance(e, words.Publish) and e.channel is Channel.COMMAND_ACK]
    return [unseal("command_ack", message, CommandAck, BOX.verifier.verify) for message in sent]


def kinds(effects: list[words.Effect]) -> list[EventKind]:
    return [event.kind for event in written(effects)]


def test_it_is_on_record_then_kept_then_answered() -> None:
    effects = give(Desk(), command(3))
    assert [type(effect) for effect in effects] == [words.Write, words.KeepOrders, words.Publish]
    (event,) = written(effects)
    assert (event.kind, event.point, event.detail) == (
        EventKind.COMMAND_TAKEN,
        "gate",
        {"number": 3, "action": "open_once"},
    )
    assert answers(effects)[0].outcome is Outcome.TAKEN
    assert answers(effects)[0].newest == 3


def test_what_the_disk_did_not_keep_was_not_taken() -> None:
    desk = Desk()
    desk.hear(Channel.COMMAND, "command", command(3))
    assert desk.station.orders.newest == 0
    assert kinds(give(desk, command(3))) == [EventKind.COMMAND_TAKEN]


def test_a_repetition_is_answered_and_nothing_else() -> None:
    desk = Desk()
    give(desk, command(3))
    effects = give(desk, command(3))
    assert [type(effect) for effect in effects] == [words.Publish]
    assert answers(effects)[0].outcome is Outcome.TAKEN
    assert answers(give(desk, command(2)))[0].outcome is Outcome.OVERTAKEN


def test_a_refusal_is_on_record_with_its_reason() -> None:
    desk = Desk()
    desk.clock.quality = ClockQuality.FLOOR
    effects = give(desk, command(3))
    (event,) = written(effects)
    assert (event.kind, event.detail["why"]) == (EventKind.COMMAND_REFUSED, "clock_unsure")
    assert answers(effects)[0].outcome is Outcome.CLOCK_UNSURE


def test_a_lockdown_is_told_with_area_and_level_and_shows_in_the_state() -> None:
    desk = Desk()
    desk.step(sync.LinkUp())
    effects = give(desk, command(4, Action.LOCK_DOWN, level=2))
    assert written(effects)[0].detail == {"number": 4, "action": "lock_down", "area": "yard", "level": 2}
    (state,) = states(effects)
    assert [(one.area, one.level) for one in state.lockdowns] == [("yard", 2)]
    (state,) = states(give(desk, command(5, Action.HOLD_OPEN)))
    assert state.held == frozenset({"gate"})


def test_the_log_comes_with_the_answer_as_much_as_fits() -> None:
    desk = Desk()
    effects = give(desk, command(1, Action.READ_LOG))
    assert words.ReadLog(1) in effects
    assert kinds(effects) == [EventKind.COMMAND_TAKEN, EventKind.COMMAND_DONE]
    assert answers(effects) == []
    lines = [f"{n} " + "字" * 490 for n in range(LOG_MAX_LINES)]
    (publish,) = desk.step(words.LogRead(1, lines))
    assert isinstance(publish, words.Publish)
    assert len(publish.message) < MESSAGE_MAX_BYTES
    (answer,) = answers([publish])
    assert 0 < len(answer.log) < LOG_MAX_LINES
    assert list(answer.log) == lines[-len(answer.log) :]
    assert words.ReadLog(1) in give(desk, command(1, Action.READ_LOG)), "the answer was lost: read again"


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (b"rubbish", "no message of ours"),
        (seal("command", command(1), STRANGER.sign), "not its sender's"),
        (seal("revocations", command(1), SERVER.sign), "not its sender's"),
        (seal("command", command(1, gateway="elsewhere"), SERVER.sign), "a command for the gateway elsewhere"),
    ],
    ids=["rubbish", "forged", "another kind", "another gateway's"],
)
def test_what_is_no_command_for_this_box_is_recorded_and_moves_nothing(message: bytes, why: str) -> None:
    desk = Desk()
    (write,) = desk.step(words.Received(Channel.COMMAND, message))
    assert isinstance(write, words.Write)
    event: Event = write.event
    assert event.kind is EventKind.MESSAGE_REFUSED
    assert why in str(event.detail["why"])
    assert desk.station.orders.newest == 0
