"""Commands for gateways: given by a person with a reason, sent until answered, and what became of each.

| state | it means |
|---|---|
| waiting | not answered yet; sent again whenever the gateway shows itself |
| taken | the gateway has it for good; the point has not reported yet |
| done | the point (or the gateway itself) has done it |
| failed | the point could not; `outcome` says what was in the way |
| refused | the gateway would not; `outcome` says why (card_protocol.wire.command.Outcome) |
| unanswered | nobody answered before it expired: it was not begun |
"""

import hashlib
from collections.abc import Collection
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, col, func, select

from card_protocol.wire.command import AIMS, LASTING, Action, Aim, Command, CommandAck, Outcome
from card_protocol.words.event import Event, EventKind
from card_protocol.words.ids import Slug
from card_protocol.words.moment import DAY_MS
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL
from server.services import audit
from server.services.gateways import gateways
from server.services.problems import Code, Problem, not_found
from server.services.roles import Permission, require
from server.services.signals import Wish
from server.services.work import Work, raise_counter
from server.tables import CommandRow, PointRow

COUNTER = "command"
MOMENT_LIFE_MS = 20_000
"""What is over at once must not surprise somebody who has walked on: a door that opens late opens for another."""

LASTING_LIFE_MS = DAY_MS
"""A gateway that is away hears of a lockdown when it is back."""

WAITING_MAX = 32
WHY_MAX_CHARS = 300
KEY_MAX_CHARS = 200
LISTING_MAX = 50


class CommandState(StrEnum):
    """See the table above."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    UNANSWERED = "unanswered"


class CommandIn(BaseModel):
    """What is ordered, and why."""

    model_config = ConfigDict(extra="forbid")

    action: Action
    point: Slug | None = None
    area: Slug | None = None
    level: int | None = Field(default=None, ge=1, le=LOCKDOWN_MAX_LEVEL)
    why: str = Field(min_length=1, max_length=WHY_MAX_CHARS, pattern=r"^\P{Cc}*\S\P{Cc}*$")


class CommandView(BaseModel):
    """A command for screens."""

    number: int
    gateway: str
    action: Action
    point: str | None
    area: str | None
    level: int | None
    why: str
    given_by: str
    issued_ms: int
    expires_ms: int
    state: CommandState
    outcome: str
    answered_ms: int | None
    done_ms: int | None
    log: list[str]


def give(work: Work, gateway_id: str, asked: CommandIn, *, key: str = "", speed: int = 1) -> CommandView:
    """Order it: numbered, logged, sent after the commit. A form sent twice has the same `key`: the same command.

    `speed` is that of a played day: lifetimes are of real time. Problem FORBIDDEN, NOT_FOUND, INVALID, WRONG_STATE for
    a gateway that takes no part, TOO_MANY, EXISTS for a key that was used for something else.
    """
    require(work.actor, Permission.COMMANDS_GIVE)
    if asked.action is Action.READ_LOG:
        require(work.actor, Permission.GATEWAYS_WRITE)
    key_hash = hashlib.sha256(f"{work.actor.name}\x00{key}".encode()).hexdigest() if key else None
    if key_hash and (known := _of_key(work.session, key_hash)):
        if _said(known) != (gateway_id, *_said_in(asked)):
            raise Problem(Code.EXISTS, "This form was sent for another command already; open it anew.")
        return view_of(known, work.now_ms)
    _check(work, gateway_id, asked)
    life_ms = LASTING_LIFE_MS if asked.action in LASTING else MOMENT_LIFE_MS * speed
    row = CommandRow(
        number=work.next_number(COUNTER),
        gateway_id=gateway_id,
        **asked.model_dump(mode="json"),
        given_by=work.actor.name,
        issued_ms=work.now_ms,
        expires_ms=work.now_ms + life_ms,
        state=CommandState.WAITING.value,
        key_hash=key_hash,
    )
    work.session.add(row)
    work.session.flush()
    about = asked.model_dump(mode="json", exclude_none=True, exclude={"action", "why"})
    audit.record(
        work,
        f"command.{asked.action}",
        f"gateway:{gateway_id}",
        after={"number": row.number, **about},
        why=asked.why,
    )
    work.wish(Wish.COMMAND)
    return _told(work, row)


def lock_down_area(work: Work, area: str, level: int, why: str) -> list[CommandView]:
    """The same area at every gateway with a point in it; level 0 releases it. Problem NOT_FOUND for no such area."""
    serving = select(PointRow.gateway_id).where(PointRow.area == area, col(PointRow.gateway_id).is_not(None))
    names = sorted({name for name in work.session.exec(serving) if name is not None})
    if not names:
        raise not_found("area with a gateway", area)
    taking_part = set(gateways.enrolled(work.session))
    asked = CommandIn(action=Action.LOCK_DOWN if level else Action.RELEASE, area=area, level=level or None, why=why)
    return [give(work, name, asked) for name in names if name in taking_part]


def pending(session: Session, now_ms: int, names: Collection[str]) -> list[Command]:
    """The commands that these gateways have not answered and that may still be begun, in order."""
    statement = select(CommandRow).where(CommandRow.state == CommandState.WAITING.value, CommandRow.expires_ms > now_ms)
    statement = statement.where(col(CommandRow.gateway_id).in_(names))
    return [to_command(row) for row in session.exec(statement.order_by(col(CommandRow.number)))]


def answered(work: Work, ack: CommandAck) -> None:
    """A gateway's answer. One that knows higher numbers than we do lets us go on behind them."""
    raise_counter(work.session, COUNTER, ack.newest)
    row = _row(work.session, ack.gateway, ack.number)
    if row is None or row.state not in (CommandState.WAITING, CommandState.TAKEN):
        return
    if ack.outcome is Outcome.TAKEN and row.state == CommandState.TAKEN:
        return
    row.answered_ms = work.now_ms
    if ack.outcome is Outcome.TAKEN:
        row.state = CommandState.TAKEN.value
    elif ack.outcome is Outcome.DONE:
        row.state, row.done_ms, row.log = CommandState.DONE.value, work.now_ms, list(ack.log)
    elif row.state == CommandState.WAITING:
        row.state, row.outcome = CommandState.REFUSED.value, ack.outcome.value
    work.session.add(row)
    _told(work, row)


