"""The ways through the console, and who may go them."""

from dataclasses import dataclass

from server.pages.i18n import N_
from server.services.roles import Permission, Role, may
from server.services.work import Actor


@dataclass(frozen=True)
class Entry:
    """One way in the bar."""

    path: str
    icon: str
    label: str
    needs: Permission

    def here(self, path: str) -> bool:
        """Whether a page lies on this way."""
        return path == self.path or path.startswith(self.path + "/")


IN_THE_BAR = 6
"""So many ways fit beside name and language at 1280; one more than that needs no list of its own."""


MENU = (
    Entry("/live", "activity", N_("Live gates"), Permission.LIVE_READ),
    Entry("/incidents", "alert-triangle", N_("Incidents"), Permission.INCIDENTS_READ),
    Entry("/holders", "users", N_("People"), Permission.HOLDERS_READ),
    Entry("/cards", "credit-card", N_("Cards"), Permission.CARDS_READ),
    Entry("/desk", "id-badge-2", N_("Card desk"), Permission.CARDS_ISSUE),
    Entry("/muster", "users", N_("Who is inside"), Permission.MUSTER_READ),
    Entry("/tickets", "home", N_("Property"), Permission.PROPERTY_WORK),
    Entry("/visitors", "door-enter", N_("Visitors"), Permission.VISITORS_WRITE),
    Entry("/clinic", "stethoscope", N_("Clinic today"), Permission.CLINIC_WORK),
    Entry("/care", "heart-handshake", N_("Elderly care"), Permission.CARE_WORK),
    Entry("/activities", "list-details", N_("Activities"), Permission.ACTIVITIES_WORK),
    Entry("/party", "users", N_("Party members"), Permission.PARTY_WORK),
    Entry("/notices", "volume", N_("Notices"), Permission.NOTICES_WRITE),
    Entry("/access", "key", N_("Access"), Permission.ACCESS_READ),
    Entry("/gateways", "router", N_("Gateways"), Permission.GATEWAYS_READ),
    Entry("/events", "list-details", N_("Events"), Permission.EVENTS_READ),
    Entry("/statistics", "activity", N_("Statistics"), Permission.STATISTICS_READ),
    Entry("/audit", "shield-check", N_("Who did what"), Permission.AUDIT_READ),
    Entry("/privacy", "lock", N_("Personal data"), Permission.PRIVACY_READ),
    Entry("/users", "user", N_("Users"), Permission.USERS_WRITE),
)


def entries(actor: Actor) -> list[Entry]:
    """What the actor's role opens."""
    return [entry for entry in MENU if may(actor, entry.needs)]


def shown(ways: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """(those that stand in the bar, those that open behind "More"): one row, whatever a role may do."""
    if len(ways) <= IN_THE_BAR + 1:
        return ways, []
    return ways[:IN_THE_BAR], ways[IN_THE_BAR:]


BEGINS_AT: dict[str, str] = {
    Role.CLERK: "/desk",
    Role.NURSE: "/clinic",
    Role.CARE: "/care",
    Role.PARTY: "/activities",
    Role.ORGANISER: "/activities",
    Role.PRIVACY: "/privacy",
    Role.INSTALLER: "/gateways",
}
"""Whose work of the day is not the first of the ways that are open to them."""


def home(actor: Actor) -> str:
    """Where a user begins."""
    if (own := BEGINS_AT.get(actor.role)) is not None:
        return own
    open_to = entries(actor)
    return open_to[0].path if open_to else "/account"
