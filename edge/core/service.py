"""What a service point does for a card, as values: the events of a check-in, and the arithmetic of a meal.

The card's own purse log says what was spent today and what was paid a moment ago, at this station or at any other, so
limits hold offline and across stations, and a meal is never taken twice.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from card_protocol.profiles.card_records import PurseEntry
from card_protocol.profiles.purse import Receipt, Settlement
from card_protocol.profiles.refusal import CardRefusal, Cause
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import MINUTE_MS, Moment, local_day_and_minute
from card_protocol.words.point import Point
from card_protocol.words.service import Answer, Service
from edge.ports.payments import OpenPayment

LOOK_AT_ENTRIES: Final = 12
"""Of the purse's log: more than anybody eats a day, in one frame of the card."""

SAME_MEAL_MIN: Final = 2
"""Who taps again so soon, at the same point, has paid already."""

TORN_MEAL_MIN: Final = 60
"""Who was told to tap again, and does so by then, means the same meal."""

ANSWER_LOST: Final = frozenset({Cause.PULLED_AWAY, Cause.SILENT, Cause.MESSAGE_ALTERED, Cause.MALFORMED})
"""Causes that the next tap may mend."""


class Done(NamedTuple):
    """What the person is told, and what the journal should hear."""

    answer: Answer | None
    events: tuple[Event, ...] = ()


class Bill(NamedTuple):
    """What a tap costs here."""

    price_fen: int
    day_limit_fen: int | None
    point: int
    """`card_records.point_tag`."""
    wall_ms: int

    @property
    def minute(self) -> int:
        """Minutes since 1970 UTC, as the log has them."""
        return self.wall_ms // MINUTE_MS


def bill_at(point: Point, tag: int, wall_ms: int) -> Bill | None:
    """What the policy wants for a tap at a point; None for nothing."""
    return None if point.price_fen is None else Bill(point.price_fen, point.day_limit_fen, tag, wall_ms)


def judge(bill: Bill, value: int, entries: Iterable[PurseEntry], since_min: int = SAME_MEAL_MIN) -> Service | None:
    """Why nothing is taken now; None when the price is to be taken. `entries` are the newest of the card's log."""
    debits = [entry for entry in entries if entry.amount < 0]
    here = (entry for entry in debits if entry.point == bill.point)
    if any(0 <= bill.minute - entry.wall_minutes <= since_min for entry in here):
        return Service.PAID_ALREADY
    today = local_day_and_minute(bill.wall_ms)[0]
    spent = -sum(e.amount for e in debits if local_day_and_minute(e.wall_minutes * MINUTE_MS)[0] == today)
    if bill.day_limit_fen is not None and spent + bill.price_fen > bill.day_limit_fen:
        return Service.DAY_LIMIT
    return Service.PURSE_EMPTY if value < bill.price_fen else None


def begun(open_: OpenPayment, point: str, card_id: str, moment: Moment) -> Event:
    """The intention."""
    return _event(EventKind.PAYMENT_BEGUN, point, card_id, moment, **_named(open_), counter=open_.counter)


def paid(open_: OpenPayment, receipt: Receipt, point: str, card_id: str, moment: Moment) -> Done:
    """The card has answered: its counter and MAC prove the payment."""
    mark = receipt.mark
    proof: dict[str, str | int] = {"counter": mark.counter, "mac": mark.value.hex(), "value": receipt.value}
    event = _event(EventKind.PAYMENT_MADE, point, card_id, moment, **_named(open_), **proof)
    return Done(Answer(Service.PAID, -open_.record.amount, receipt.value), (event,))


def torn(open_: OpenPayment, refusal: CardRefusal, point: str, card_id: str, moment: Moment) -> Done:
    """Nobody knows: its next tap here will tell."""
    cause = refusal.cause.value
    event = _event(EventKind.PAYMENT_TORN, point, card_id, moment, **_named(open_), cause=cause, counter=open_.counter)
    return Done(Answer(Service.TAP_AGAIN), (event,))


def settled(open_: OpenPayment, outcome: Settlement, point: str, card_id: str, moment: Moment) -> Event:
    """It has told."""
    found = {**_named(open_), "outcome": outcome.value, "counter": open_.counter}
    return _event(EventKind.PAYMENT_SETTLED, point, card_id, moment, **found)


def is_same_meal(open_: OpenPayment, bill: Bill) -> bool:
    """Whether somebody who was told to tap again means the meal that this payment was for."""
    age_min = bill.minute - open_.record.wall_minutes
    return open_.record.point == bill.point and 0 <= age_min <= TORN_MEAL_MIN


def noted(service: Service, point: str, card_id: str, tap_seq: int, moment: Moment) -> Event:
    """The visit is on the card."""
    return _event(EventKind.SERVED, point, card_id, moment, service=service.value, tap_seq=tap_seq)


def unnoted(service: Service, cause: str, point: str, card_id: str, tap_seq: int, moment: Moment) -> Event:
    """It is not."""
    return _event(EventKind.UNSERVED, point, card_id, moment, service=service.value, tap_seq=tap_seq, cause=cause)


def answer_to(refusal: CardRefusal) -> Service:
    """What somebody is told whose card did not do what was asked."""
    return Service.TAP_AGAIN if refusal.cause in ANSWER_LOST else Service.CARD_UNFIT


def _named(open_: OpenPayment) -> dict[str, str | int]:
    record = open_.record
    return {
        "amount": -record.amount,
        "point_seq": record.point_seq,
        "tap_seq": open_.tap_seq,
        "minute": record.wall_minutes,
    }


def _event(kind: EventKind, point: str, card_id: str, moment: Moment, **detail: str | int) -> Event:
    return Event(kind=kind, **moment.model_dump(), point=point, card_id=card_id, detail=detail)
