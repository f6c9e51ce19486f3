"""Addresses of other systems, and the messages on their way there.

A message is written in the transaction that it tells of (`enqueue` runs before the commit), so none is lost and none
tells of what was rolled back. Deliveries are tried at growing intervals and kept when they are given up.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, delete, func, update
from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS
from server.config import is_loopback
from server.services import audit
from server.services.problems import Code, Problem, not_found
from server.services.signals import Wish
from server.services.webhooks import cloud_event
from server.services.webhooks.cloud_event import Topic
from server.services.work import Work
from server.tables import DeliveryRow, WebhookRow

ADDRESSES_MAX: Final = 20
WAITING_MAX: Final = 10_000
"""Per address; what comes while so many wait is dead at once, and told so."""

LISTING_MAX: Final = 200
AGAIN_MAX: Final = 1_000
"""Dead messages that are tried once more in one step."""
RETRY_AFTER_S: Final = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""The schedule that Standard Webhooks recommends; after the last try a message is dead."""


class DeliveryState(StrEnum):
    """Where a message is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


KEPT_MS: Final = {DeliveryState.DELIVERED: 7 * DAY_MS, DeliveryState.DEAD: 30 * DAY_MS}
ENDED_KEPT_MS: Final = 30 * DAY_MS
"""As long as its last messages; the trail keeps who ended it."""


class WebhookIn(BaseModel):
    """An address as an admin enters it. HTTPS, or HTTP on this machine."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, StringConstraints(min_length=8, max_length=500, pattern=r"^https?://[!-~]+$")]
    topics: list[Topic] = Field(min_length=1, max_length=len(Topic))


class WebhookView(BaseModel):
    """An address as it stands."""

    id: str
    url: str
    topics: list[str]
    created_ms: int
    paused_ms: int | None
    """Since when its messages wait because somebody wants it so."""
    ended_ms: int | None
    ended_why: str
    waiting: int
    dead: int
    delivered_ms: int | None
    """When a message arrived last, of those that are still kept."""
    problem: str
    """Why the message that waits longest did not arrive; empty: nothing that waits has failed."""


class DeliveryView(BaseModel):
    """One message."""

    id: str
    webhook_id: str
    topic: str
    state: DeliveryState
    tries: int
    due_ms: int
    created_ms: int
    done_ms: int | None
    problem: str


def add(work: Work, asked: WebhookIn) -> WebhookView:
    """Tell an address from now on. Problem INVALID, TOO_MANY."""
    try:
        parts = urlsplit(asked.url)
    except ValueError as error:
        raise Problem(Code.INVALID, f"This is no address: {error}.", fields={"url": "no address"}) from None
    if not parts.hostname or parts.username is not None:
        raise Problem(Code.INVALID, "The address names no host, or holds a password.", fields={"url": "no host"})
    if parts.scheme != "https" and not is_loopback(parts.hostname):
        raise Problem(Code.INVALID, "Other machines are told over https only.", fields={"url": "must be https"})
    if work.session.exec(select(func.count()).select_from(WebhookRow).where(_LIVE)).one() >= ADDRESSES_MAX:
        raise Problem(Code.TOO_MANY, f"At most {ADDRESSES_MAX} addresses are told.")
    row = WebhookRow(
        id=work.new_id(), url=asked.url, topics=sorted(set(map(str, asked.topics))), created_ms=work.real_ms
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "webhook.add", f"webhook:{row.id}", after={"url": row.url, "topics": row.topics})
    return _view(work.session, row)


def end(work: Work, webhook_id: str, *, why: str = "") -> WebhookView:
    """Tell it no more; what waits is dead. Problem NOT_FOUND."""
    row = row_of(work.session, webhook_id)
    if row.ended_ms is None:
        row.ended_ms, row.ended_why = work.real_ms, why[:200]
        work.session.add(row)
        for waiting in work.session.exec(select(DeliveryRow).where(_of(row), _WAITING)):
            _bury(work, waiting, "the address is told no more")
        audit.record(work, "webhook.end", f"webhook:{row.id}", why=why)
    return _view(work.session, row)


def pause(work: Work, webhook_id: str) -> WebhookView:
    """Let its messages wait until `resume`, while its owner rebuilds. Problem NOT_FOUND, WRONG_STATE."""
    row = _live_row(work, webhook_id)
    if row.paused_ms is None:
        row.paused_ms = work.real_ms
        work.session.add(row)
        audit.record(work, "webhook.pause", f"webhook:{row.id}", after={"url": row.url})
    return _view(work.session, row)


