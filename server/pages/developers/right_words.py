"""What the rights of programs are called on a screen."""

from server.pages.i18n import N_
from server.services.roles import Permission

RIGHTS: dict[str, str] = {
    Permission.LIVE_READ: N_("See the live gates"),
    Permission.EVENTS_READ: N_("Read events"),
    Permission.MUSTER_READ: N_("See who is inside"),
    Permission.HOLDERS_READ: N_("Read people and houses"),
    Permission.HOLDERS_WRITE: N_("Enter and change people and houses"),
    Permission.CARDS_READ: N_("Read cards"),
    Permission.CARDS_ISSUE: N_("Issue cards"),
    Permission.CARDS_REVOKE: N_("Take cards out of use"),
    Permission.ORG_WRITE: N_("Change the tree of units"),
    Permission.ACCESS_READ: N_("Read who may go where"),
    Permission.ACCESS_WRITE: N_("Change who may go where"),
    Permission.GATEWAYS_READ: N_("See gateways"),
    Permission.GATEWAYS_WRITE: N_("Set up gateways and points"),
    Permission.AUDIT_READ: N_("Read who did what"),
    Permission.USERS_WRITE: N_("Enter users and tokens"),
    Permission.ALARMS_ACKNOWLEDGE: N_("Answer alarms"),
    Permission.COMMANDS_GIVE: N_("Open, hold and lock down doors from afar"),
    Permission.WEBHOOKS_WRITE: N_("Have other systems told"),
    Permission.INCIDENTS_READ: N_("Read incidents"),
    Permission.INCIDENTS_REPORT: N_("Report incidents"),
    Permission.INCIDENTS_HANDLE: N_("Handle incidents"),
    Permission.NOTICES_WRITE: N_("Write notices"),
    Permission.PURSES_READ: N_("Read purses"),
    Permission.PURSES_CREDIT: N_("Put money onto cards"),
    Permission.CARE_WORK: N_("Work in elderly care"),
    Permission.CLINIC_WORK: N_("Work in the clinic"),
    Permission.ACTIVITIES_WORK: N_("Hold meetings and activities"),
    Permission.PARTY_WORK: N_("Work in Party affairs"),
    Permission.PROPERTY_WORK: N_("Work on repairs and talks"),
    Permission.PARKING_GRANT: N_("Give parking permits"),
    Permission.PASSES_MAKE: N_("Make contractors' passes"),
    Permission.PRIVACY_READ: N_("See what personal data is kept for"),
    Permission.PRIVACY_WORK: N_("Answer requests about personal data"),
    Permission.STATISTICS_READ: N_("Read statistics"),
    Permission.VISITORS_WRITE: N_("Let visitors in"),
    Permission.DESK_RELAY: N_("Be a card desk"),
}
"""Right -> words; a program names it by its code."""
