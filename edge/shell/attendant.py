"""Does for a card what its point is for, while the person waits: check-in, meal, renewal, being counted."""

import os
from collections.abc import Callable
from typing import Final

import structlog

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import converse
from card_protocol.policy.book import Book
from card_protocol.profiles.card_records import point_tag
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.kinds.kind import CheckIn, Here, Kind
from card_protocol.profiles.kinds.registry import KINDS
from card_protocol.profiles.layout import ACTIVITY, CARE, CLINIC, PROPERTY, Holder
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.tap import CardReading
from card_protocol.profiles.visit import OpenVisit, append_visit, open_visit
from card_protocol.words.event import Event
from card_protocol.words.moment import MINUTE_MS, ClockQuality, Moment
from card_protocol.words.point import Point
from card_protocol.words.service import Answer, Service
from card_protocol.words.verdict import Verdict
from edge.core import service as core
from edge.core.service import Done
from edge.ports.renewer import Renewed, Renewer
from edge.shell.card_care import SERVER_AWAY_NS
from edge.shell.cashier import Cashier, Transmit

_COMPARTMENT: Final = {
    CARE.name: Holder.CARE_POINT,
    CLINIC.name: Holder.CLINIC_POINT,
    ACTIVITY.name: Holder.ACTIVITY_POINT,
    PROPERTY.name: Holder.PROPERTY_POINT,
}
_RENEWED: Final = {
    Renewed.DONE: Service.UPDATED,
    Renewed.CARD_GONE: Service.TAP_AGAIN,
    Renewed.REFUSED: Service.UP_TO_DATE,
    Renewed.AWAY: Service.UNAVAILABLE,
}
"""The server refuses whom it has renewed a moment ago; a card that may not be renewed was refused by the decider."""

TORN_NS: Final = 15_000_000_000
"""So long after a card left too early a refusal does not mean that it is up to date."""

_log = structlog.get_logger()