def resume(work: Work, webhook_id: str) -> WebhookView:
    """Tell it again, beginning with what waits. Problem NOT_FOUND, WRONG_STATE."""
    row = _live_row(work, webhook_id)
    if row.paused_ms is not None:
        row.paused_ms = None
        work.session.add(row)
        # Whoever pauses an address mends it: no message has to sit out an interval of before.
        work.session.execute(update(DeliveryRow).where(_of(row), _WAITING).values(due_ms=work.real_ms))
        audit.record(work, "webhook.resume", f"webhook:{row.id}", after={"url": row.url})
        work.wish(Wish.DELIVER)
    return _view(work.session, row)


def try_out(work: Work, community: str, webhook_id: str) -> DeliveryView:
    """Send a message that says nothing, to see whether it arrives. Problem NOT_FOUND, WRONG_STATE."""
    return delivery_view(_put(work, community, _live_row(work, webhook_id), Topic.TEST, {}))


def again(work: Work, delivery_id: str) -> DeliveryView:
    """Try a dead message once more, from the start of the schedule. Problem NOT_FOUND, WRONG_STATE."""
    row = work.session.get(DeliveryRow, delivery_id, with_for_update=True)
    if row is None:
        raise not_found("delivery", delivery_id)
    if row.state != DeliveryState.DEAD or row_of(work.session, row.webhook_id).ended_ms is not None:
        raise Problem(Code.WRONG_STATE, f"This message is {row.state}, or its address is told no more.")
    _revive(work, row)
    return delivery_view(row)


def again_all(work: Work, webhook_id: str) -> int:
    """Try its dead messages once more, the oldest AGAIN_MAX of them; how many. Problem NOT_FOUND, WRONG_STATE."""
    row = _live_row(work, webhook_id)
    room = max(0, WAITING_MAX - _count(work.session, row, DeliveryState.WAITING))
    dead = select(DeliveryRow).where(_of(row), DeliveryRow.state == DeliveryState.DEAD.value)
    found = work.session.exec(dead.order_by(col(DeliveryRow.id)).limit(min(AGAIN_MAX, room))).all()
    for message in found:
        _revive(work, message)
    if found:
        audit.record(work, "webhook.again", f"webhook:{row.id}", after={"url": row.url, "messages": len(found)})
    return len(found)


def enqueue(work: Work, community: str) -> None:
    """Write a message for every fact of this transaction that somebody is told; runs before the commit."""
    told = [found for channel, fact in work.facts if (found := cloud_event.of_fact(channel, fact)) is not None]
    if not told:
        return
    for row in work.session.exec(select(WebhookRow).where(_LIVE)).all():
        wanted = [(topic, data) for topic, data in told if topic in row.topics]
        for topic, data in wanted:
            _put(work, community, row, topic, data)


def due(session: Session, now_ms: int, limit: int) -> Sequence[tuple[DeliveryRow, WebhookRow]]:
    """What should be sent now, longest waiting first."""
    statement = select(DeliveryRow, WebhookRow).join(WebhookRow).where(_WAITING, col(DeliveryRow.due_ms) <= now_ms)
    statement = statement.where(col(WebhookRow.paused_ms).is_(None))
    return session.exec(statement.order_by(col(DeliveryRow.due_ms), col(DeliveryRow.id)).limit(limit)).all()


def delivered(work: Work, delivery_id: str) -> None:
    """It arrived."""
    if (row := work.session.get(DeliveryRow, delivery_id)) is not None:
        row.state, row.tries, row.done_ms, row.problem = DeliveryState.DELIVERED.value, row.tries + 1, work.real_ms, ""
        work.session.add(row)


def failed(work: Work, delivery_id: str, problem: str, *, gone: bool = False) -> None:
    """It did not arrive: wait for the next try, or give it up. `gone`: the address asked to be told no more."""
    row = work.session.get(DeliveryRow, delivery_id)
    if row is None or row.state != DeliveryState.WAITING:
        return
    row.tries, row.problem = row.tries + 1, problem[:200]
    if row.tries > len(RETRY_AFTER_S) or gone:
        _bury(work, row, row.problem)
    else:
        row.due_ms = work.real_ms + RETRY_AFTER_S[row.tries - 1] * 1000
        work.session.add(row)
    if gone:
        work.session.flush()
        end(work, row.webhook_id, why="the address answered 410 Gone")


