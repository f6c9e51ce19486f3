"""The tap machine: from a card in the field to an open door, without I/O.

    STARTING ──┬─► EMPTY ─► READING ─► DECIDING ─► COMMITTING ─► [SERVING] ─► WRITING ─► LEAVING ─► EMPTY
    NO_READER ─┘     └──── a card without APDUs ──►┘      └─────── not let in ────────►┘

The order is decide → commit → unlock (design § 5): `Unlock` is asked for only when the tap's event is on disk, or
when it is late and the installer chose `LateCommit.UNLOCK`. Every tap leads to exactly one tap event and one
`Show`. A card that stays on the reader stays in LEAVING and does not tap again. A reader that is lost or a card
that leaves in the middle does not stop the tap: it is decided, recorded and shown before the machine moves on.

At a service point the person is answered when the card was served (`Serve`): the check-in noted, the meal paid.
Only after unlock and answer a card that was let in is written to (`WriteBack`): the event into its log, revocations
both ways. Whatever becomes of that, the verdict stands.

`step` is total: what the table does not name changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

from card_protocol.profiles.refusal import Cause
from card_protocol.words.event import EventKind, note_event, tap_event
from card_protocol.words.moment import Moment
from card_protocol.words.point import Assurance, LateCommit
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer, Service
from card_protocol.words.verdict import Presentation, Verdict
from edge.core.present import bare
from edge.core.tap_words import (
    CardArrived,
    CardLeft,
    CardRead,
    CommitLate,
    Committed,
    Decide,
    Decided,
    Effect,
    Input,
    Note,
    ReadCard,
    ReaderBack,
    ReaderLost,
    Record,
    Serve,
    Served,
    Show,
    TapSettings,
    Unlock,
    WriteBack,
    WrittenBack,
)

SEEN_TO_APPEND_US = "seen_to_append_us"
"""Detail of a tap event: microseconds from the reader's first sight of the card to handing the event to the
journal. The unlock follows the commit, so the whole tap is this plus one commit (`onecard bench tap` measures it)."""

ROUND_TRIPS = "round_trips"
"""Detail of a tap event: APDUs exchanged before the decision."""

CAUSE = "cause"
"""Detail of a tap event whose conversation failed: exactly what happened (`card_protocol.profiles.refusal.Cause`,
SWAPPED or READER_LOST)."""

SWAPPED = "swapped"
READER_LOST = "reader_lost"


class TapState(StrEnum):
    """Where a point is."""

    STARTING = "starting"
    NO_READER = "no_reader"
    EMPTY = "empty"
    READING = "reading"
    DECIDING = "deciding"
    COMMITTING = "committing"
    SERVING = "serving"
    """The event is on disk, and the person waits for what the point does for their card."""
    WRITING = "writing"
    """The verdict is out, the card was let in and is being written to."""
    LEAVING = "leaving"
    """The verdict is out and the card may still lie there."""


@dataclass(frozen=True)
class Tap:
    """The state of one point and of the tap it is busy with."""

    settings: TapSettings
    state: TapState = TapState.STARTING
    number: int = 0
    """Of the latest tap, from 1."""
    uid: str = ""
    seen_ns: int = 0
    round_trips: int = 0
    cause: str = ""
    presentation: Presentation | None = None
    verdict: Verdict | None = None
    serves: bool = False
    seq: int = 0
    """Of the tap's event, while the card is served."""
    after: TapState = TapState.LEAVING
    """Where the machine goes when the tap is over: LEAVING, EMPTY if the card has left, NO_READER."""


Outcome: TypeAlias = tuple[Tap, tuple[Effect, ...]]
_S = TapState


def step(tap: Tap, happened: Input, moment: Moment) -> Outcome:
    """What follows from something that happened at a moment: the new state, and effects to perform in order."""
    row = TABLE.get((tap.state, type(happened)))
    if row is None or getattr(happened, "tap", tap.number) != tap.number:
        return tap, ()
    action, allowed = row
    after, effects = action(tap, happened, moment)
    assert after.state in allowed, f"{tap.state} may not lead to {after.state}"
    return after, effects


def _reader_back(tap: Tap, _: ReaderBack, moment: Moment) -> Outcome:
    known_lost = tap.state is _S.NO_READER
    note = Note(note_event(EventKind.READER_BACK, moment, tap.settings.point))
    return replace(tap, state=_S.EMPTY), (note,) if known_lost else ()


def _reader_lost(tap: Tap, happened: ReaderLost, moment: Moment) -> Outcome:
    return replace(tap, state=_S.NO_READER), (_lost_note(tap, happened, moment),)


