"""One point's care for cards that passed: runs the errand, keeps what the card told, and says what to journal."""

import os
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

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
from card_protocol.words.grant import Grant
from card_protocol.words.moment import Moment
from card_protocol.words.verdict import Verdict
from edge.core.aftercare import UNREADABLE, Errand, access_event, care, follow_up, wants_renewal
from edge.ports.renewer import Left, Renewed, Renewer, stays
from gateway.core.notes import Notes
from gateway.ports.carried import Carried

LOOK_AGAIN_NS: Final = 24 * 3_600_000_000_000
"""How long a point leaves the grant of a card alone after it has looked at it."""

SERVER_AWAY_NS: Final = 60_000_000_000
"""How long nobody's grant is looked at after the server could not be reached."""

LOOKED_AT_MAX_CARDS: Final = 4096

_log = structlog.get_logger()


class CardCare:
    """One per point: its notes about refused files have a bound. `rev_seq`: how far the server told everything."""

    def __init__(
        self,
        gateway: str,
        keys: Callable[[], KeyBundle],
        verify: Verify,
        carried: Carried,
        book: Callable[[], Book],
        rev_seq: Callable[[], int],
        now: Callable[[], Moment],
        renewer: Renewer | None = None,
        random: Random = os.urandom,
    ) -> None:
        self._gateway, self._keys, self._verify, self._carried = gateway, keys, verify, carried
        self._book, self._rev_seq, self._now, self._random = book, rev_seq, now, random
        self._notes = Notes()
        self._renewer = renewer
        self._looked_at_ns: OrderedDict[str, int] = OrderedDict()
        self._away_until_ns = 0

    def __call__(
        self,
        reading: CardReading,
        verdict: Verdict,
        seq: int,
        transmit: Callable[[bytes], bytes],
        left: Left = stays,
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
        card_id, keys = reading.header.card_id, self._keys()
        errand = Errand(keys, self._verify, event, self._carried.deltas(), self._is_due(card_id, moment))
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
        events = follow_up(cared, adopted, card_id, point.id, seq, self._now())
        if isinstance(cared.grant, Grant):
            self._carried.saw_serial(card_id, cared.grant.serial)
        if errand.looks_at_grant and cared.grant is not None:
            wanted = wants_renewal(cared.grant, moment.wall_ms) or reading.key_version < keys.versions[-1]
            self._renew(reading, point.id, transmit, left, wanted=wanted)
        return (*events, *self._refused(cared.carried, card_id, point.id))

    def _is_due(self, card_id: str, moment: Moment) -> bool:
        """Whether to look at the grant: there is a server, as far as we know, and we have not just looked."""
        if self._renewer is None or moment.mono_ns < self._away_until_ns:
            return False
        looked_ns = self._looked_at_ns.get(card_id)
        return looked_ns is None or moment.mono_ns - looked_ns >= LOOK_AGAIN_NS

    def _renew(
        self, reading: CardReading, point: str, transmit: Callable[[bytes], bytes], left: Left, *, wanted: bool
    ) -> None:
        assert self._renewer is not None
        card_id = reading.header.card_id
        outcome = None
        if wanted:
            outcome = self._renewer.renew(point, card_id, reading.uid.hex().upper(), transmit, left)
            _log.info("card_renewal", point=point, outcome=outcome.value)
        now_ns = self._now().mono_ns
        if outcome is Renewed.AWAY:
            self._away_until_ns = now_ns + SERVER_AWAY_NS
        elif outcome is not Renewed.CARD_GONE:
            self._looked_at_ns[card_id] = now_ns
            self._looked_at_ns.move_to_end(card_id)
            while len(self._looked_at_ns) > LOOKED_AT_MAX_CARDS:
                self._looked_at_ns.popitem(last=False)

    def _refused(self, carried: object, card_id: str, point: str) -> list[Event]:
        """A file that somebody tampered with: noted once an hour for each card and cause, ten a minute in all."""
        if not isinstance(carried, CardRefusal) or carried.cause not in UNREADABLE:
            return []
        note = self._notes.refusal(
            EventKind.CARD_FILE_REFUSED, f"{card_id}: {carried.detail}", self._now(), cause=carried.cause.value
        )
        return [] if note is None else [note.model_copy(update={"card_id": card_id, "point": point})]
