"""The part of the station that hears commands: kept, answered, journaled, and handed to the points by the file.

The order is: on record (`command_taken`), kept for good, answered. A command whose keeping failed was not taken: the
server, which hears no answer, says it again.
"""

from collections.abc import Sequence

from card_protocol.wire.command import Action, Command, CommandAck, Outcome
from card_protocol.wire.sealed import Sign, seal
from card_protocol.wire.topics import Channel
from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import Moment
from gateway.core import station_words as words
from gateway.core.command_intake import take
from gateway.core.station_words import Effect
from gateway.ports.orders import Orders

ANSWER_MAX_BYTES = 48 * 1024
"""Of log lines in one answer: it must fit into a message."""


class Commander:
    """What the box knows of commands."""

    def __init__(self, gateway: str, sign: Sign, orders: Orders) -> None:
        self._gateway, self._sign = gateway, sign
        self.orders = orders

    def heard(self, command: Command, moment: Moment) -> list[Effect]:
        """A genuine command for this box."""
        taken = take(self.orders, command, moment)
        if not taken.fresh:
            return self._again(command, taken.outcome, moment)
        keep = words.KeepOrders(taken.orders, command, taken.outcome)
        if taken.outcome in (Outcome.TAKEN, Outcome.DONE):
            return [_note(EventKind.COMMAND_TAKEN, command, moment), keep]
        return [_note(EventKind.COMMAND_REFUSED, command, moment, why=taken.outcome.value), keep]

    def kept(self, given: words.OrdersKept, moment: Moment) -> list[Effect]:
        """From now on it holds."""
        self.orders = given.orders
        if given.command.action is Action.READ_LOG and given.outcome is Outcome.DONE:
            return [words.ReadLog(given.command.number), _note(EventKind.COMMAND_DONE, given.command, moment)]
        return [self._answer(given.command.number, given.outcome, moment)]

    def log_read(self, given: words.LogRead, moment: Moment) -> list[Effect]:
        """The box's own logs, for who asked."""
        return [self._answer(given.number, Outcome.DONE, moment, _newest(given.lines))]

    def _again(self, command: Command, outcome: Outcome, moment: Moment) -> list[Effect]:
        if command.action is Action.READ_LOG and outcome is Outcome.DONE:
            return [words.ReadLog(command.number)]
        return [self._answer(command.number, outcome, moment)]

    def _answer(self, number: int, outcome: Outcome, moment: Moment, log: tuple[str, ...] = ()) -> words.Publish:
        ack = CommandAck(
            gateway=self._gateway,
            number=number,
            outcome=outcome,
            newest=self.orders.newest,
            at_ms=moment.wall_ms,
            log=log,
        )
        return words.Publish(Channel.COMMAND_ACK, seal("command_ack", ack, self._sign))


def _newest(lines: Sequence[str]) -> tuple[str, ...]:
    """As many of the last lines as fit."""
    kept: list[str] = []
    left = ANSWER_MAX_BYTES
    for line in reversed(lines):
        left -= len(line.encode()) + 3
        if left < 0:
            break
        kept.append(line)
    return tuple(reversed(kept))


def _note(kind: EventKind, command: Command, moment: Moment, **more: str) -> words.Write:
    level = {} if command.level is None else {"level": command.level}
    area = {} if command.area is None else {"area": command.area}
    detail: dict[str, str | int] = {"number": command.number, "action": command.action.value, **area, **level, **more}
    return words.Write(note_event(kind, moment, command.point, **detail))
