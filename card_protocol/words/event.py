"""Events: raw facts, kept byte for byte, in one gapless chain per journal file (design § 5)."""

import hashlib
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from card_protocol.words.base import Count, Line, OrderedSet, RuleName, Word
from card_protocol.words.grant import Grant
from card_protocol.words.ids import CardId, Pseudonym, Slug, UidText
from card_protocol.words.moment import ClockQuality, Moment, WallMs
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.situation import NOTHING_KNOWN, Situation
from card_protocol.words.verdict import Flag, Presentation, Verdict

CHAIN_TAG = b"onecard.event.v1\x00"
HASH_BYTES = 32
GENESIS = bytes(HASH_BYTES)
"""The "previous hash" of seq 1."""

EVENT_MAX_BYTES = 4096

DETAIL_MAX_ENTRIES = 16
NOTE_MAX_BYTES = 1000
"""How much foreign text (a broker's error, a file's name) a note keeps: it may double when it is quoted as JSON."""


class EventKind(StrEnum):
    """What happened; a closed list, so that nothing arrives which no screen can tell."""

    TAP = "tap"
    JOURNAL_OPENED = "journal_opened"
    JOURNAL_DAMAGED = "journal_damaged"
    GAP = "gap"
    POLICY_APPLIED = "policy_applied"
    POLICY_REFUSED = "policy_refused"
    REVOCATION_APPLIED = "revocation_applied"
    MESSAGE_REFUSED = "message_refused"
    KEYS_APPLIED = "keys_applied"
    """The box got newer card keys: `oldest` and `newest` are the versions that its points accept from now on."""
    READER_LOST = "reader_lost"
    READER_BACK = "reader_back"
    POINT_MISFIT = "point_misfit"
    """What the installer wrote of a point does not fit the policy; `why` in the detail."""
    COMMIT_LATE = "commit_late"
    CARD_WRITTEN = "card_written"
    """A point wrote onto a card that passed: `counter` is the card's transaction counter after it, `tap_seq` the
    seq of the tap."""
    CARD_UNWRITTEN = "card_unwritten"
    """It tried, and the card left or refused: its counter may have risen or not."""
    CARD_FILE_REFUSED = "card_file_refused"
    """A genuine card carries revocations that are not the community's."""
    # of services; `service` says which, `tap_seq` the seq of the tap
    SERVED = "served"
    """A visit was noted on the card, in the application of this kind of point."""
    UNSERVED = "unserved"
    """It was not: `cause` says why."""
    PAYMENT_BEGUN = "payment_begun"
    """A point is about to debit: `amount` [fen], `point_seq` (names the payment at its point), `minute` (since 1970
    UTC, as the card's log will have it), `counter` of the purse before it. In the journal before the card is asked."""
    PAYMENT_MADE = "payment_made"
    """The card has debited: its `counter` and `mac` after it prove it, `value` [fen] is left."""
    PAYMENT_TORN = "payment_torn"
    """The card left before it answered (`counter` before it): carried out or not, its next tap here tells."""
    PAYMENT_SETTLED = "payment_settled"
    """It has told: `outcome` is carried_out, not_carried_out or unknown."""
    DISK_LOW = "disk_low"
    CLOCK_STEPPED = "clock_stepped"
    SYNC_STUCK = "sync_stuck"
    """The server acknowledged nothing for long although the link seemed to be up: a new link was made."""
    DURESS = "duress"
    """Somebody gave the sign of duress at a point: `by` says whether by code or hidden button. A tap that came shortly
    before it names the card; one that comes shortly after it carries the flag."""
    # of doors; `input` and `fault` in the detail say which wire and what about it
    EGRESS = "egress"
    """Somebody went out by the exit button."""
    DOOR_FORCED = "door_forced"
    DOOR_HELD = "door_held"
    DOOR_RESTORED = "door_restored"
    """A door that was forced or held is closed again, or somebody who may pass took over."""
    DOOR_TAMPERED = "door_tampered"
    DOOR_TAMPER_ENDED = "door_tamper_ended"
    DOOR_INPUT_FAULT = "door_input_fault"
    DOOR_INPUT_BACK = "door_input_back"
    DOOR_FREE = "door_free"
    """A door stands unlocked by schedule."""
    DOOR_FREE_ENDED = "door_free_ended"
    LOCKDOWN_STARTED = "lockdown_started"
    LOCKDOWN_ENDED = "lockdown_ended"
    FIRE_RELEASED = "fire_released"
    FIRE_ENDED = "fire_ended"
    LOCK_LOST = "lock_lost"
    """The device that moves the strike does not answer."""
    LOCK_BACK = "lock_back"
    HOLD_STARTED = "hold_started"
    """Somebody at the server told a door to stand open."""
    HOLD_ENDED = "hold_ended"
    # of commands (card_protocol.wire.command); `number` in the detail is the command's, `action` what it wants
    COMMAND_TAKEN = "command_taken"
    """The box will carry it out; the door follows."""
    COMMAND_REFUSED = "command_refused"
    """Genuine, but too late or not safe to carry out: `why` is an Outcome."""
    COMMAND_DONE = "command_done"
    COMMAND_FAILED = "command_failed"
    """It was taken and could not be carried out; `why` says what was in the way."""


