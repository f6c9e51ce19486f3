"""Lists: invited, excused, signed in by tap or by name, struck out. Attendance is kept of those who consent to it."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from card_protocol.profiles.membership import Standing
from card_protocol.words.event import Event, EventKind
from card_protocol.words.service import Service
from server.services import audit
from server.services.activities import activities, sign_in
from server.services.activities.activity_life import (
    OVER,
    PARTY_KINDS,
    TAKES_SIGN_INS,
    ActivityKind,
    ActivityState,
)
from server.services.activities.asked import LIST_MAX, ActivityView, InviteIn
from server.services.activities.quorum import Mark
from server.services.activities.sign_in import EARLY_MS, OUTCOMES, Span, Way
from server.services.party import members
from server.services.people import consents, holders
from server.services.people.consents import Purpose
from server.services.people.name_keys import KEY_MAX_CHARS, normal, squeezed
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission, require
from server.services.work import Work
from server.tables import ActivityRow, AttendanceRow, CardRow, HolderKeyRow, HolderRow

AT_ONCE_MAX = 8
"""Activities that may be on at one point at one time."""


def invite(work: Work, number: int, wanted: InviteIn) -> int:
    """Put people on the list; how many are new on it.

    Problem NOT_FOUND, WRONG_STATE, FORBIDDEN, TOO_MANY; INVALID for tags that nobody has, and for a branch of the Party
    on a list that others read: they would learn from it who is a member.
    """
    row = _open(work, number)
    if wanted.branch:
        require(work.actor, Permission.PARTY_WORK)
        if ActivityKind(row.kind) not in PARTY_KINDS:
            raise Problem(Code.INVALID, "A branch is invited to Party business alone.", fields={"branch": "not here"})
    ids = {*wanted.holders, *_tagged(work.session, wanted.tags)}
    ids |= {one.holder_id for one in members.listing(work.session, wanted.branch)} if wanted.branch else set()
    if wanted.tags and not ids:
        raise Problem(Code.INVALID, f"Nobody has a tag {', '.join(wanted.tags)}.", fields={"tags": "nobody's"})
    listed = _entries(work.session, number)
    if len(listed.keys() | ids) > LIST_MAX:
        raise Problem(Code.TOO_MANY, f"A list has at most {LIST_MAX} people.")
    fresh = 0
    for holder_id in sorted(ids):
        entry = listed.get(holder_id)
        if entry is None:
            holders.row_of(work.session, holder_id)
            votes = _votes(work.session, row, holder_id)
            entry = AttendanceRow(number=number, holder_id=holder_id, mark=Mark.INVITED.value, votes=votes)
            fresh += 1
        elif entry.mark == Mark.GUEST:
            entry.mark = Mark.PRESENT.value
            fresh += 1
        work.session.add(entry)
    work.session.flush()
    audit.record(work, "activity.invite", activities.subject(row), after={"people": fresh})
    activities.told(work, row)
    return fresh


def excuse(work: Work, number: int, holder_id: str, mark: Mark, why: str) -> ActivityView:
    """EXCUSED or EXEMPT with a reason, or INVITED again. Problem NOT_FOUND, WRONG_STATE (has come), INVALID."""
    row = _open(work, number)
    entry = _entry(work.session, number, holder_id)
    if mark not in (Mark.EXCUSED, Mark.EXEMPT, Mark.INVITED) or (mark is not Mark.INVITED and not why.strip()):
        raise Problem(Code.INVALID, "Say why.", fields={"why": "missing"})
    if Mark(entry.mark) not in (Mark.INVITED, Mark.EXCUSED, Mark.EXEMPT):
        raise Problem(Code.WRONG_STATE, f"They are {entry.mark}.")
    entry.mark, entry.why, entry.actor = mark.value, why.strip(), work.actor.name
    return _marked(work, row, entry)


def sign_by_name(work: Work, number: int, holder_id: str, *, consents_now: bool = False) -> ActivityView:
    """Somebody at the table sees them and ticks them off.

    Problem NOT_FOUND, WRONG_STATE (it is over, or the person has not consented to being noted and does not now).
    """
    row = _open(work, number)
    holders.row_of(work.session, holder_id)
    if not consents.is_given(work.session, holder_id, Purpose.ACTIVITY):
        if not consents_now:
            raise NoConsent
        consents.say(work, holder_id, Purpose.ACTIVITY, True)
    entry = _listed(work.session, number, holder_id)
    _opened(row)
    return _signed(work, row, entry, holder_id, Way.NAME, work.now_ms)


def strike(work: Work, number: int, holder_id: str, why: str) -> ActivityView:
    """Another person held the card: it counts as absent. Problem NOT_FOUND, INVALID (why?), WRONG_STATE (no tap)."""
    row = _open(work, number)
    entry = _entry(work.session, number, holder_id)
    if not why.strip():
        raise Problem(Code.INVALID, "Say why.", fields={"why": "missing"})
    mark = sign_in.struck(Mark(entry.mark), Way(entry.way) if entry.way else None)
    if mark is None:
        raise Problem(Code.WRONG_STATE, "They were not signed in by a card.")
    entry.mark, entry.why, entry.actor = mark.value, why.strip(), work.actor.name
    audit.record(work, "activity.strike", activities.subject(row), after={"card": entry.card_id}, why=why.strip())
    return _marked(work, row, entry)


def points(session: Session) -> frozenset[str]:
    """Points at which a tap is a sign-in."""
    return frozenset(row.id for row in activities.rooms(session))


def hear(work: Work, event: Event, rooms: Collection[str]) -> None:
    """A point has told somebody that they are signed in: what it says counts, whenever it comes in."""
    if event.kind is not EventKind.SERVED or event.detail.get("service") != Service.ATTENDED:
        return
    if event.point is None or event.point not in rooms or event.card_id is None:
        return
    card = work.session.get(CardRow, event.card_id)
    holder_id = card.holder_id if card is not None else None
    row = _meant(work.session, event.point, event.wall_ms, holder_id)
    if row is None:
        return
    work.session.refresh(row, with_for_update=True)
    _opened(row)
    if holder_id is None or not consents.is_given(work.session, holder_id, Purpose.ACTIVITY):
        _count_unnamed(work, row, event.card_id, event.wall_ms)
        return
    hasty = sign_in.is_hasty(_previous_ms(work.session, row.number, event.card_id, event.wall_ms), event.wall_ms)
    entry = _listed(work.session, row.number, holder_id)
    _signed(work, row, entry, holder_id, Way.TAP, event.wall_ms, card_id=event.card_id, hasty=hasty)


class NoConsent(Problem):
    """Told apart, because the table can ask for it."""

    def __init__(self) -> None:
        super().__init__(Code.WRONG_STATE, "The person has not consented to being noted.")


def _signed(
    work: Work,
    row: ActivityRow,
    entry: AttendanceRow | None,
    holder_id: str,
    way: Way,
    at_ms: int,
    *,
    card_id: str | None = None,
    hasty: bool = False,
) -> ActivityView:
    before = Mark(entry.mark) if entry is not None else None
    mark = OUTCOMES[before, way]
    if entry is None:
        votes = _votes(work.session, row, holder_id)
        entry = AttendanceRow(number=row.number, holder_id=holder_id, mark="", votes=votes)
    if mark is not before:
        entry.mark, entry.way, entry.at_ms = mark.value, way.value, at_ms
        entry.card_id, entry.hasty = card_id, hasty
        entry.actor, entry.why = (work.actor.name if way is Way.NAME else ""), ""
    return _marked(work, row, entry)


def _marked(work: Work, row: ActivityRow, entry: AttendanceRow) -> ActivityView:
    work.session.add(entry)
    work.session.flush()
    return activities.told(work, row)


def _opened(row: ActivityRow) -> None:
    """The first sign-in opens it."""
    if row.state == ActivityState.PLANNED:
        row.state = ActivityState.SIGN_IN.value


def _open(work: Work, number: int) -> ActivityRow:
    row = activities.locked(work, number)
    if ActivityState(row.state) not in TAKES_SIGN_INS:
        raise Problem(Code.WRONG_STATE, f"It is {row.state}.")
    return row


def _meant(session: Session, point: str, at_ms: int, holder_id: str | None) -> ActivityRow | None:
    """The activity that a tap is for."""
    around = (
        select(ActivityRow)
        .where(ActivityRow.point == point, ActivityRow.from_ms <= at_ms + EARLY_MS, ActivityRow.to_ms >= at_ms)
        .where(ActivityRow.state != ActivityState.CALLED_OFF.value)
        .order_by(col(ActivityRow.from_ms).desc())
        .limit(AT_ONCE_MAX)
    )
    rows = {str(row.number): row for row in session.exec(around)}
    expected = _expecting(session, [row.number for row in rows.values()], holder_id)
    spans = [Span(key, row.from_ms, row.to_ms, row.number in expected) for key, row in rows.items()]
    found = sign_in.which(spans, at_ms)
    return rows[found] if found is not None else None


def _expecting(session: Session, numbers: list[int], holder_id: str | None) -> set[int]:
    away = [Mark.INVITED.value, Mark.EXCUSED.value, Mark.EXEMPT.value]
    mine = (col(AttendanceRow.number).in_(numbers)) & (col(AttendanceRow.holder_id) == holder_id)
    return set(session.exec(select(AttendanceRow.number).where(mine, col(AttendanceRow.mark).in_(away))))


def _count_unnamed(work: Work, row: ActivityRow, card_id: str, at_ms: int) -> None:
    over = ActivityState(row.state) in OVER
    same = (col(AttendanceRow.number) == row.number) & (col(AttendanceRow.card_id) == card_id)
    if over or work.session.exec(select(AttendanceRow.id).where(same)).first() is not None:
        return
    unnamed = AttendanceRow(
        number=row.number, mark=Mark.GUEST.value, votes=False, way=Way.TAP.value, at_ms=at_ms, card_id=card_id
    )
    _marked(work, row, unnamed)


def _previous_ms(session: Session, number: int, card_id: str, at_ms: int) -> int | None:
    """When the last other card signed in before this one."""
    others = (col(AttendanceRow.number) == number) & (col(AttendanceRow.card_id) != card_id)
    before = others & (col(AttendanceRow.at_ms) <= at_ms) & (col(AttendanceRow.way) == Way.TAP.value)
    latest = select(AttendanceRow.at_ms).where(before).order_by(col(AttendanceRow.at_ms).desc())
    return session.exec(latest.limit(1)).first()


def _votes(session: Session, row: ActivityRow, holder_id: str) -> bool:
    """In a Party meeting full members vote, and who is on probation does not (中国共产党章程 art. 7)."""
    if ActivityKind(row.kind) not in PARTY_KINDS:
        return True
    return members.standing_of(session, holder_id) is Standing.FULL


def _tagged(session: Session, tags: list[str]) -> set[str]:
    found: set[str] = set()
    for tag in tags:
        key = squeezed(normal(tag))[:KEY_MAX_CHARS]
        keyed = select(HolderRow).join(HolderKeyRow).where(HolderKeyRow.key == key).limit(LIST_MAX + 1)
        found |= {person.id for person in session.exec(keyed) if tag in person.tags}
    return found


def _entries(session: Session, number: int) -> dict[str, AttendanceRow]:
    named = select(AttendanceRow).where(AttendanceRow.number == number, col(AttendanceRow.holder_id).is_not(None))
    return {entry.holder_id or "": entry for entry in session.exec(named)}


def _listed(session: Session, number: int, holder_id: str) -> AttendanceRow | None:
    mine = select(AttendanceRow).where(AttendanceRow.number == number, AttendanceRow.holder_id == holder_id)
    return session.exec(mine).first()


def _entry(session: Session, number: int, holder_id: str) -> AttendanceRow:
    entry = _listed(session, number, holder_id)
    if entry is None:
        raise not_found("person on the list", holder_id)
    return entry