def _card_arrived(tap: Tap, card: CardArrived, _: Moment) -> Outcome:
    if tap.state is _S.LEAVING and card.uid == tap.uid:
        return tap, ()
    fresh = Tap(tap.settings, _S.READING, tap.number + 1, card.uid, card.seen_ns)
    if card.speaks:
        return fresh, (ReadCard(fresh.number),)
    assurance = Assurance.READER if card.vouched else Assurance.UID
    return _decide(fresh, Presentation(uid=card.uid, assurance=assurance))


def _card_read(tap: Tap, read: CardRead, _: Moment) -> Outcome:
    tap = replace(tap, round_trips=read.round_trips, cause=read.cause)
    if read.presentation.uid != tap.uid and not _is_random(tap.uid):
        return _cut(tap, SWAPPED)
    return _decide(tap, read.presentation)


def _is_random(uid: str) -> bool:
    """ISO/IEC 14443-3: a single-size UID that starts with 08 is made up anew for each activation."""
    return len(uid) == 8 and uid.startswith("08")


def _other_card(tap: Tap, card: CardArrived, _: Moment) -> Outcome:
    return (tap, ()) if card.uid == tap.uid else _cut(tap, SWAPPED)


def _left_while_reading(tap: Tap, _: CardLeft, __: Moment) -> Outcome:
    return _cut(replace(tap, after=_S.EMPTY), Cause.PULLED_AWAY)


def _lost_while_reading(tap: Tap, happened: ReaderLost, moment: Moment) -> Outcome:
    after, effects = _cut(replace(tap, after=_S.NO_READER), READER_LOST)
    return after, (*effects, _lost_note(tap, happened, moment))


def _decided(tap: Tap, decided: Decided, moment: Moment) -> Outcome:
    assert tap.presentation is not None
    detail: dict[str, str | int] = {
        SEEN_TO_APPEND_US: max(0, moment.mono_ns - tap.seen_ns) // 1000,
        ROUND_TRIPS: tap.round_trips,
    }
    if tap.cause:
        detail[CAUSE] = tap.cause
    event = tap_event(tap.presentation, decided.verdict, moment, decided.situation).model_copy(
        update={"detail": detail}
    )
    after = replace(tap, state=_S.COMMITTING, verdict=decided.verdict, serves=decided.serves)
    return after, (Record(tap.number, event, tap.settings.commit_deadline_ms),)


def _committed(tap: Tap, committed: Committed, __: Moment) -> Outcome:
    assert tap.verdict is not None
    unlock = (Unlock(tap.settings.unlock_ms, tap.verdict.floors),) if tap.verdict.granted else ()
    if tap.serves and tap.after is _S.LEAVING:
        serve = Serve(tap.number, tap.verdict, committed.seq)
        return replace(tap, state=_S.SERVING, seq=committed.seq), (*unlock, serve)
    return _answered(tap, (*unlock, Show(tap.verdict.reason)), committed.seq if tap.verdict.granted else None)


def _served(tap: Tap, served: Served, __: Moment) -> Outcome:
    assert tap.verdict is not None
    effects: tuple[Effect, ...] = (Show(tap.verdict.reason, served.answer), *map(Note, served.events))
    return _answered(tap, effects, tap.seq if tap.verdict.granted else None)


def _lost_while_serving(tap: Tap, happened: ReaderLost, moment: Moment) -> Outcome:
    """What is on the card is whole, old or new; whoever waits is asked to tap again."""
    assert tap.verdict is not None
    show = Show(tap.verdict.reason, Answer(Service.TAP_AGAIN))
    return replace(tap, state=_S.NO_READER), (show, _lost_note(tap, happened, moment))


def _commit_late(tap: Tap, _: CommitLate, moment: Moment) -> Outcome:
    assert tap.verdict is not None
    opens = tap.verdict.granted and tap.settings.late_commit is LateCommit.UNLOCK
    late = note_event(
        EventKind.COMMIT_LATE,
        moment,
        tap.settings.point,
        deadline_ms=tap.settings.commit_deadline_ms,
        verdict=tap.verdict.reason.value,
        did="unlocked" if opens else "stayed_closed",
    )
    reason = tap.verdict.reason if opens or not tap.verdict.granted else Reason.JOURNAL_LATE
    unlock = (Unlock(tap.settings.unlock_ms, tap.verdict.floors),) if opens else ()
    if opens and tap.serves and tap.after is _S.LEAVING:
        return replace(tap, state=_S.SERVING, seq=0), (*unlock, Note(late), Serve(tap.number, tap.verdict, 0))
    return _answered(tap, (*unlock, Show(reason), Note(late)), 0 if opens else None)


