"""Cases of people who were not seen: opened by a look or by hand, moved by people and clocks, counted (care_case)."""

from collections import Counter
from collections.abc import Collection
from enum import StrEnum

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS, MINUTE_MS
from card_protocol.words.point import PointKind
from server.services import audit
from server.services.care import care_case, care_tally, care_watch
from server.services.care.care_case import FALSE_ALARMS, TRUE_ALARMS, Case, Deed, Stage
from server.services.care.care_watch import Absence
from server.services.care.rhythm import Status
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import CareCaseRow, CareStepRow, CareWatchRow, HolderRow, PointRow

NOTE_MAX_CHARS = 500
TURN = "care.case"
COUNTED_DAYS = 90
ABSENCES = {Deed.AWAY: Absence.AWAY, Deed.HOSPITAL: Absence.HOSPITAL}
BY_HAND = (Deed.NOT_REACHED, Deed.VISITING, Deed.WELL, Deed.AWAY, Deed.HOSPITAL, Deed.HELPED)
"""What a person can say of a case; the rest happens by itself."""


class StepView(BaseModel):
    """One thing that happened with a case."""

    at_ms: int
    deed: Deed | None
    """None: it was opened."""
    stage: Stage
    actor: str
    note: str


class CaseView(BaseModel):
    """A case; `due_ms` None when it is closed."""

    id: str
    holder_id: str
    name: str
    house: str
    stage: Stage
    due_ms: int | None
    opened_ms: int
    opened_by: str
    last_ms: int | None
    silence_ms: int
    usual_ms: int
    outcome: Deed | None
    closed_ms: int | None
    steps: list[StepView]

    @property
    def worry(self) -> str:
        """What was said when it was opened: who is worried, and why."""
        return next((step.note for step in self.steps if step.deed is None), "")


class PersonView(BaseModel):
    """Somebody on the board. Never where they were: when is enough."""

    holder_id: str
    name: str
    house: str
    status: Status
    last_ms: int | None
    silence_ms: int
    usual_ms: int
    samples: int
    unknown_since_ms: int | None
    away_until_ms: int | None
    looked_ms: int
    """0: not yet."""
    contact_name: str
    contact_phone: str
    home_point: str | None
    case: CaseView | None

    @property
    def known(self) -> bool:
        """Whether a look, or somebody's word, says how things stand."""
        return bool(self.looked_ms) or self.status is not Status.NEVER

    @property
    def counted_since_ms(self) -> int | None:
        """Since when `silence_ms` counts, where that is later than `last_ms`: an outage ended, or somebody met them."""
        if self.last_ms is None or self.silence_ms + MINUTE_MS >= self.looked_ms - self.last_ms:
            return None
        return self.looked_ms - self.silence_ms


class Counts(BaseModel):
    """Closed cases of the last 90 days: alarms that were true, that were false, and how each ended."""

    true_alarms: int
    false_alarms: int
    outcomes: dict[Deed, int]


class BoardView(BaseModel):
    """The board, the most urgent first."""

    people: list[PersonView]
    counts: Counts
    looked_ms: int


class Order(StrEnum):
    """How things stand, the most urgent first."""

    CASE = "case"
    UNKNOWN = "unknown"
    NEVER = "never"
    GONE = "gone"
    WELL = "well"


def open_case(work: Work, holder_id: str, *, by_hand: bool = False, note: str = "") -> CaseView:
    """A case of somebody who is watched; the one that is open already, if there is one.

    Problem NOT_FOUND (not watched), WRONG_STATE (no consent).
    """
    watch = care_watch.row_of(work.session, holder_id)
    work.take_turn(TURN)  # another look, or somebody at the board, may be about to open the same
    if not consents.is_given(work.session, holder_id, Purpose.NOT_SEEN):
        raise Problem(Code.WRONG_STATE, "The person has not consented to being asked after.")
    row = _open_of(work.session, holder_id)
    if row is None:
        case = care_case.opened(work.now_ms)
        row = CareCaseRow(
            id=work.new_id(),
            holder_id=holder_id,
            stage=case.stage.value,
            due_ms=case.due_ms,
            opened_ms=work.now_ms,
            opened_by=work.actor.name if by_hand else "",
            last_ms=watch.last_ms,
            silence_ms=watch.silence_ms,
            usual_ms=watch.usual_ms,
        )
        work.session.add(row)
        work.session.flush()
        _note(work, row, "", work.now_ms, note)
        audit.record(work, "care.case", f"holder:{holder_id}", after={"case": row.id, "by_hand": by_hand})
        work.tell("care", {})
    return view_of(work.session, row)


