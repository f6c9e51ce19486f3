"""What if? Last month's taps judged by the rules of now and by changed ones: where they differ (`onecard whatif`).

Both sides see the card as it was at the tap and the situation that the gateway noted, so that only the change shows.
What a gateway had no reason to note (who was inside an area without rules) is not known afterwards, and does not count.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails
from sqlmodel import Session, col, select

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.replay import decide_again, was_decided
from card_protocol.policy.rules import CardEntry, PolicyHead
from card_protocol.words.base import PROBLEMS_MAX, Place, canonical_json, problems
from card_protocol.words.event import Event, EventKind
from card_protocol.words.ids import Slug
from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from server.services.access import past
from server.services.cards import revocations
from server.services.policies import heads
from server.services.problems import Code, Problem
from server.tables import EventRow
from server.tables.event import to_event

SPAN_MS: Final = 31 * DAY_MS
TAPS_MAX: Final = 500_000
DIFFERENCES_MAX: Final = 500
READ_ROWS: Final = 2000
_NAMED: Final = ("points", "levels", "schedules", "areas")

K = TypeVar("K")
V = TypeVar("V")


class Change(BaseModel):
    """A change of rules: things by their id with the fields that change, or as a whole when they are new."""

    model_config = ConfigDict(extra="forbid")

    points: list[dict[str, Any]] = Field(default=[], max_length=1000)
    levels: list[dict[str, Any]] = Field(default=[], max_length=1000)
    schedules: list[dict[str, Any]] = Field(default=[], max_length=1000)
    areas: list[dict[str, Any]] = Field(default=[], max_length=1000)
    remove_levels: list[Slug] = []
    remove_areas: list[Slug] = []
    calendar: dict[str, Any] | None = None
    """Instead of the holidays and make-up workdays of now."""
    privileges: dict[str, Any] | None = None


class Difference(BaseModel):
    """Taps of one card at one point that would have come out otherwise."""

    point: str
    card_id: str
    before: Reason
    after: Reason
    taps: int
    first_event: int
    last_event: int
    last_ms: int


class Outcome(BaseModel):
    """What came of it. `truncated`: there were more taps, or more differences, than are looked at."""

    from_ms: int
    to_ms: int
    taps: int
    differing: int
    truncated: bool
    differences: list[Difference]


class ChangeRefused(Problem):
    """A change that makes no policy. `faults`: where, by the ids that were written, and what was found there."""

    def __init__(self, detail: str, faults: list[tuple[str, ErrorDetails]]) -> None:
        super().__init__(Code.INVALID, detail)
        self.faults = faults[:PROBLEMS_MAX]


def what_if(session: Session, community: str, change: Change, now_ms: int) -> Outcome:
    """Judge last month by changed rules; ChangeRefused when the change makes no policy."""
    head = heads.whole(session, community, now_ms, revocations.newest(session))
    changed = apply(head, change)
    from_ms = now_ms - SPAN_MS
    cards = _Cards(session)
    found: dict[tuple[str, str, Reason, Reason], Difference] = {}
    taps = differing = 0
    for row, event in _taps(session, from_ms, now_ms):
        taps += 1
        before, after = _judge(head, event, cards.at(row, event)), _judge(changed, event, cards.at(row, event))
        if before is not after:
            differing += 1
            _note(found, row, event, before, after)
    ordered = sorted(found.values(), key=lambda one: (-one.taps, one.point, one.card_id))
    return Outcome(
        from_ms=from_ms,
        to_ms=now_ms,
        taps=taps,
        differing=differing,
        truncated=taps >= TAPS_MAX or len(ordered) > DIFFERENCES_MAX,
        differences=ordered[:DIFFERENCES_MAX],
    )


def apply(head: PolicyHead, change: Change) -> PolicyHead:
    """The rules after the change; ChangeRefused says what is wrong with it."""
    plain = head.model_dump(mode="json", exclude_none=True)
    for kind in _NAMED:
        plain[kind] = _merged(plain[kind], getattr(change, kind), kind)
    for kind, gone in (("levels", change.remove_levels), ("areas", change.remove_areas)):
        known = {one["id"] for one in plain[kind]}
        if missing := sorted(set(gone) - known):
            said = f"There is nothing called {', '.join(missing)} among the {kind}."
            raise _refused(said, f"remove_{kind}", "removes_nothing", kind=kind, missing=", ".join(missing))
        plain[kind] = [one for one in plain[kind] if one["id"] not in gone]
    for kind, value in (("calendar", change.calendar), ("privileges", change.privileges)):
        if value is not None:
            plain[kind] = value
    try:
        return PolicyHead.model_validate_json(canonical_json(plain))
    except ValidationError as error:
        raise _unfit(error, "The change makes no policy: ", _by_id(plain)) from None


def _by_id(plain: dict[str, Any]) -> Callable[[Place], Place]:
    """Whoever wrote `id = "clinic"` cannot know that it is the third of all points."""

    def named(place: Place) -> Place:
        if len(place) < 2 or place[0] not in _NAMED or not isinstance(place[1], int):
            return place
        return (place[0], str(plain[str(place[0])][place[1]]["id"]), *place[2:])

    return named


def _merged(standing: list[dict[str, Any]], changes: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    by_id = {one["id"]: one for one in standing}
    numbers = [one["number"] for one in standing if "number" in one]
    for given in changes:
        change, name = given, given.get("id")
        if not isinstance(name, str):
            raise _refused(f"Each of the {kind} needs an id.", kind, "change_without_id", kind=kind)
        before = by_id.get(name)
        if before is None and kind in ("levels", "areas") and "number" not in change:
            numbers.append(max(numbers, default=0) + 1)
            change = {"number": numbers[-1], **change}
        by_id[name] = {**(before or {}), **change}
    return list(by_id.values())


class _Cards:
    """Cards as they were, each looked up once a state."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seqs: dict[tuple[str, int], int] = {}
        self._entries: dict[tuple[str, int], CardEntry | None] = {}

    def at(self, row: EventRow, event: Event) -> CardEntry | None:
        if event.card_id is None:
            return None
        seq = _remembered(self._seqs, (row.gateway_id, event.policy_version or 0), self._seq)
        return _remembered(self._entries, (event.card_id, seq), self._entry)

    def _seq(self, key: tuple[str, int]) -> int:
        # A policy from before the past was kept: the card of now is the best guess.
        found = past.cards_seq_of(self._session, *key)
        return 2**62 if found is None else found

    def _entry(self, key: tuple[str, int]) -> CardEntry | None:
        return past.card_at(self._session, *key)


