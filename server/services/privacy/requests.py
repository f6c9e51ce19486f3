"""Requests of people about their own data, on the data base: asked, checked, answered in time, and what was done."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from server.services import audit
from server.services.people import holders
from server.services.privacy import forgetting, request_life
from server.services.privacy.aims import Aim
from server.services.privacy.request_life import ANSWER_WITHIN_MS, OPEN, Clock, Kind, State, Step, Way
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import PrivacyRequestRow, PrivacyStepRow
from server.tables.privacy import TEXT_MAX_CHARS

COUNTER = "privacy_request"
LIST_MAX = 500
Lines = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_MAX_CHARS, pattern=r"^[^\x00-\x08]*$")]


class RequestIn(BaseModel):
    """Who asks for what, and how."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^\P{Cc}*$")]
    holder_id: str | None = Field(default=None, max_length=26)
    """Whose data, once it is known."""
    way: Way
    text: Lines = ""


class StepIn(BaseModel):
    """What is done with it: how it was checked, what was answered, why it is refused."""

    model_config = ConfigDict(extra="forbid")

    step: Step
    note: Annotated[Lines, Field(min_length=1)]
    holder_id: str | None = Field(default=None, max_length=26)
    aim: Aim | None = None
    """Of a deletion: for this purpose alone; None for everything."""


class StepView(BaseModel):
    """One line of its history."""

    turn: int
    at_ms: int
    actor: str
    step: Step | None
    """None: it was asked."""
    note: str


class RequestView(BaseModel):
    """A request with its clock."""

    number: int
    kind: Kind
    holder_id: str | None
    name: str
    way: Way
    text: str
    state: State
    handler: str
    asked_ms: int
    due_ms: int
    closed_ms: int | None
    clock: Clock


class RequestFile(BaseModel):
    """A request with its history and what can be done now."""

    request: RequestView
    history: list[StepView]
    steps: list[Step]


def ask(work: Work, given: RequestIn) -> RequestView:
    """Note a request; its clock begins now. Problem NOT_FOUND."""
    if given.holder_id is not None:
        holders.row_of(work.session, given.holder_id)
    row = PrivacyRequestRow(
        number=work.next_number(COUNTER),
        **given.model_dump(mode="json"),
        state=State.ASKED.value,
        asked_ms=work.now_ms,
        due_ms=work.now_ms + ANSWER_WITHIN_MS,
    )
    work.session.add(row)
    work.session.flush()
    _note(work, row, "", given.text)
    audit.record(work, "privacy.ask", f"request:{row.number}", after={"kind": given.kind, "due_ms": row.due_ms})
    return _view(row, work.now_ms)


def take(work: Work, number: int, given: StepIn) -> RequestView:
    """Do something with it; a deletion deletes. Problem NOT_FOUND, WRONG_STATE, INVALID, IN_USE (not yet possible)."""
    row = work.session.get(PrivacyRequestRow, number, with_for_update=True)
    if row is None:
        raise not_found("request", number)
    state = request_life.after(State(row.state), given.step)
    if state is None:
        raise Problem(Code.WRONG_STATE, f"{given.step} is not possible in the state {row.state}.")
    if given.step is Step.CHECK:
        row.holder_id = given.holder_id or row.holder_id
        if row.holder_id is None:
            raise Problem(Code.INVALID, "Say whose data it is.", fields={"holder_id": "missing"})
        holders.row_of(work.session, row.holder_id)
    before = row.state
    row.state, row.handler = state.value, work.actor.name
    row.closed_ms = None if state in OPEN else work.now_ms
    work.session.add(row)
    _note(work, row, given.step.value, given.note)
    audit.record(
        work, "privacy.step", f"request:{number}", before={"state": before}, after={"state": state, "step": given.step}
    )
    if given.step is Step.DO and row.kind == Kind.DELETION and row.holder_id is not None:
        why = reason_of(number)
        if given.aim is None:
            forgetting.forget(work, row.holder_id, why=why)
        else:
            forgetting.forget_aim(work, row.holder_id, given.aim, why=why)
        work.session.refresh(row)
    return _view(row, work.now_ms)


def reason_of(number: int) -> str:
    """The reason that a deletion on a request has in the trail."""
    return f"request {number}"


def get(session: Session, number: int, now_ms: int) -> RequestFile:
    """One request; Problem NOT_FOUND."""
    row = session.get(PrivacyRequestRow, number)
    if row is None:
        raise not_found("request", number)
    mine = select(PrivacyStepRow).where(PrivacyStepRow.number == number).order_by(col(PrivacyStepRow.turn))
    history = [
        StepView(
            turn=one.turn, at_ms=one.at_ms, actor=one.actor, step=Step(one.step) if one.step else None, note=one.note
        )
        for one in session.exec(mine)
    ]
    return RequestFile(request=_view(row, now_ms), history=history, steps=request_life.steps_from(State(row.state)))


def listing(session: Session, now_ms: int, *, over: bool = False) -> list[RequestView]:
    """Open ones, the soonest due first; or those that are over, the newest first."""
    is_open = col(PrivacyRequestRow.state).in_([state.value for state in OPEN])
    statement = select(PrivacyRequestRow).where(~is_open if over else is_open)
    number = col(PrivacyRequestRow.number)
    order = [number.desc()] if over else [col(PrivacyRequestRow.due_ms), number]
    return [_view(row, now_ms) for row in session.exec(statement.order_by(*order).limit(LIST_MAX))]


def overdue(session: Session, now_ms: int) -> int:
    """How many have no answer although their time is over."""
    return sum(view.clock is Clock.OVERDUE for view in listing(session, now_ms))


def _note(work: Work, row: PrivacyRequestRow, step: str, note: str) -> None:
    row.turn += 1
    work.session.add(row)
    work.session.add(
        PrivacyStepRow(number=row.number, turn=row.turn, at_ms=work.now_ms, actor=work.actor.name, step=step, note=note)
    )
    work.session.flush()


def _view(row: PrivacyRequestRow, now_ms: int) -> RequestView:
    known = row.model_dump(include=set(RequestView.model_fields))
    how = request_life.clock(State(row.state), row.due_ms, row.closed_ms, now_ms)
    return RequestView.model_validate(known | {"clock": how})
