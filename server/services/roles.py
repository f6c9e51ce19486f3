"""What each role may do, as a literal table."""

from enum import StrEnum

from server.services.problems import Code, Problem
from server.services.work import Actor


class Role(StrEnum):
    """Who somebody is here."""

    ADMIN = "admin"
    GUARD = "guard"
    CLERK = "clerk"
    """At the card desk."""
    NURSE = "nurse"
    CARE = "care"
    """A worker of elderly care."""
    PARTY = "party"
    """Works with the Party's members, and holds meetings and activities."""
    ORGANISER = "organiser"
    """Holds activities; knows of no Party meeting and of nobody's membership."""
    PROPERTY = "property"
    """Of the property company (物业): repairs, talks with residents, parking."""
    OFFICIAL = "official"
    """Of the street or the district: sees how things stand and handles incidents, sees nobody's whereabouts."""
    AUDITOR = "auditor"
    PRIVACY = "privacy"
    """In charge of personal data (个人信息保护负责人, PIPL art. 52): answers people who ask about their own."""
    INSTALLER = "installer"
    DESK = "desk"
    """A desk agent: a program that relays APDUs, nothing else."""
    SYSTEM = "system"
    """The server itself and its command line."""


class Permission(StrEnum):
    """What can be allowed."""

    LIVE_READ = "live.read"
    EVENTS_READ = "events.read"
    MUSTER_READ = "muster.read"
    """How many are inside, and who: whereabouts."""
    HOLDERS_READ = "holders.read"
    HOLDERS_WRITE = "holders.write"
    CARDS_READ = "cards.read"
    CARDS_ISSUE = "cards.issue"
    CARDS_REVOKE = "cards.revoke"
    ORG_WRITE = "org.write"
    ACCESS_READ = "access.read"
    ACCESS_WRITE = "access.write"
    GATEWAYS_READ = "gateways.read"
    GATEWAYS_WRITE = "gateways.write"
    AUDIT_READ = "audit.read"
    USERS_WRITE = "users.write"
    ALARMS_ACKNOWLEDGE = "alarms.acknowledge"
    COMMANDS_GIVE = "commands.give"
    """Open, hold, lock down, release: at gates and doors, from afar."""
    WEBHOOKS_WRITE = "webhooks.write"
    """Tell other systems what happens here."""
    INCIDENTS_READ = "incidents.read"
    """Which of them, and how much: services.incidents.incident_words."""
    INCIDENTS_REPORT = "incidents.report"
    INCIDENTS_HANDLE = "incidents.handle"
    """Take on, send, hand over, close: those of one's own unit."""
    NOTICES_WRITE = "notices.write"
    """To points' screens and to residents."""
    PURSES_READ = "purses.read"
    PURSES_CREDIT = "purses.credit"
    """Put money onto cards."""
    CARE_WORK = "care.work"
    """Elderly care: who eats, who was not seen, who visits whom."""
    CLINIC_WORK = "clinic.work"
    """The clinic's queue and follow-ups."""
    ACTIVITIES_WORK = "activities.work"
    """Meetings and activities: who is invited, who came."""
    PARTY_WORK = "party.work"
    """Who is a member of the Party, and its meetings."""
    PROPERTY_WORK = "property.work"
    """Tickets and their threads; whose car it is."""
    PARKING_GRANT = "parking.grant"
    PASSES_MAKE = "passes.make"
    """A contractor's pass: an access level of its own, these doors only."""
    PRIVACY_READ = "privacy.read"
    """The register, time limits, proofs of deletion, assessments, how requests stand: nobody's data."""
    PRIVACY_WORK = "privacy.work"
    """Answer requests: give somebody everything about them, or delete it."""
    STATISTICS_READ = "statistics.read"
    """Counts, nobody's name."""
    VISITORS_WRITE = "visitors.write"
    """Let visitors in for some hours: a pass as a QR code."""
    DESK_RELAY = "desk.relay"


_FIELDS = frozenset(
    {
        Permission.CARE_WORK,
        Permission.CLINIC_WORK,
        Permission.ACTIVITIES_WORK,
        Permission.PARTY_WORK,
        Permission.PRIVACY_WORK,
    }
)
"""Health, whereabouts, membership (PIPL art. 28): of those who work there alone, and nobody has two fields."""

_PEOPLE = frozenset(Permission) - {Permission.DESK_RELAY} - _FIELDS
_INCIDENTS = frozenset({Permission.INCIDENTS_READ, Permission.INCIDENTS_REPORT, Permission.INCIDENTS_HANDLE})