ALARMS = frozenset(
    {
        EventKind.JOURNAL_DAMAGED,
        EventKind.GAP,
        EventKind.COMMIT_LATE,
        EventKind.READER_LOST,
        EventKind.DISK_LOW,
        EventKind.DURESS,
        EventKind.DOOR_FORCED,
        EventKind.DOOR_HELD,
        EventKind.DOOR_TAMPERED,
        EventKind.DOOR_INPUT_FAULT,
        EventKind.FIRE_RELEASED,
        EventKind.LOCK_LOST,
        EventKind.COMMAND_FAILED,
    }
)
"""Kinds a guard must see at once."""

Detail = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*$", max_length=EVENT_MAX_BYTES)]
DetailName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
DetailNumber = Annotated[int, Field(gt=-(2**63), lt=2**63)]


class Event(Word):
    """One fact. `(gateway, epoch, seq)` and the hash stand beside it in the journal, not in it.

    A tap carries all that it was decided from besides the policy, so that it can be decided again (replay).
    """

    kind: EventKind
    wall_ms: WallMs
    mono_ns: Count
    boot: Line
    clock: ClockQuality
    point: Slug | None = None
    card_id: CardId | None = None
    holder: Pseudonym | None = None
    uid: UidText | None = None
    """Only where no card id was proven: an authenticated card is known by its id."""
    reason: Reason | None = None
    level: Slug | None = None
    policy_version: Count | None = None
    assurance: Assurance | None = None
    rule: RuleName | None = None
    """The rule of the decider that refused."""
    flags: OrderedSet[Flag] | None = None
    grant: Grant | None = None
    """Only where the grant on the card decided, because the policy did not know the card."""
    situation: Situation | None = None
    """None where nothing was known of it (`NOTHING_KNOWN`)."""
    detail: dict[DetailName, Detail | DetailNumber] = Field(default_factory=dict, max_length=DETAIL_MAX_ENTRIES)

    @model_validator(mode="after")
    def _fits(self) -> "Event":
        """The journal and the wire take no larger one. Only details can make an event large: a tap is not weighed."""
        if self.detail and len(self.to_bytes()) > EVENT_MAX_BYTES:
            raise ValueError(f"an event has at most {EVENT_MAX_BYTES} bytes")
        return self

    @property
    def granted(self) -> bool:
        """Whether this is a tap that was let in."""
        return self.kind is EventKind.TAP and self.reason is Reason.GRANTED

    @property
    def is_alarm(self) -> bool:
        """Whether a guard must see it at once."""
        return self.kind in ALARMS or self.tells_of_duress

    @property
    def tells_of_duress(self) -> bool:
        """Whether somebody was forced: the sign itself, or a tap that carries it."""
        return self.kind is EventKind.DURESS or (self.flags is not None and Flag.DURESS in self.flags)


def tap_event(
    presentation: Presentation, verdict: Verdict, moment: Moment, situation: Situation = NOTHING_KNOWN
) -> Event:
    """The record of one tap."""
    return Event(
        kind=EventKind.TAP,
        **moment.model_dump(),
        point=verdict.point,
        card_id=verdict.card_id,
        holder=verdict.holder,
        uid=presentation.uid if verdict.card_id is None else None,
        reason=verdict.reason,
        level=verdict.level,
        policy_version=verdict.policy_version,
        assurance=presentation.assurance,
        rule=verdict.rule,
        flags=verdict.flags or None,
        grant=verdict.grant,
        situation=None if situation == NOTHING_KNOWN else situation,
    )


def note_event(kind: EventKind, moment: Moment, point: str | None = None, **detail: str | int) -> Event:
    """The record of something that is not a tap. Texts in `detail` may be anything; what does not fit is cut off."""
    texts = sum(isinstance(value, str) for value in detail.values())
    fitting = {k: _cut(v, NOTE_MAX_BYTES // texts) if isinstance(v, str) else v for k, v in detail.items()}
    return Event(kind=kind, **moment.model_dump(), point=point, detail=fitting)


def _cut(text: str, limit_bytes: int) -> str:
    """The printable beginning of a text. A note about a broken message must not break on its bytes."""
    printable = "".join(c if c.isprintable() else " " for c in text[:limit_bytes])
    return printable.encode()[:limit_bytes].decode("utf-8", "ignore")


def chain_hash(gateway: str, epoch: str, seq: int, body: bytes, previous: bytes) -> bytes:
    """SHA-256(tag ‖ gateway ‖ 00 ‖ epoch ‖ seq ‖ len ‖ body ‖ previous): 32 bytes; seq and len 8-byte big-endian."""
    numbers = seq.to_bytes(8, "big") + len(body).to_bytes(8, "big")
    return hashlib.sha256(_chain_head(gateway, epoch) + numbers + body + previous).digest()


@lru_cache(maxsize=1024)
def _chain_head(gateway: str, epoch: str) -> bytes:
    """The same for every event of a journal file."""
    return CHAIN_TAG + gateway.encode() + b"\x00" + bytes.fromhex(epoch)
