"""What the points have to do about the orders of the server. Pure.

A command that is over at once (open once, restart a reader) is begun once and in time; what lasts is a state, and is
brought about again at every look. Both are reported once.
"""

from typing import NamedTuple

from card_protocol.wire.command import LASTING, Action, Command
from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from gateway.ports.orders import Orders

UNSURE = frozenset({ClockQuality.UNKNOWN, ClockQuality.FLOOR})


class Site(NamedTuple):
    """What there is at this box: points with a lock, and all points."""

    doors: frozenset[str]
    points: frozenset[str]


def news(orders: Orders, done: int) -> tuple[Command, ...]:
    """The commands that the points have not seen yet, oldest first."""
    return tuple(command for command in orders.waiting if command.number > done)


def obstacle(command: Command, site: Site, moment: Moment) -> str:
    """Why it cannot be carried out here and now; empty when nothing is in the way."""
    if command.point is not None and command.point not in site.points:
        return "no_such_point"
    needs_lock = command.action in (Action.OPEN_ONCE, Action.HOLD_OPEN)
    if needs_lock and command.point not in site.doors:
        return "no_lock"
    if command.action in LASTING:
        return ""
    if command.action is Action.OPEN_ONCE and moment.clock in UNSURE:
        return "clock_unsure"
    return "expired" if command.expires_ms <= moment.wall_ms else ""


def report(command: Command, moment: Moment, why: str = "") -> Event:
    """For the journal: done, or failed and why."""
    kind = EventKind.COMMAND_FAILED if why else EventKind.COMMAND_DONE
    detail: dict[str, str | int] = {"number": command.number, "action": command.action.value}
    if command.area is not None:
        detail["area"] = command.area
    if command.level is not None:
        detail["level"] = command.level
    if why:
        detail["why"] = why
    return note_event(kind, moment, command.point, **detail)
