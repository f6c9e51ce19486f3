"""Every form, by everybody: who may send it stands here, and nobody else may.

The referee is this list: who changes a right of a form changes it here too. A new form that is not in it fails here.
"""

import re

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from server.pages.site import ROUTERS
from server.pages.visit import Needs, our_form, signed_in_visit
from server.services.roles import ALLOWED, PEOPLE_ROLES, Permission

BEFORE_SIGNING_IN = frozenset({"/login", "/login/passkey", "/login/second", "/logout", "/settings"})
_WRITTEN: dict[str, str] = {
    "": (
        "/account/app /account/app/confirm /account/app/remove /account/codes /account/passkeys/_new "
        "/account/passkeys/{passkey_id}/remove /account/password /account/provider /account/provider/remove "
        "/account/sessions/end"
    ),
    "access.write": (
        "/access/calendar /access/hours/{schedule_id} /access/levels/{level_id} /access/levels/{level_id}/remove"
    ),
    "activities.work": (
        "/activities/_new /activities/{number}/edit /activities/{number}/invite /activities/{number}/marks "
        "/activities/{number}/sign-in /activities/{number}/steps"
    ),
    "alarms.acknowledge": "/alarms/answer",
    "alarms.acknowledge commands.give": "/shift/begin /shift/end",
    "audit.read": "/audit/export",
    "cards.issue": (
        "/desk /desk/jobs/{job_id}/cancel /desk/pair /desk/several /desk/several/{run_id}/skip "
        "/desk/several/{run_id}/stop"
    ),
    "cards.read": "/cards/{card_id}/{step}",
    "cards.revoke holders.write": "/holders/{holder_id}/leave /holders/{holder_id}/merge",
    "care.work": (
        "/care/cases/{case_id} /care/people/{holder_id} /care/people/{holder_id}/absence "
        "/care/people/{holder_id}/case /purses/{card_id}/subsidy /purses/{card_id}/subsidy/end"
    ),
    "clinic.work": "/clinic/next /clinic/recalls /clinic/recalls/{recall_id} /clinic/tickets/{ticket_id}",
    "commands.give": "/gateways/{gateway_id}/log /points/{point_id}/orders",
    "events.read": "/events/export",
    "gateways.write": (
        "/gateways/_new /gateways/{gateway_id}/confirm /gateways/{gateway_id}/points/_new "
        "/gateways/{gateway_id}/points/{point_id} /gateways/{gateway_id}/refuse /gateways/{gateway_id}/revoke "
        "/gateways/{gateway_id}/take-down /gateways/{gateway_id}/hang-again"
    ),
    "holders.write": (
        "/holders/new /holders/{holder_id}/consents /holders/{holder_id}/edit /holders/{holder_id}/photo "
        "/holders/{holder_id}/photo/remove /holders/{holder_id}/watch /houses/_new "
        "/houses/{house_id}/households/{household_id} /imports /imports/{import_id}/apply "
        "/imports/{import_id}/columns /imports/{import_id}/drop /imports/{import_id}/lines/{number} "
        "/imports/{import_id}/undo"
    ),
    "incidents.handle": "/incidents/{number}/_photo /incidents/{number}/{action}",
    "incidents.report": "/incidents/_new",
    "notices.write": "/notices/_new /notices/readers /notices/readers/remove /notices/{number}/withdraw",
    "org.write": "/rosters /rosters/{post_id}/end",
    "org.write users.write": "/setup/keys/copy /setup/keys/test /setup/units",
    "parking.grant": "/parking /parking/{number}/end",
    "party.work": "/party /party/{holder_id}/end",
    "passes.make": "/passes",
    "privacy.work": (
        "/privacy/aims/{aim}/assess /privacy/aims/{aim}/keep /privacy/requests/_new /privacy/requests/{number} "
        "/privacy/requests/{number}/file"
    ),
    "property.work": "/tickets/_new /tickets/{number}",
    "purses.credit": "/purses/{card_id}/move /purses/{card_id}/top-up",
    "users.write": (
        "/tokens /tokens/{name}/revoke /users/_new /users/{name} /users/{name}/password /users/{name}/second"
    ),
    "visitors.write": "/visitors /visitors/_let-in /visitors/_scan /visitors/{number}/end",
    "webhooks.write": (
        "/webhooks /webhooks/{webhook_id}/again /webhooks/{webhook_id}/end /webhooks/{webhook_id}/pause "
        "/webhooks/{webhook_id}/resume /webhooks/{webhook_id}/test"
    ),
}
"""The permissions that are all needed -> forms; "" is everybody who has signed in."""

NEEDED: dict[str, frozenset[Permission]] = {
    path: frozenset(map(Permission, rights.split())) for rights, paths in _WRITTEN.items() for path in paths.split()
}
FORMS: dict[str, APIRoute] = {
    route.path: route
    for router in ROUTERS
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in route.methods
}


def asked_of(dependant: Dependant) -> list[object]:
    """Everything that a route depends on, at any depth."""
    return [found for one in dependant.dependencies for found in (one.call, *asked_of(one))]


def anywhere(path: str) -> str:
    """An address of nothing that is there."""
    return re.sub(r"{[^}]*}", "9", path)


def test_the_list_names_every_form_with_what_it_asks():
    asked = {path: asked_of(route.dependant) for path, route in FORMS.items()}
    assert {path for path, calls in asked.items() if signed_in_visit not in calls} == BEFORE_SIGNING_IN
    rights = {
        path: frozenset(right for call in calls if isinstance(call, Needs) for right in call.permissions)
        for path, calls in asked.items()
        if path not in BEFORE_SIGNING_IN
    }
    assert rights == NEEDED


def test_every_form_is_one_of_this_browsers():
    assert all(our_form in asked_of(route.dependant) for route in FORMS.values())


def test_who_has_not_signed_in_sends_none(house):
    browser = house.browser()
    for path in NEEDED:
        answer = browser.post(anywhere(path))
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login"), path


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_a_role_sends_nothing_that_it_may_not(house, role):
    browser = house.signed_in(role)
    for path, needed in NEEDED.items():
        if not ALLOWED[role].issuperset(needed):
            assert browser.post(anywhere(path)).status_code == 403, path