def _answered(tap: Tap, effects: tuple[Effect, ...], seq: int | None) -> Outcome:
    """The person has their answer. A card that proved itself, was let in (`seq`) and still lies there is written to."""
    assert tap.verdict is not None
    assert tap.presentation is not None
    proven = tap.presentation.assurance is Assurance.CARD
    if seq is None or not proven or tap.after is not _S.LEAVING:
        return replace(tap, state=tap.after), effects
    return replace(tap, state=_S.WRITING), (*effects, WriteBack(tap.number, tap.verdict, seq))


def _written_back(tap: Tap, written: WrittenBack, _: Moment) -> Outcome:
    return replace(tap, state=_S.LEAVING), tuple(map(Note, written.events))


def _remember_left(tap: Tap, _: CardLeft, __: Moment) -> Outcome:
    return (tap if tap.after is _S.NO_READER else replace(tap, after=_S.EMPTY)), ()


def _remember_lost(tap: Tap, happened: ReaderLost, moment: Moment) -> Outcome:
    note = () if tap.after is _S.NO_READER else (_lost_note(tap, happened, moment),)
    return replace(tap, after=_S.NO_READER), note


def _left(tap: Tap, _: CardLeft, __: Moment) -> Outcome:
    return replace(tap, state=_S.EMPTY), ()


def _decide(tap: Tap, presentation: Presentation) -> Outcome:
    tap = replace(tap, state=_S.DECIDING, presentation=presentation)
    return tap, (Decide(tap.number, presentation),)


def _cut(tap: Tap, cause: str) -> Outcome:
    """The conversation is void, whatever was said in it: the card that came first did not finish it."""
    return _decide(replace(tap, cause=cause), bare(tap.uid, Reason.PULLED_AWAY))


def _lost_note(tap: Tap, happened: ReaderLost, moment: Moment) -> Note:
    return Note(note_event(EventKind.READER_LOST, moment, tap.settings.point, why=happened.why))


Action: TypeAlias = Callable[[Tap, Any, Moment], Outcome]

_AFTER_COMMIT = frozenset({_S.SERVING, _S.WRITING, _S.LEAVING, _S.EMPTY, _S.NO_READER})

TABLE: dict[tuple[TapState, type], tuple[Action, frozenset[TapState]]] = {
    (_S.STARTING, ReaderBack): (_reader_back, frozenset({_S.EMPTY})),
    (_S.STARTING, ReaderLost): (_reader_lost, frozenset({_S.NO_READER})),
    (_S.NO_READER, ReaderBack): (_reader_back, frozenset({_S.EMPTY})),
    (_S.EMPTY, CardArrived): (_card_arrived, frozenset({_S.READING, _S.DECIDING})),
    (_S.EMPTY, ReaderLost): (_reader_lost, frozenset({_S.NO_READER})),
    (_S.READING, CardRead): (_card_read, frozenset({_S.DECIDING})),
    (_S.READING, CardArrived): (_other_card, frozenset({_S.READING, _S.DECIDING})),
    (_S.READING, CardLeft): (_left_while_reading, frozenset({_S.DECIDING})),
    (_S.READING, ReaderLost): (_lost_while_reading, frozenset({_S.DECIDING})),
    (_S.DECIDING, Decided): (_decided, frozenset({_S.COMMITTING})),
    (_S.DECIDING, CardLeft): (_remember_left, frozenset({_S.DECIDING})),
    (_S.DECIDING, ReaderLost): (_remember_lost, frozenset({_S.DECIDING})),
    (_S.COMMITTING, Committed): (_committed, _AFTER_COMMIT),
    (_S.COMMITTING, CommitLate): (_commit_late, _AFTER_COMMIT),
    (_S.COMMITTING, CardLeft): (_remember_left, frozenset({_S.COMMITTING})),
    (_S.COMMITTING, ReaderLost): (_remember_lost, frozenset({_S.COMMITTING})),
    (_S.SERVING, Served): (_served, frozenset({_S.WRITING, _S.LEAVING, _S.EMPTY})),
    (_S.SERVING, CardLeft): (_remember_left, frozenset({_S.SERVING})),
    (_S.SERVING, ReaderLost): (_lost_while_serving, frozenset({_S.NO_READER})),
    (_S.WRITING, WrittenBack): (_written_back, frozenset({_S.LEAVING})),
    (_S.WRITING, CardLeft): (_left, frozenset({_S.EMPTY})),
    (_S.WRITING, ReaderLost): (_reader_lost, frozenset({_S.NO_READER})),
    (_S.LEAVING, CardLeft): (_left, frozenset({_S.EMPTY})),
    (_S.LEAVING, CardArrived): (_card_arrived, frozenset({_S.LEAVING, _S.READING, _S.DECIDING})),
    (_S.LEAVING, ReaderLost): (_reader_lost, frozenset({_S.NO_READER})),
}
"""(where we are, what happened) → (what to do, where it may lead)."""