def act(work: Work, case_id: str, deed: Deed, note: str = "") -> CaseView:
    """Somebody did something about it. Problem NOT_FOUND, WRONG_STATE (it is closed, perhaps just now by another)."""
    row = work.session.get(CareCaseRow, case_id, with_for_update=True)
    if row is None:
        raise not_found("case", case_id)
    catch_up(work, row)
    after = care_case.step(_case(row), deed, work.now_ms)
    if after is None:
        raise Problem(Code.WRONG_STATE, f"The case is closed: {row.outcome}.")
    _take(work, row, deed, after, work.now_ms, note)
    if deed in ABSENCES:
        care_watch.leave(work, row.holder_id, ABSENCES[deed], None)
    elif after.stage is Stage.CLOSED:
        care_watch.look_now(work, row.holder_id)
    audit.record(work, "care.deed", f"holder:{row.holder_id}", after={"case": row.id, "deed": deed})
    return view_of(work.session, row)


def catch_up(work: Work, row: CareCaseRow) -> None:
    """Let every clock that has run out be heard."""
    for at_ms, after in care_case.caught_up(_case(row), work.now_ms):
        _take(work, row, Deed.OVERDUE, after, at_ms, "")


def take_open(work: Work, holder_ids: Collection[str]) -> dict[str, CareCaseRow]:
    """Person -> their open case, held: until the end of this transaction nobody else opens, moves or closes one."""
    work.take_turn(TURN)
    mine = select(CareCaseRow).where(
        CareCaseRow.stage != Stage.CLOSED.value, col(CareCaseRow.holder_id).in_(holder_ids)
    )
    held = mine.order_by(col(CareCaseRow.id)).with_for_update()
    return {row.holder_id: row for row in work.session.exec(held)}


def all_open(session: Session) -> list[CareCaseRow]:
    """Cases that are not closed, the oldest first."""
    still = select(CareCaseRow).where(CareCaseRow.stage != Stage.CLOSED.value)
    return list(session.exec(still.order_by(col(CareCaseRow.opened_ms))))


def board(session: Session, now_ms: int) -> BoardView:
    """Everybody who is watched."""
    open_ = {row.holder_id: row for row in all_open(session)}
    rows = session.exec(select(CareWatchRow, HolderRow).where(CareWatchRow.holder_id == HolderRow.id)).all()
    people = [_person(session, watch, holder, open_.get(holder.id), now_ms) for watch, holder in rows]
    people.sort(key=lambda one: (list(Order).index(order_of(one)), one.case.due_ms or 0 if one.case else 0, one.house))
    looked = max((watch.looked_ms for watch, _ in rows), default=0)
    return BoardView(people=people, counts=counts(session, now_ms), looked_ms=looked)


def person(session: Session, holder: HolderRow, now_ms: int) -> PersonView | None:
    """One of the board; None when nobody watches them."""
    watch = session.get(CareWatchRow, holder.id)
    return None if watch is None else _person(session, watch, holder, _open_of(session, holder.id), now_ms)


def order_of(person: PersonView) -> Order:
    """Where somebody stands on the board."""
    if person.case is not None or person.status is Status.SILENT:
        return Order.CASE
    if person.status in (Status.UNKNOWN, Status.NEVER):
        return Order(person.status.value)
    return Order.WELL if person.status is Status.WELL else Order.GONE


def counts(session: Session, now_ms: int) -> Counts:
    """What became of the cases of the last 90 days, those of people who were forgotten since among them."""
    since = now_ms - COUNTED_DAYS * DAY_MS
    found = care_tally.outcomes(session, since)
    tally = Counter({Deed(outcome): number for outcome, number in found.items()})
    return Counts(
        true_alarms=sum(tally[deed] for deed in TRUE_ALARMS),
        false_alarms=sum(tally[deed] for deed in FALSE_ALARMS),
        outcomes=dict(sorted(tally.items())),
    )


