"""Tickets on the data base: opened, talked about, moved; each party reads what is for it."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from server.services import audit
from server.services.incidents.incident_asked import Lines, Sentence
from server.services.paging import PAGE_DEFAULT_ITEMS, Page, bounded, cut, number_after
from server.services.people.cells import house_kept
from server.services.problems import Code, Problem, not_found
from server.services.property.ticket_life import Party, TicketState, TicketStep, after, open_steps, party_of, readers
from server.services.roles import Role
from server.services.work import Actor, Work
from server.tables import TicketMessageRow, TicketRow

COUNTER = "ticket"
MESSAGES_MAX = 500


class TicketKind(StrEnum):
    """What it is."""

    REPAIR = "repair"
    TALK = "talk"
    """A conversation about a house."""


class MessageIn(BaseModel):
    """A message: words, who speaks, and who may read them."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Lines, Field(min_length=1)]
    speaker: Party | None = None
    """None: the writer's own party. The community writes down what a resident says."""
    audience: frozenset[Party] = frozenset(Party)
    step: TicketStep = TicketStep.SAY
    assignee: Annotated[str, StringConstraints(max_length=80, pattern=r"^\P{Cc}*$")] = ""


class TicketIn(BaseModel):
    """A ticket with its first message."""

    model_config = ConfigDict(extra="forbid")

    kind: TicketKind = TicketKind.REPAIR
    title: Sentence
    house: Annotated[
        str, StringConstraints(min_length=1, max_length=100, pattern=r"^\P{Cc}*$"), AfterValidator(house_kept)
    ]
    message: MessageIn


class TicketView(BaseModel):
    """A ticket for screens."""

    number: int
    kind: TicketKind
    title: str
    house: str
    state: TicketState
    assignee: str
    opened_by: str
    opened_ms: int
    changed_ms: int


class MessageView(BaseModel):
    """One message."""

    turn: int
    at_ms: int
    actor: str
    party: Party
    audience: list[Party]
    step: TicketStep
    text: str


class TicketFile(BaseModel):
    """A ticket with what a party may read and do."""

    ticket: TicketView
    messages: list[MessageView]
    steps: list[TicketStep]


def open_ticket(work: Work, given: TicketIn) -> TicketView:
    """A new one; Problem INVALID."""
    row = TicketRow(
        number=work.next_number(COUNTER),
        **given.model_dump(mode="json", exclude={"message"}),
        state=TicketState.OPEN.value,
        opened_by=work.actor.name,
        opened_ms=work.now_ms,
        changed_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "ticket.open", f"ticket:{row.number}", after={"kind": given.kind, "house": given.house})
    _say(work, row, given.message.model_copy(update={"step": TicketStep.SAY}))
    return _view(row)


def say(work: Work, number: int, given: MessageIn) -> TicketView:
    """A message, and what is done with it. Problem NOT_FOUND, WRONG_STATE, INVALID, TOO_MANY."""
    row = work.session.get(TicketRow, number, with_for_update=True)
    if row is None:
        raise not_found("ticket", number)
    party = party_of(Role(work.actor.role))
    state = after(TicketState(row.state), given.step, party)
    if state is None:
        raise Problem(Code.WRONG_STATE, f"{given.step} is not for {party} in the state {row.state}.")
    if given.step is TicketStep.ASSIGN and not given.assignee.strip():
        raise Problem(Code.INVALID, "Say who comes.", fields={"assignee": "missing"})
    before = row.state
    row.state, row.changed_ms = state.value, work.now_ms
    row.assignee = given.assignee.strip() if given.step is TicketStep.ASSIGN else row.assignee
    work.session.add(row)
    _say(work, row, given)
    if given.step is not TicketStep.SAY:
        audit.record(
            work,
            "ticket.step",
            f"ticket:{number}",
            before={"state": before},
            after={"state": state, "step": given.step},
        )
    return _view(row)


def get(session: Session, actor: Actor, number: int, *, reader: Party | None = None) -> TicketFile:
    """A ticket as the actor's party reads it, or as the community shows it to `reader`. Problem NOT_FOUND."""
    row = session.get(TicketRow, number)
    if row is None:
        raise not_found("ticket", number)
    party = party_of(Role(actor.role))
    if reader is not None and party is not Party.COMMUNITY:
        raise Problem(Code.FORBIDDEN, "Only the community shows it to others.")
    mine = select(TicketMessageRow).where(TicketMessageRow.number == number).order_by(col(TicketMessageRow.turn))
    views = [MessageView.model_validate(one.model_dump(exclude={"number"})) for one in session.exec(mine)]
    seen = [view for view in views if (reader or party) in view.audience]
    steps = [] if reader is not None else open_steps(TicketState(row.state), party)
    return TicketFile(ticket=_view(row), messages=seen, steps=steps)


def listing(
    session: Session,
    *,
    over: bool = False,
    house: str = "",
    after: str | None = None,
    limit: int = PAGE_DEFAULT_ITEMS,
) -> Page[TicketView]:
    """Newest first: those that are not closed, or those that are."""
    limit = bounded(limit)
    statement = select(TicketRow).order_by(col(TicketRow.number).desc()).limit(limit + 1)
    closed = TicketState.CLOSED.value
    statement = statement.where(TicketRow.state == closed if over else TicketRow.state != closed)
    if house:
        statement = statement.where(TicketRow.house == house_kept(house))
    if (place := number_after(after)) is not None:
        statement = statement.where(TicketRow.number < place)
    views = [_view(row) for row in session.exec(statement)]
    return cut(views, limit, [str(view.number) for view in views])


def _say(work: Work, row: TicketRow, given: MessageIn) -> None:
    writer = party_of(Role(work.actor.role))
    speaker = given.speaker or writer
    if speaker is not writer and (writer, speaker) != (Party.COMMUNITY, Party.RESIDENT):
        raise Problem(Code.INVALID, f"{writer} does not speak for {speaker}.", fields={"speaker": "not theirs"})
    if row.turn >= MESSAGES_MAX:
        raise Problem(Code.TOO_MANY, f"A ticket has at most {MESSAGES_MAX} messages: open another one.")
    row.turn += 1
    work.session.add(row)
    work.session.add(
        TicketMessageRow(
            number=row.number,
            turn=row.turn,
            at_ms=work.now_ms,
            actor=work.actor.name,
            party=speaker.value,
            audience=sorted(readers(writer, speaker, given.audience)),
            step=given.step.value,
            text=given.text.strip(),
        )
    )
    work.session.flush()


def _view(row: TicketRow) -> TicketView:
    return TicketView.model_validate(row.model_dump(include=set(TicketView.model_fields)))