def prune(work: Work) -> None:
    """Forget what was delivered a week ago, and what died or whose address ended a month ago."""
    for state, kept_ms in KEPT_MS.items():
        old = (col(DeliveryRow.state) == state.value) & (col(DeliveryRow.done_ms) < work.real_ms - kept_ms)
        work.session.execute(delete(DeliveryRow).where(old))
    work.session.execute(delete(WebhookRow).where(col(WebhookRow.ended_ms) < work.real_ms - ENDED_KEPT_MS))


def row_of(session: Session, webhook_id: str) -> WebhookRow:
    """Problem NOT_FOUND."""
    row = session.get(WebhookRow, webhook_id)
    if row is None:
        raise not_found("webhook", webhook_id)
    return row


def get(session: Session, webhook_id: str) -> WebhookView:
    """Problem NOT_FOUND."""
    return _view(session, row_of(session, webhook_id))


def listing(session: Session, *, before: str | None = None, limit: int = LISTING_MAX) -> list[WebhookView]:
    """Addresses, those that are told no more too, newest first; `before`: an id."""
    statement = select(WebhookRow).order_by(col(WebhookRow.id).desc()).limit(limit)
    if before is not None:
        statement = statement.where(WebhookRow.id < before)
    return [_view(session, row) for row in session.exec(statement)]


def deliveries(
    session: Session,
    webhook_id: str,
    state: DeliveryState | None = None,
    *,
    before: str | None = None,
    limit: int = LISTING_MAX,
) -> list[DeliveryView]:
    """The newest messages to an address; `before`: an id. Problem NOT_FOUND."""
    statement = select(DeliveryRow).where(_of(row_of(session, webhook_id)))
    if state is not None:
        statement = statement.where(DeliveryRow.state == state.value)
    if before is not None:
        statement = statement.where(DeliveryRow.id < before)
    newest = statement.order_by(col(DeliveryRow.id).desc()).limit(limit)
    return [delivery_view(row) for row in session.exec(newest)]


def delivery_view(row: DeliveryRow) -> DeliveryView:
    """Row -> what is shown; not the body."""
    return DeliveryView.model_validate(row, from_attributes=True)


_LIVE = col(WebhookRow.ended_ms).is_(None)
_WAITING = col(DeliveryRow.state) == DeliveryState.WAITING.value


def _of(row: WebhookRow) -> ColumnElement[bool]:
    return col(DeliveryRow.webhook_id) == row.id


def _live_row(work: Work, webhook_id: str) -> WebhookRow:
    row = row_of(work.session, webhook_id)
    if row.ended_ms is not None:
        raise Problem(Code.WRONG_STATE, "This address is told no more.")
    return row


def _revive(work: Work, row: DeliveryRow) -> None:
    row.state, row.tries, row.due_ms, row.done_ms = DeliveryState.WAITING.value, 0, work.real_ms, None
    work.session.add(row)
    work.wish(Wish.DELIVER)


def _put(work: Work, community: str, row: WebhookRow, topic: Topic, data: Mapping[str, Any]) -> DeliveryRow:
    message_id = work.new_id()
    made = DeliveryRow(
        id=message_id,
        webhook_id=row.id,
        topic=topic.value,
        body=cloud_event.envelope(message_id, community, topic, data, work.now_ms),
        state=DeliveryState.WAITING.value,
        due_ms=work.real_ms,
        created_ms=work.real_ms,
    )
    if _count(work.session, row, DeliveryState.WAITING) >= WAITING_MAX:
        _bury(work, made, f"{WAITING_MAX} messages were waiting already")
    work.session.add(made)
    work.session.flush()
    work.wish(Wish.DELIVER)
    return made


def _bury(work: Work, row: DeliveryRow, problem: str) -> None:
    row.state, row.done_ms, row.problem = DeliveryState.DEAD.value, work.real_ms, problem
    work.session.add(row)


def _count(session: Session, row: WebhookRow, state: DeliveryState) -> int:
    statement = select(func.count()).select_from(DeliveryRow).where(_of(row), DeliveryRow.state == state.value)
    return session.exec(statement).one()


def _view(session: Session, row: WebhookRow) -> WebhookView:
    waiting, dead = (_count(session, row, state) for state in (DeliveryState.WAITING, DeliveryState.DEAD))
    arrived = select(func.max(DeliveryRow.done_ms)).where(_of(row), DeliveryRow.state == DeliveryState.DELIVERED.value)
    failing = select(DeliveryRow.problem).where(_of(row), _WAITING, DeliveryRow.problem != "")
    return WebhookView(
        **row.model_dump(),
        waiting=waiting,
        dead=dead,
        delivered_ms=session.exec(arrived).one(),
        problem=session.exec(failing.order_by(col(DeliveryRow.id)).limit(1)).first() or "",
    )
