"""Repair tickets: a literal table, and who reads which message. Pure.

    OPEN ─assign─► ASSIGNED ─done─► DONE ─confirm─► CLOSED
      ▲                               │ reopen         │
      └───────────────────────────────┴────────────────┘

Three parties talk on a ticket: the resident, the community, the property company. Each message names who may read it;
who wrote it always may.
"""

from enum import StrEnum

from server.services.roles import Role


class TicketState(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DONE = "done"
    """Says the property company; the resident has still to confirm."""
    CLOSED = "closed"


class TicketStep(StrEnum):
    """What is done to one."""

    SAY = "say"
    ASSIGN = "assign"
    DONE = "done"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CLOSE = "close"
    """It needs no repair."""


class Party(StrEnum):
    """Who talks."""

    RESIDENT = "resident"
    COMMUNITY = "community"
    PROPERTY = "property"


_S, _T = TicketState, TicketStep
TABLE: dict[tuple[TicketState, TicketStep], TicketState] = {
    (_S.OPEN, _T.ASSIGN): _S.ASSIGNED,
    (_S.OPEN, _T.DONE): _S.DONE,
    (_S.OPEN, _T.CLOSE): _S.CLOSED,
    (_S.ASSIGNED, _T.ASSIGN): _S.ASSIGNED,
    (_S.ASSIGNED, _T.DONE): _S.DONE,
    (_S.ASSIGNED, _T.CLOSE): _S.CLOSED,
    (_S.DONE, _T.CONFIRM): _S.CLOSED,
    (_S.DONE, _T.REOPEN): _S.OPEN,
    (_S.CLOSED, _T.REOPEN): _S.OPEN,
    **{(state, _T.SAY): state for state in TicketState},
}

STEPS_OF: dict[Party, frozenset[TicketStep]] = {
    Party.COMMUNITY: frozenset({_T.SAY, _T.ASSIGN, _T.CONFIRM, _T.REOPEN, _T.CLOSE}),
    Party.PROPERTY: frozenset({_T.SAY, _T.ASSIGN, _T.DONE}),
    Party.RESIDENT: frozenset(),
}
"""Who does what: the company says that it is done, the community confirms it with the resident."""


def party_of(role: Role) -> Party:
    """For whom a role speaks."""
    return Party.PROPERTY if role is Role.PROPERTY else Party.COMMUNITY


def after(state: TicketState, step: TicketStep, party: Party) -> TicketState | None:
    """The state behind a step; None when it is not possible, or not theirs."""
    return TABLE.get((state, step)) if step in STEPS_OF[party] else None


def open_steps(state: TicketState, party: Party) -> list[TicketStep]:
    """What a party can do now."""
    return [step for step in TicketStep if after(state, step, party) is not None]


def readers(writer: Party, speaker: Party, audience: frozenset[Party]) -> frozenset[Party]:
    """Who reads a message: those named, who speaks in it, and who wrote it down."""
    return audience | {speaker, writer}
