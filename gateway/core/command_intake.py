"""What a command changes: taken once, in order, in time (card_protocol.wire.command). Pure.

`newest` only rises, so that a command which is repeated, delayed or replayed is known by its number, also after a
restart; what was made of the last `ANSWERS_KEPT` is said again word for word. A box that lost its memory takes nothing
that was issued before (`not_before_ms`).
"""

from typing import NamedTuple

from card_protocol.wire.command import OPENS, Action, Aim, Command, Outcome
from card_protocol.wire.state import IN_FORCE_MAX
from card_protocol.words.moment import ClockQuality, Moment
from gateway.ports.orders import ANSWERS_KEPT, WAITING_MAX, Answer, Hold, Lockdown, Orders

UNSURE = frozenset({ClockQuality.UNKNOWN, ClockQuality.FLOOR})


class Taken(NamedTuple):
    """The orders after a command, and what was made of it. `fresh`: for the first time."""

    orders: Orders
    outcome: Outcome
    fresh: bool


def take(orders: Orders, command: Command, moment: Moment) -> Taken:
    """Judge a genuine command for this box."""
    if command.number <= orders.newest:
        said = next((answer.outcome for answer in orders.answers if answer.number == command.number), None)
        return Taken(orders, said or Outcome.OVERTAKEN, fresh=False)
    outcome = _judge(orders, command, moment)
    answered = (*orders.answers, Answer(number=command.number, outcome=outcome))[-ANSWERS_KEPT:]
    noted = orders.model_copy(update={"newest": command.number, "answers": answered})
    return Taken(_with(noted, command) if outcome is Outcome.TAKEN else noted, outcome, fresh=True)


def _judge(orders: Orders, command: Command, moment: Moment) -> Outcome:
    if command.action in OPENS and moment.clock in UNSURE:
        return Outcome.CLOCK_UNSURE
    if command.expires_ms <= moment.wall_ms or command.issued_ms < orders.not_before_ms:
        return Outcome.EXPIRED
    if command.action is Action.READ_LOG:
        return Outcome.DONE
    full = len(orders.holds if command.action is Action.HOLD_OPEN else orders.lockdowns) >= IN_FORCE_MAX
    known = orders.is_held(command.point or "") or orders.lockdown_of(command.area or "")
    if command.action in (Action.HOLD_OPEN, Action.LOCK_DOWN) and full and not known:
        return Outcome.TOO_MANY
    return Outcome.TAKEN


def _with(orders: Orders, command: Command) -> Orders:
    holds = tuple(hold for hold in orders.holds if hold.point != command.point)
    lockdowns = tuple(one for one in orders.lockdowns if one.area != command.area)
    match command.action, command.aim:
        case Action.HOLD_OPEN, _:
            assert command.point is not None
            changed: dict[str, object] = {"holds": (*holds, Hold(point=command.point, number=command.number))}
        case Action.LOCK_DOWN, _:
            assert command.area is not None
            assert command.level is not None
            fresh = Lockdown(area=command.area, level=command.level, number=command.number)
            changed = {"lockdowns": (*lockdowns, fresh)}
        case Action.RELEASE, Aim.POINT:
            changed = {"holds": holds}
        case Action.RELEASE, _:
            changed = {"lockdowns": lockdowns}
        case _:
            changed = {}
    return orders.model_copy(update={**changed, "waiting": (*orders.waiting, command)[-WAITING_MAX:]})