class Attendant:
    """One per point. `keys` opens a compartment of card keys, None when the box was given none.

    `still_inside` tells a muster point how many this box knows to be inside.
    """

    def __init__(
        self,
        gateway: str,
        keys: Callable[[Holder], KeyBundle | None],
        book: Callable[[], Book],
        now: Callable[[], Moment],
        cashier: Cashier,
        renewer: Renewer | None = None,
        random: Random = os.urandom,
        still_inside: Callable[[Moment], int | None] = lambda _: None,
    ) -> None:
        self._still_inside = still_inside
        self._gateway, self._keys, self._book, self._now = gateway, keys, book, now
        self._cashier, self._renewer, self._random = cashier, renewer, random
        self._away_until_ns = 0
        self._torn = ("", 0)

    def serves(self, verdict: Verdict) -> bool:
        """See `tap_loop.Services`: those who were let in, and at a muster point whoever is known."""
        point = self._book().point(verdict.point)
        if point is None:
            return False
        kind = KINDS[point.kind]
        return kind.serves and (verdict.granted or (kind.counts_the_refused and verdict.holder is not None))

    def serve(self, reading: CardReading | None, verdict: Verdict, seq: int, transmit: Transmit) -> Done:
        """See `tap_loop.Services`."""
        point = self._book().point(verdict.point)
        if point is None:
            return Done(None)
        kind = KINDS[point.kind]
        if kind.counts_the_refused:
            return Done(Answer(Service.SAFE, missing=self._still_inside(self._now())))
        if reading is None or verdict.card_id is None:
            return Done(Answer(Service.UNAVAILABLE))
        if kind.renews:
            return self._renew(reading, point.id, transmit)
        tag, moment = point_tag(self._gateway, point.id), self._now()
        bill = core.bill_at(point, tag, moment.wall_ms) if kind.takes_money else None
        if bill is None:
            return self._check_in(kind, point, reading, verdict, seq, transmit)
        keys = self._leased(Holder.PAY_POINT)
        if keys is None:
            return Done(Answer(Service.UNAVAILABLE))
        meal = self._cashier.take(reading.uid, verdict.card_id, bill, keys, seq, transmit)
        if meal.answer is None or not meal.answer.service.is_good:
            return meal
        visit = self._check_in(kind, point, reading, verdict, seq, transmit)
        return Done(meal.answer, (*meal.events, *visit.events))

    def _check_in(
        self, kind: Kind, point: Point, reading: CardReading, verdict: Verdict, seq: int, transmit: Transmit
    ) -> Done:
        if kind.check_in is None or verdict.card_id is None:
            return Done(None)
        keys, tag = self._leased(_COMPARTMENT[kind.check_in.application.name]), point_tag(self._gateway, point.id)

        def append(check_in: CheckIn) -> CardRefusal | str | None:
            if keys is None:
                return _NO_KEYS
            return self._append(check_in, reading.uid, keys, tag, transmit, only=point.members_only)

        found = append(kind.check_in)
        if found == _NO_MEMBER and (told := self._told_more(reading, point.id, transmit)) is not None:
            if told is Renewed.CARD_GONE:
                return Done(Answer(Service.TAP_AGAIN))
            found = append(kind.check_in)
        done, about = kind.check_in.done, (verdict.point, verdict.card_id, seq, self._now())
        if found is None:
            return Done(Answer(done), (core.noted(done, *about),))
        if found == _NO_MEMBER:
            # No event tells whose card is no member's.
            return Done(Answer(Service.MEMBERS_ONLY))
        if isinstance(found, str):
            events: tuple[Event, ...] = (core.unnoted(done, found, *about),)
            # Somebody who withheld consent has come all the same: the journal's tap says so, and nothing else does.
            return Done(Answer(done), ()) if found == _NO_CONSENT else Done(Answer(Service.UNAVAILABLE), events)
        return Done(Answer(core.answer_to(found)), (core.unnoted(done, found.cause.value, *about),))

    def _append(
        self, check_in: CheckIn, uid: bytes, keys: KeyBundle, tag: int, transmit: Transmit, *, only: bool
    ) -> CardRefusal | str | None:
        visit = converse(open_visit(uid, check_in.application, keys, self._random), transmit)
        if not isinstance(visit, OpenVisit):
            return visit
        if not check_in.may(visit.content):
            return _NO_CONSENT
        if only and not check_in.member(visit.content):
            return _NO_MEMBER
        here = Here(tag, self._now().wall_ms // MINUTE_MS)
        return converse(append_visit(visit, check_in.record(here), keys, self._random), transmit)

    def _told_more(self, reading: CardReading, point: str, transmit: Transmit) -> Renewed | None:
        """DONE when the server has brought a card up to date that says nothing of a membership: its holder may have
        been admitted since. CARD_GONE when it left meanwhile, None for nothing new. While the server is away nobody is
        kept waiting for it."""
        if self._renewer is None or self._now().mono_ns < self._away_until_ns:
            return None
        outcome = self._renewed(self._renewer, reading, point, transmit)
        if outcome is Renewed.AWAY:
            self._away_until_ns = self._now().mono_ns + SERVER_AWAY_NS
        return outcome if outcome in (Renewed.DONE, Renewed.CARD_GONE) else None

    def _renew(self, reading: CardReading, point: str, transmit: Transmit) -> Done:
        if self._renewer is None:
            return Done(Answer(Service.UNAVAILABLE))
        return Done(Answer(_RENEWED[self._renewed(self._renewer, reading, point, transmit)]))

    def _renewed(self, renewer: Renewer, reading: CardReading, point: str, transmit: Transmit) -> Renewed:
        card_id = reading.header.card_id
        outcome = renewer.renew(point, card_id, reading.uid.hex().upper(), transmit)
        now_ns = self._now().mono_ns
        if outcome is Renewed.REFUSED and self._torn[0] == card_id and now_ns < self._torn[1]:
            outcome = Renewed.CARD_GONE  # the server has not let go of the attempt that was torn
        elif outcome is Renewed.CARD_GONE:
            self._torn = (card_id, now_ns + TORN_NS)
        else:
            self._torn = ("", 0)
        _log.info("card_renewal", point=point, outcome=outcome.value)
        return outcome

    def _leased(self, holder: Holder) -> KeyBundle | None:
        """The keys of a compartment, if this box has them and its lease stands."""
        bundle, moment = self._keys(holder), self._now()
        if bundle is None or (moment.clock is not ClockQuality.UNKNOWN and not bundle.leased_at(moment.wall_ms)):
            _log.error("keys_absent", compartment=holder.value)
            return None
        return bundle


_NO_KEYS: Final = "no_keys"
_NO_CONSENT: Final = "no_consent"
_NO_MEMBER: Final = "no_member"
