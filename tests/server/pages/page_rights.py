"""What each page asks of a role: the referee of test_every_page. Who changes a right of a page changes it here too."""

from server.services.roles import ALLOWED, Permission, Role

_WRITTEN: dict[str, str] = {
    "access.read": "/access /access/calendar",
    "access.read cards.read": "/cards/{card_id}/explain",
    "access.read cards.read holders.read": "/access/why",
    "access.write": "/access/hours/{schedule_id} /access/levels/{level_id}",
    "activities.work": (
        "/activities /activities/_new /activities/points /activities/{number} /activities/{number}/absent "
        "/activities/{number}/certificates/{holder_id} /activities/{number}/edit /activities/{number}/sign-in"
    ),
    "alarms.acknowledge commands.give": "/shift",
    "audit.read": "/audit /audit/check",
    "cards.issue": "/desk /desk/pair /desk/people /desk/readers /desk/several /desk/tapped",
    "cards.read": "/cards /cards/{card_id} /cards/{card_id}/receipt",
    "cards.read statistics.read": "/statistics/_unused",
    "cards.revoke holders.write": "/holders/{holder_id}/leave /holders/{holder_id}/merge",
    "care.work": "/care /care/meals /care/people/{holder_id} /care/visits",
    "clinic.work": "/clinic /clinic/recalls /clinic/screen",
    "commands.give": "/points/{point_id}/orders",
    "events.read": "/events /events/{event_id}",
    "gateways.read": (
        "/gateways /gateways/_rows /gateways/{gateway_id} /gateways/{gateway_id}/facts /gateways/{gateway_id}/orders"
    ),
    "gateways.write": "/gateways/_new /gateways/{gateway_id}/points/_new /gateways/{gateway_id}/points/{point_id}",
    "holders.read": (
        "/holders /holders/{holder_id} /holders/{holder_id}/notice /holders/{holder_id}/timeline /houses "
        "/houses/{house_id}"
    ),
    "holders.write": (
        "/holders/new /holders/{holder_id}/edit /holders/{holder_id}/more /houses/_new /imports /imports/{import_id} "
        "/imports/{import_id}/lines /imports/{import_id}/progress"
    ),
    "incidents.read": "/incidents /incidents/{number} /incidents/{number}/file /rosters",
    "incidents.report": "/incidents/_new",
    "live.read": "/alarms /live /live/panel",
    "muster.read": "/muster",
    "notices.write": "/notices /notices/_new /notices/readers /notices/{number} /notices/{number}/paper",
    "org.write users.write": "/setup /setup/keys /setup/units",
    "party.work": "/party",
    "passes.make": "/passes",
    "privacy.read": "/privacy /privacy/aims/{aim} /privacy/nights",
    "privacy.work": "/privacy/consents /privacy/requests /privacy/requests/_new /privacy/requests/{number}",
    "property.work": "/parking /tickets /tickets/_new /tickets/{number} /tickets/{number}/resident",
    "purses.read": "/purses/{card_id}",
    "": "/account /account/app /account/passkeys/_new /api",
    "statistics.read": "/statistics /statistics/{field}",
    "users.write": "/tokens /users /users/_new /users/{name}",
    "visitors.write": "/visitors /visitors/_today",
    "webhooks.write": "/webhooks /webhooks/{webhook_id}",
    "cards.read cards.revoke": "/cards/{card_id}/{step}",
}
"""The permissions that are all needed -> routes; "" is everybody who has signed in."""

NEEDED: dict[str, frozenset[Permission]] = {
    route: frozenset(map(Permission, rights.split())) for rights, routes in _WRITTEN.items() for route in routes.split()
}
NARROWER = frozenset({"/statistics/{field}", "/tickets/{number}/resident"})
"""Not for every role that has the right: a role has its own fields, and the property company does not read as the
resident does (test_statistics, test_tickets)."""

WITHOUT_A_RIGHT = frozenset({"/login", "/account/password"})
"""Open before anybody has signed in, or has a password of their own."""


def as_written(role: Role, route: str, status: int) -> bool:
    """Whether this answer to this role is the allowed or the refused one that stands here."""
    if route in WITHOUT_A_RIGHT:
        return status != 403
    allowed = ALLOWED[role].issuperset(NEEDED[route])
    return status == 403 if not allowed else status != 403 or route in NARROWER