def get(session: Session, case_id: str) -> CaseView:
    """One case; Problem NOT_FOUND."""
    row = session.get(CareCaseRow, case_id)
    if row is None:
        raise not_found("case", case_id)
    return view_of(session, row)


def of_person(session: Session, holder_id: str, most: int = 20) -> list[CaseView]:
    """Somebody's cases, newest first."""
    mine = select(CareCaseRow).where(CareCaseRow.holder_id == holder_id)
    rows = session.exec(mine.order_by(col(CareCaseRow.opened_ms).desc()).limit(most)).all()
    return [view_of(session, row) for row in rows]


def close(work: Work, row: CareCaseRow, deed: Deed) -> None:
    """It ends by itself: they were seen, or do not want to be asked after any more."""
    after = care_case.step(_case(row), deed, work.now_ms)
    if after is not None:
        _take(work, row, deed, after, work.now_ms, "")


def view_of(session: Session, row: CareCaseRow) -> CaseView:
    """Row -> view."""
    holder = session.get(HolderRow, row.holder_id)
    steps = session.exec(select(CareStepRow).where(CareStepRow.case_id == row.id).order_by(col(CareStepRow.id)))
    return CaseView(
        **row.model_dump(exclude={"stage", "outcome"}),
        name=holder.name if holder else "",
        house=(holder.house if holder else "") or "",
        stage=Stage(row.stage),
        outcome=Deed(row.outcome) if row.outcome else None,
        steps=[
            StepView(
                at_ms=s.at_ms, deed=Deed(s.deed) if s.deed else None, stage=Stage(s.stage), actor=s.actor, note=s.note
            )
            for s in steps
        ],
    )


def home_points(session: Session) -> list[PointRow]:
    """Points at doors of homes."""
    return list(session.exec(select(PointRow).where(PointRow.kind == PointKind.HOME_VISIT.value).order_by(PointRow.id)))


def _person(
    session: Session, watch: CareWatchRow, holder: HolderRow, case: CareCaseRow | None, now_ms: int
) -> PersonView:
    absence = care_watch.absence_of(session, holder.id, now_ms)
    return PersonView(
        holder_id=holder.id,
        name=holder.name,
        house=holder.house or "",
        status=Status(watch.status),
        away_until_ms=absence.to_ms if absence else None,
        case=view_of(session, case) if case else None,
        **watch.model_dump(include={"last_ms", "silence_ms", "usual_ms", "samples", "unknown_since_ms", "looked_ms"}),
        **watch.model_dump(include={"contact_name", "contact_phone", "home_point"}),
    )


def _open_of(session: Session, holder_id: str) -> CareCaseRow | None:
    mine = select(CareCaseRow).where(CareCaseRow.holder_id == holder_id, CareCaseRow.stage != Stage.CLOSED.value)
    return session.exec(mine).first()


def _case(row: CareCaseRow) -> Case:
    return Case(Stage(row.stage), row.due_ms, Deed(row.outcome) if row.outcome else None)


def _take(work: Work, row: CareCaseRow, deed: Deed, after: Case, at_ms: int, note: str) -> None:
    row.stage, row.due_ms = after.stage.value, after.due_ms
    row.outcome = after.outcome.value if after.outcome else None
    row.closed_ms = work.now_ms if after.stage is Stage.CLOSED else None
    work.session.add(row)
    _note(work, row, deed.value, at_ms, note)
    work.tell("care", {})


def _note(work: Work, row: CareCaseRow, deed: str, at_ms: int, note: str) -> None:
    by_itself = deed in (Deed.OVERDUE, Deed.SEEN, Deed.WITHDRAWN) or (not deed and not row.opened_by)
    step = CareStepRow(
        case_id=row.id,
        at_ms=at_ms,
        deed=deed,
        stage=row.stage,
        actor="" if by_itself else work.actor.name,
        note=note.strip()[:NOTE_MAX_CHARS],
    )
    work.session.add(step)
    work.session.flush()
