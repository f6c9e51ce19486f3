"""What can stand in a person's line of time, and which roles see which kind: one literal table. Pure.

Whereabouts and health are sensitive (PIPL art. 28): each belongs to those who work in that field, and nobody sees two
of them (services.sight says the same of points).
"""

from enum import StrEnum

from card_protocol.words.point import PointKind
from server.services.roles import Role
from server.services.sight import GATES
from server.services.work import Actor


class Kind(StrEnum):
    """A kind of moment."""

    PASSAGE = "passage"
    """A tap at a gate or door."""
    CARE_TAP = "care_tap"
    CLINIC_TAP = "clinic_tap"
    ACTIVITY_TAP = "activity_tap"
    CARD = "card"
    """What became of their cards."""
    RECORD = "record"
    """What was entered of them."""
    CONSENT = "consent"
    PRIVACY = "privacy"
    """They asked about their data, or it was given out or deleted."""
    MONEY = "money"
    """Money was put on a card, a subsidy given."""
    MEAL = "meal"
    VISIT = "visit"
    """A worker was at their home."""
    CARE = "care"
    """They were not seen, and what was done about it."""
    CLINIC = "clinic"
    RECALL = "recall"
    ACTIVITY = "activity"
    """They were invited to an activity, came or stayed away."""
    PARTY = "party"
    """The same of what the Party holds."""
    TICKET = "ticket"
    """A repair or a talk of their house."""
    INCIDENT = "incident"


_DESK = frozenset({Role.ADMIN, Role.GUARD, Role.CLERK})
_CARE, _NURSE = frozenset({Role.CARE}), frozenset({Role.NURSE})
_ROOM = frozenset({Role.PARTY, Role.ORGANISER})
SEES: dict[Kind, frozenset[Role]] = {
    Kind.PASSAGE: frozenset({Role.ADMIN, Role.GUARD}),
    Kind.CARE_TAP: _CARE,
    Kind.CLINIC_TAP: _NURSE,
    Kind.ACTIVITY_TAP: frozenset(),
    Kind.CARD: _DESK,
    Kind.RECORD: _DESK | _CARE | _NURSE | _ROOM | {Role.PRIVACY},
    Kind.CONSENT: frozenset({Role.ADMIN, Role.CLERK, Role.PRIVACY}),
    Kind.PRIVACY: frozenset({Role.PRIVACY}),
    Kind.MONEY: frozenset({Role.ADMIN, Role.CLERK, Role.CARE}),
    Kind.MEAL: _CARE,
    Kind.VISIT: _CARE,
    Kind.CARE: _CARE,
    Kind.CLINIC: _NURSE,
    Kind.RECALL: _NURSE,
    Kind.ACTIVITY: _ROOM,
    Kind.PARTY: frozenset({Role.PARTY}),
    Kind.TICKET: _DESK,
    Kind.INCIDENT: _DESK | _CARE,
}
"""Kind -> who sees it; of incidents, those whose matter the role reads in full (services.incidents)."""

POINTS: dict[Kind, frozenset[PointKind]] = {
    Kind.PASSAGE: GATES,
    Kind.CARE_TAP: frozenset({PointKind.CARE, PointKind.HOME_VISIT}),
    Kind.CLINIC_TAP: frozenset({PointKind.CLINIC}),
    Kind.ACTIVITY_TAP: frozenset({PointKind.ACTIVITY}),
}
"""Taps by the kind of their point."""

ACTIONS: dict[str, Kind] = {
    "holder.consent": Kind.CONSENT,
    "holder.": Kind.RECORD,
    "card.": Kind.CARD,
    "purse.credit": Kind.MONEY,
    "subsidy.": Kind.MONEY,
    "privacy.": Kind.PRIVACY,
}
"""How an action of the trail begins -> its kind, the longest first. What is in no line here stays on the trail: care
and clinic write there too, and have moments of their own."""


def kinds_of(actor: Actor) -> frozenset[Kind]:
    """What somebody sees."""
    if actor.role == Role.SYSTEM:
        return frozenset(Kind)
    return frozenset(kind for kind, roles in SEES.items() if actor.role in roles)


def kind_of_action(action: str) -> Kind | None:
    """The kind of a line of the trail; None for one that has no place here."""
    return next((kind for start, kind in ACTIONS.items() if action.startswith(start)), None)
