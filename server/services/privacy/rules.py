"""The rules by which data goes when its time is over: one function a rule, each removing a bounded part at a time.

A rule is asked again until it removes nothing more. `cutoff_ms` is the end of what is too old.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table, delete, or_, select, update

from card_protocol.words.moment import local_day_and_minute
from server.services.people import holders
from server.services.policies import card_entries
from server.services.privacy import about, event_ends, forgetting
from server.services.privacy.aims import Aim
from server.services.privacy.event_ends import PART_ROWS, POINTS_OF
from server.services.work import Work
from server.tables import CardRow, Row

_T = Row.metadata.tables
NAMING_CARDS = ("event", "visitor_pass", "revocation", "card_past")
ALIVE = ("stock", "issued", "active", "suspended", "lost")

Remove = Callable[[Work, int], int]
"""(transaction, cutoff [ms]) -> how many were removed, at most PART_ROWS."""


@dataclass(frozen=True)
class Rule:
    """What goes, of which purpose."""

    id: str
    aim: Aim
    remove: Remove


def events_of(aim: Aim) -> Remove:
    """Events of people at the points of a purpose; their hash stays in their place, so the chain holds."""

    def remove(work: Work, cutoff_ms: int) -> int:
        return event_ends.let_go(work, event_ends.at(POINTS_OF[aim]), _T["event"].c.received_ms < cutoff_ms)

    return remove


def rows_before(name: str, column: str, *conditions: tuple[str, tuple[str, ...]]) -> Remove:
    """Rows of a table whose `column` lies before the cutoff ([ms], or a day in ISO 8601), in these states."""

    def remove(work: Work, cutoff_ms: int) -> int:
        table = _T[name]
        return _delete(work, table, _before(table, column, cutoff_ms), *_states(table, conditions))

    return remove


def incidents(work: Work, cutoff_ms: int) -> int:
    """Closed and merged ones, with their steps, pictures and what they were made of."""
    incident = _T["incident"]
    over = select(incident.c.number).where(
        incident.c.state.in_(("closed", "merged")), incident.c.changed_ms < cutoff_ms
    )
    return _with_parts(work, incident, over, ("incident_photo", "incident_step", "incident_source"))


def tickets(work: Work, cutoff_ms: int) -> int:
    """Closed ones with their messages."""
    ticket = _T["ticket"]
    over = select(ticket.c.number).where(ticket.c.state == "closed", ticket.c.changed_ms < cutoff_ms)
    return _with_parts(work, ticket, over, ("ticket_message",))


def photos(work: Work, cutoff_ms: int) -> int:
    """Portraits of people who have had no card for so long."""
    photo, card = _T["holder_photo"], _T["card"]
    holds = select(card.c.holder_id).where(
        card.c.holder_id.is_not(None), or_(card.c.state.in_(ALIVE), card.c.changed_ms >= cutoff_ms)
    )
    return _delete(work, photo, photo.c.changed_ms < cutoff_ms, photo.c.holder_id.not_in(holds))


def purses(work: Work, cutoff_ms: int) -> int:
    """Transactions of purses that no card holds any more: of a card that was issued anew, or came to its end."""
    entry, card = _T["purse_entry"], _T["card"]
    living = select(card.c.id).where(card.c.id == entry.c.card_id, card.c.state.in_(ALIVE))
    present = living.where(card.c.issued_ms == entry.c.issued_ms).exists()
    return _delete(work, entry, entry.c.at_ms < cutoff_ms, ~present)


def people(work: Work, cutoff_ms: int) -> int:
    """People who have moved out, have no card and in whose entry nothing has changed since.

    A card whose time is over is none: a visitor's pass ends with its hours, and nobody revokes it.
    """
    holder, card = _T["holder"], _T["card"]
    holds = select(card.c.holder_id).where(
        card.c.holder_id.is_not(None), card.c.state.in_(ALIVE), card.c.valid_to_ms >= cutoff_ms
    )
    left = holder.c.house == "", holder.c.changed_ms < cutoff_ms, holder.c.id.not_in(holds)
    found = work.session.scalars(select(holder.c.id).where(*left).order_by(holder.c.id).limit(PART_ROWS)).all()
    done = 0
    for holder_id in found:
        if not forgetting.in_the_way(work.session, holder_id):
            holders.row_of(work.session, holder_id)
            about.erase(work.session, holder_id)
            done += 1
    return done


def visitor_cards(work: Work, cutoff_ms: int) -> int:
    """What visitors had instead of a card, when no pass, no person and no event names it any more."""
    card = _T["card"]
    named = [select(_T[name].c.card_id).where(_T[name].c.card_id == card.c.id).exists() for name in NAMING_CARDS]
    free = card_entries.OVER, card.c.holder_id.is_(None), card.c.changed_ms < cutoff_ms, *(~one for one in named)
    found = work.session.scalars(select(card.c.id).where(*free).order_by(card.c.id).limit(PART_ROWS)).all()
    for card_id in found:
        row = work.session.get_one(CardRow, card_id)
        card_entries.mark_gone(work, row)
        work.session.delete(row)
    work.session.flush()
    return len(found)


def clinic_tickets(work: Work, cutoff_ms: int) -> int:
    """Numbers keep their day and their time, and name nobody."""
    table = _T["clinic_ticket"]
    old = select(table.c.id).where(
        table.c.arrived_ms < cutoff_ms, or_(table.c.holder_id.is_not(None), table.c.card_id.is_not(None))
    )
    ids = list(work.session.scalars(old.limit(PART_ROWS)))
    work.session.execute(update(table).where(table.c.id.in_(ids)).values(holder_id=None, card_id=None))
    return len(ids)


def attendance(work: Work, cutoff_ms: int) -> int:
    """Lists of activities that are long over: who came, and also who did not and why."""
    activity, listed = _T["activity"], _T["attendance"]
    over = select(activity.c.number).where(activity.c.to_ms < cutoff_ms)
    return _delete(work, listed, listed.c.number.in_(over))


def _before(table: Table, column: str, cutoff_ms: int) -> Any:
    whole = column.endswith("_ms")
    value = cutoff_ms if whole else local_day_and_minute(cutoff_ms)[0].isoformat()
    return table.c[column].is_not(None) & (table.c[column] < value)


def _states(table: Table, conditions: Iterable[tuple[str, tuple[str, ...]]]) -> list[Any]:
    return [table.c[column].in_(values) for column, values in conditions]


def _delete(work: Work, table: Table, *conditions: Any) -> int:
    """At most PART_ROWS, by their key."""
    keys = list(table.primary_key.columns)
    rows = work.session.execute(select(*keys).where(*conditions).limit(PART_ROWS)).all()
    for row in rows if len(keys) > 1 else ():
        work.session.execute(delete(table).where(*[key == value for key, value in zip(keys, row, strict=True)]))
    if len(keys) == 1:
        work.session.execute(delete(table).where(keys[0].in_([row[0] for row in rows])))
    return len(rows)


def _with_parts(work: Work, table: Table, over: Any, parts: tuple[str, ...]) -> int:
    numbers = list(work.session.scalars(over.limit(PART_ROWS)))
    for name in (*parts, table.name):
        one = _T[name]
        work.session.execute(delete(one).where(one.c.number.in_(numbers)))
    return len(numbers)


RULES = (
    Rule("events.gates", Aim.ACCESS, events_of(Aim.ACCESS)),
    Rule("alarms", Aim.ACCESS, rows_before("alarm", "acknowledged_ms")),
    Rule("people.left", Aim.ACCESS, people),
    Rule("households", Aim.HOUSEHOLD, rows_before("household_member", "to_ms")),
    Rule("photos", Aim.PHOTO, photos),
    Rule("events.care", Aim.CARE, events_of(Aim.CARE)),
    Rule("care.cases", Aim.NOT_SEEN, rows_before("care_case", "closed_ms")),
    Rule("care.tally", Aim.NOT_SEEN, rows_before("care_tally", "day")),
    Rule("care.absences", Aim.NOT_SEEN, rows_before("care_absence", "to_ms")),
    Rule("events.clinic", Aim.CLINIC, events_of(Aim.CLINIC)),
    Rule("clinic.tickets", Aim.CLINIC, clinic_tickets),
    Rule("clinic.recalls", Aim.CLINIC, rows_before("clinic_recall", "done")),
    Rule("events.activity", Aim.ACTIVITY, events_of(Aim.ACTIVITY)),
    Rule("attendance", Aim.ACTIVITY, attendance),
    Rule("mails", Aim.HOUSEHOLD, rows_before("notice_mail", "done_ms")),
    Rule("purses", Aim.PURSE, purses),
    Rule("subsidies", Aim.PURSE, rows_before("subsidy", "last")),
    Rule("tickets", Aim.PROPERTY, tickets),
    Rule("parking", Aim.PROPERTY, rows_before("parking_permit", "to_day")),
    Rule("passes", Aim.PROPERTY, rows_before("contractor_pass", "to_day")),
    Rule("visitors", Aim.ACCESS, rows_before("visitor_pass", "to_ms")),
    Rule("visitors.cards", Aim.ACCESS, visitor_cards),
    Rule("incidents", Aim.INCIDENT, incidents),
    Rule("rosters", Aim.OFFICE, rows_before("roster_post", "to_day")),
    Rule("sessions", Aim.OFFICE, rows_before("user_session", "expires_ms")),
    Rule("requests", Aim.PROOF, rows_before("privacy_request", "closed_ms")),
)
"""Every rule, in the order in which a night goes through them."""
