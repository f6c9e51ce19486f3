"""One point's care for cards that passed: runs the errand, keeps what the card told, and says what to journal."""

import os
from collections.abc import Callable

import structlog

from card_protocol.channel.authenticate import Random
from card_protocol.channel.converse import converse
from card_protocol.crypto.signing import Verify
from card_protocol.policy.book import Book
from card_protocol.profiles.key_bundle import KeyBundle
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.revocation_delta import RevocationDelta
from card_protocol.profiles.tap import CardReading
from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import Moment
from card_protocol.words.verdict import Verdict
from edge.core.aftercare import UNREADABLE, Errand, access_event, care, follow_up
from gateway.core.notes import Notes
from gateway.ports.carried import Carried

_log = structlog.get_logger()


class CardCare:
    """One per point: its notes about refused files have a bound. `rev_seq`: how far the server told everything."""

    def __init__(
        self,
        gateway: str,
        keys: KeyBundle,
        verify: Verify,
        carried: Carried,
        book: Callable[[], Book],
        rev_seq: Callable[[], int],
        now: Callable[[], Moment],
        random: Random = os.urandom,
    ) -> None:
        self._gateway, self._keys, self._verify, self._carried = gateway, keys, verify, carried
        self._book, self._rev_seq, self._now, self._random = book, rev_seq, now, random
        self._notes = Notes()

    def __call__(
        self, reading: CardReading, verdict: Verdict, seq: int, transmit: Callable[[bytes], bytes]
    ) -> tuple[Event, ...]:
        """Events to journal. EquipmentFault when the reader, not the card, is lost."""
        moment = self._now()
        book = self._book()
        point = book.point(verdict.point)
        if point is None:
            return ()
        area = book.area(point.area)
        event = access_event(
            self._gateway, point, area.number if area else 0, seq, verdict.policy_version, moment.wall_ms
        )
        errand = Errand(self._keys, self._verify, event, self._carried.deltas())
        cared = converse(care(reading, errand, self._random), transmit)
        adopted = None
        if isinstance(cared.carried, RevocationDelta):
            adopted = self._carried.adopt(cared.carried, cared.signed, self._rev_seq(), moment.wall_ms)
        _log.info(
            "card_cared_for",
            point=point.id,
            carried=cared.carried.cause if isinstance(cared.carried, CardRefusal) else "",
            older=isinstance(adopted, CardRefusal),
            written=cared.written is not None and not isinstance(cared.written, CardRefusal),
        )
        events = follow_up(cared, adopted, reading.header.card_id, point.id, seq, self._now())
        return (*events, *self._refused(cared.carried, reading.header.card_id, point.id))

    def _refused(self, carried: object, card_id: str, point: str) -> list[Event]:
        """A file that somebody tampered with: noted once an hour for each card and cause, ten a minute in all."""
        if not isinstance(carried, CardRefusal) or carried.cause not in UNREADABLE:
            return []
        note = self._notes.refusal(
            EventKind.CARD_FILE_REFUSED, f"{card_id}: {carried.detail}", self._now(), cause=carried.cause.value
        )
        return [] if note is None else [note.model_copy(update={"card_id": card_id, "point": point})]