def _remembered(known: dict[K, V], key: K, ask: Callable[[K], V]) -> V:
    if key not in known:
        known[key] = ask(key)
    return known[key]


def _judge(head: PolicyHead, event: Event, entry: CardEntry | None) -> Reason:
    # The policy's own age is not what is asked about.
    fresh = head.model_copy(update={"expires_ms": event.wall_ms + 1})
    return decide_again(event, MemoryBook(fresh, [entry] if entry is not None else [])).reason


def _taps(session: Session, from_ms: int, to_ms: int) -> Iterator[tuple[EventRow, Event]]:
    last = 0
    for _ in range(TAPS_MAX // READ_ROWS):
        statement = select(EventRow).where(
            EventRow.kind == EventKind.TAP.value,
            EventRow.wall_ms >= from_ms,
            EventRow.wall_ms < to_ms,
            col(EventRow.id) > last,
        )
        rows = list(session.exec(statement.order_by(col(EventRow.id)).limit(READ_ROWS)))
        for row in rows:
            event = to_event(row)
            if was_decided(event):
                yield row, event
        if len(rows) < READ_ROWS:
            return
        last = rows[-1].id or 0
        session.expunge_all()


def _note(
    found: dict[tuple[str, str, Reason, Reason], Difference], row: EventRow, event: Event, before: Reason, after: Reason
) -> None:
    who = event.card_id or event.uid or ""
    key = (event.point or "", who, before, after)
    known = found.get(key)
    number = row.id or 0
    if known is None:
        found[key] = Difference(
            point=key[0], card_id=who, before=before, after=after, taps=1, first_event=number, last_event=number,
            last_ms=event.wall_ms,
        )  # fmt: skip
    else:
        known.taps, known.last_event, known.last_ms = known.taps + 1, number, event.wall_ms


def change_of(plain: Mapping[str, Any]) -> Change:
    """A change as somebody wrote it; ChangeRefused."""
    try:
        return Change.model_validate(plain)
    except ValidationError as error:
        raise _unfit(error, "", lambda place: place) from None


def _unfit(error: ValidationError, before: str, called: Callable[[Place], Place]) -> ChangeRefused:
    found = error.errors(include_url=False, include_input=False)
    return ChangeRefused(before + problems(error, called), [(_dotted(called(one["loc"])), one) for one in found])


def _refused(said: str, place: str, code: str, **context: str) -> ChangeRefused:
    fault: ErrorDetails = {"type": code, "loc": (place,), "msg": said, "input": None, "ctx": context}
    return ChangeRefused(said, [(place, fault)])


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))