ALLOWED: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: _PEOPLE,
    Role.GUARD: frozenset(
        {
            Permission.LIVE_READ,
            Permission.EVENTS_READ,
            Permission.MUSTER_READ,
            Permission.HOLDERS_READ,
            Permission.CARDS_READ,
            # A guard who is told of a lost card at three in the morning must not have to wait for an admin.
            Permission.CARDS_REVOKE,
            Permission.ACCESS_READ,
            Permission.GATEWAYS_READ,
            Permission.ALARMS_ACKNOWLEDGE,
            Permission.PROPERTY_WORK,
            Permission.VISITORS_WRITE,
            Permission.COMMANDS_GIVE,
        }
        | _INCIDENTS
    ),
    Role.CLERK: frozenset(
        {
            Permission.HOLDERS_READ,
            Permission.HOLDERS_WRITE,
            Permission.CARDS_READ,
            Permission.CARDS_ISSUE,
            Permission.PROPERTY_WORK,
            Permission.PARKING_GRANT,
            Permission.PASSES_MAKE,
            Permission.VISITORS_WRITE,
            Permission.CARDS_REVOKE,
            Permission.ACCESS_READ,
            Permission.PURSES_READ,
            Permission.PURSES_CREDIT,
            Permission.NOTICES_WRITE,
        }
        | _INCIDENTS
    ),
    # A nurse and a care worker see who comes to them (services.sight), and no cards: those open gates.
    Role.NURSE: frozenset(
        {
            Permission.LIVE_READ,
            Permission.EVENTS_READ,
            Permission.HOLDERS_READ,
            Permission.CLINIC_WORK,
            Permission.STATISTICS_READ,
        }
    ),
    Role.CARE: frozenset(
        {
            Permission.LIVE_READ,
            Permission.EVENTS_READ,
            Permission.HOLDERS_READ,
            Permission.PURSES_READ,
            Permission.CARE_WORK,
            Permission.STATISTICS_READ,
        }
        | _INCIDENTS
    ),
    Role.PARTY: frozenset({Permission.HOLDERS_READ, Permission.ACTIVITIES_WORK, Permission.PARTY_WORK}),
    Role.ORGANISER: frozenset({Permission.HOLDERS_READ, Permission.ACTIVITIES_WORK, Permission.STATISTICS_READ}),
    Role.PROPERTY: frozenset(
        {Permission.PROPERTY_WORK, Permission.PARKING_GRANT, Permission.VISITORS_WRITE, Permission.STATISTICS_READ}
    ),
    Role.OFFICIAL: frozenset({Permission.ACCESS_READ, Permission.GATEWAYS_READ, Permission.STATISTICS_READ})
    | _INCIDENTS,
    Role.AUDITOR: frozenset(
        {
            Permission.AUDIT_READ,
            Permission.EVENTS_READ,
            Permission.ACCESS_READ,
            Permission.GATEWAYS_READ,
            Permission.INCIDENTS_READ,
            Permission.PRIVACY_READ,
            Permission.STATISTICS_READ,
        }
    ),
    Role.PRIVACY: frozenset(
        {Permission.HOLDERS_READ, Permission.AUDIT_READ, Permission.PRIVACY_READ, Permission.PRIVACY_WORK}
    ),
    Role.INSTALLER: frozenset(
        {
            Permission.LIVE_READ,
            Permission.EVENTS_READ,
            Permission.ACCESS_READ,
            Permission.GATEWAYS_READ,
            Permission.GATEWAYS_WRITE,
            Permission.COMMANDS_GIVE,
        }
    ),
    Role.DESK: frozenset({Permission.DESK_RELAY}),
    Role.SYSTEM: frozenset(Permission),
}

PEOPLE_ROLES = tuple(role for role in Role if role not in (Role.DESK, Role.SYSTEM))
"""What a person can be; the others are programs."""


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the table allows it, and the scopes of a token."""
    scoped = actor.scopes is None or permission in actor.scopes
    return scoped and actor.role in set(Role) and permission in ALLOWED[Role(actor.role)]


def require(actor: Actor, permission: Permission) -> None:
    """Problem FORBIDDEN when the table does not allow it."""
    if not may(actor, permission):
        raise Problem(Code.FORBIDDEN, f"{actor.name} ({actor.role}) lacks {permission}.")