def reported(work: Work, gateway_id: str, event: Event) -> None:
    """What a point says that it has done, or why it could not; said twice, it is the same."""
    number = event.detail.get("number")
    if event.kind not in (EventKind.COMMAND_DONE, EventKind.COMMAND_FAILED) or not isinstance(number, int):
        return
    row = _row(work.session, gateway_id, number)
    if row is None or row.done_ms is not None or row.action == Action.READ_LOG:
        return
    failed = event.kind is EventKind.COMMAND_FAILED
    row.state = CommandState.FAILED.value if failed else CommandState.DONE.value
    row.outcome = str(event.detail.get("why", ""))[:200] if failed else ""
    row.done_ms, row.answered_ms = work.now_ms, row.answered_ms or work.now_ms
    work.session.add(row)
    _told(work, row)


def listing(
    session: Session, gateway_id: str, now_ms: int, limit: int = LISTING_MAX, *, before: int | None = None
) -> list[CommandView]:
    """The newest of a gateway, or of those before a number, newest first."""
    statement = select(CommandRow).where(CommandRow.gateway_id == gateway_id).order_by(col(CommandRow.number).desc())
    if before is not None:
        statement = statement.where(CommandRow.number < before)
    return [view_of(row, now_ms) for row in session.exec(statement.limit(limit))]


def get(session: Session, gateway_id: str, number: int, now_ms: int) -> CommandView:
    """One; Problem NOT_FOUND."""
    row = _row(session, gateway_id, number)
    if row is None:
        raise not_found("command", number)
    return view_of(row, now_ms)


def to_command(row: CommandRow) -> Command:
    """Row -> word; ValueError on a row that makes no sense."""
    return Command(
        gateway=row.gateway_id,
        number=row.number,
        action=Action(row.action),
        point=row.point,
        area=row.area,
        level=row.level,
        issued_ms=row.issued_ms,
        expires_ms=row.expires_ms,
    )


def view_of(row: CommandRow, now_ms: int) -> CommandView:
    """Row -> what a screen shows at a moment."""
    values = row.model_dump(include=set(CommandView.model_fields) - {"state", "gateway"})
    over = row.state == CommandState.WAITING and now_ms >= row.expires_ms
    state = CommandState.UNANSWERED if over else CommandState(row.state)
    return CommandView(**values, gateway=row.gateway_id, state=state)


def _check(work: Work, gateway_id: str, asked: CommandIn) -> None:
    box = gateways.row_of(work.session, gateway_id)
    if box.signing_key is None or box.revoked_ms is not None:
        raise Problem(Code.WRONG_STATE, f"The gateway {gateway_id} is not enrolled, or was shut out.")
    aim = Aim.POINT if asked.point else Aim.AREA if asked.area else Aim.NOTHING
    if aim not in AIMS[asked.action] or (asked.point and asked.area):
        names = " or ".join(sorted(AIMS[asked.action]))
        raise Problem(Code.INVALID, f"{asked.action} names {names}.", fields={"action": "names something else"})
    if (asked.level is None) == (asked.action is Action.LOCK_DOWN):
        raise Problem(
            Code.INVALID, "A lockdown has a level; nothing else has.", fields={"level": "missing or too much"}
        )
    served = select(PointRow.id).where(PointRow.gateway_id == gateway_id)
    if asked.point and not work.session.exec(served.where(PointRow.id == asked.point)).first():
        raise Problem(Code.INVALID, f"{gateway_id} serves no point {asked.point}.", fields={"point": "not served"})
    if asked.area and not work.session.exec(served.where(PointRow.area == asked.area).limit(1)).first():
        raise Problem(Code.INVALID, f"{gateway_id} serves no point in {asked.area}.", fields={"area": "not served"})
    waiting = select(func.count()).select_from(CommandRow).where(CommandRow.gateway_id == gateway_id)
    alive = waiting.where(CommandRow.state == CommandState.WAITING.value, CommandRow.expires_ms > work.now_ms)
    if work.session.exec(alive).one() >= WAITING_MAX:
        raise Problem(Code.TOO_MANY, f"{WAITING_MAX} commands wait for {gateway_id} already.")


def _told(work: Work, row: CommandRow) -> CommandView:
    view = view_of(row, work.now_ms)
    work.tell("command", view.model_dump(mode="json"))
    return view


def _row(session: Session, gateway_id: str, number: int) -> CommandRow | None:
    row = session.get(CommandRow, number)
    return row if row is not None and row.gateway_id == gateway_id else None


def _of_key(session: Session, key_hash: str) -> CommandRow | None:
    return session.exec(select(CommandRow).where(CommandRow.key_hash == key_hash)).first()


def _said(row: CommandRow) -> tuple[object, ...]:
    return row.gateway_id, row.action, row.point, row.area, row.level


def _said_in(asked: CommandIn) -> tuple[object, ...]:
    return asked.action.value, asked.point, asked.area, asked.level
