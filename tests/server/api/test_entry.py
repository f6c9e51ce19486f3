"""Who may come in: every route is opened by every role."""

import pytest
from fastapi.testclient import TestClient

from server.api.application import build_api
from server.services.roles import ALLOWED, PEOPLE_ROLES, Permission, Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import tokens
from tests.server.api.conftest import Client, on_both
from tests.server.build import ADMIN, Community

OPEN = {
    ("GET", "/health"),
}
"""Routes without a token: a sign of life, and some that believe a claim or a gateway's signature instead."""

PERMISSIONS: dict[Permission, str] = {
    Permission.ACCESS_READ: (
        "GET /areas /areas/{area_id} /calendar /levels /levels/{level_id} /org-units /org-units/{code} /points "
        "/points/{point_id} /privileges /schedules /schedules/{schedule_id} /cards/{card_id}/traits"
    ),
    Permission.ACCESS_WRITE: (
        "DELETE /areas/{area_id} /levels/{level_id} "
        "POST /calendar/official/{year} /whatif "
        "PUT /areas/{area_id} /calendar /cards/{card_id}/traits /levels/{level_id} /points/{point_id} /privileges "
        "/schedules/{schedule_id}"
    ),
    Permission.ALARMS_ACKNOWLEDGE: "POST /alarms/{alarm_id}/acknowledge",
    Permission.CARDS_ISSUE: "GET /desks POST /cards PUT /cards/{card_id}/rights",
    Permission.CARDS_READ: "GET /cards /cards/{card_id} /cards/{card_id}/receipt",
    Permission.CARDS_REVOKE: "POST /cards/{card_id}/{step}",
    Permission.COMMANDS_GIVE: "POST /areas/{area}/lockdown /gateways/{gateway}/commands",
    Permission.EVENTS_READ: "GET /alarms /events /events/{event_id} /events/{event_id}/replay /explain",
    Permission.GATEWAYS_READ: (
        "GET /gateways /gateways/{gateway} /gateways/{gateway}/commands /gateways/{gateway}/commands/{number}"
    ),
    Permission.GATEWAYS_WRITE: (
        "POST /gateways/{gateway}/claim /gateways/{gateway}/confirm /gateways/{gateway}/refuse "
        "/gateways/{gateway}/revoke /gateways/{gateway}/take-down "
        "/gateways/{gateway}/hang-again"
    ),
    Permission.HOLDERS_READ: (
        "GET /holders /holders/{holder_id} /houses /houses/{house_id} /houses/{house_id}/households"
    ),
    Permission.HOLDERS_WRITE: (
        "POST /holders /holders/{holder_id}/leave /holders/{holder_id}/merge /houses PUT /holders/{holder_id} "
        "GET /imports /imports/{import_id} /imports/{import_id}/lines DELETE /imports/{import_id} "
        "POST /imports /imports/{import_id}/columns /imports/{import_id}/lines/{number} /imports/{import_id}/apply "
        "/imports/{import_id}/undo"
    ),
    Permission.INCIDENTS_HANDLE: "POST /incidents/{number}/{action}",
    Permission.INCIDENTS_READ: "GET /incidents /incidents/counts /incidents/{number} /rosters",
    Permission.INCIDENTS_REPORT: "POST /incidents /incidents/{number}/sources",
    Permission.PARKING_GRANT: "POST /parking /parking/{number}/end",
    Permission.PASSES_MAKE: "GET /passes POST /passes",
    Permission.PRIVACY_READ: (
        "GET /privacy/aims /privacy/aims/{aim} /privacy/nights /privacy/proofs /privacy/consents/counts"
    ),
    Permission.PRIVACY_WORK: "GET /privacy/consents /privacy/requests /privacy/requests/{number}",
    Permission.STATISTICS_READ: "GET /statistics /statistics/{field}/{question}",
    Permission.PROPERTY_WORK: "GET /parking /tickets /tickets/{number} POST /tickets /tickets/{number}/messages",
    Permission.MUSTER_READ: "GET /muster /occupancy",
    Permission.CLINIC_WORK: (
        "GET /clinic/queue /clinic/screen /clinic/recalls /clinic/fhir "
        "POST /clinic/next /clinic/tickets/{ticket_id}/{move} /clinic/recalls /clinic/recalls/{recall_id}/came"
    ),
    Permission.ACTIVITIES_WORK: (
        "GET /activities /activities/merits /activities/{number} /activities/{number}/absent "
        "POST /activities /activities/{number}/invite /activities/{number}/steps/{step} "
        "/activities/{number}/people/{holder_id}/mark /activities/{number}/people/{holder_id}/sign-in "
        "PUT /activities/{number}"
    ),
    Permission.PARTY_WORK: (
        "DELETE /party/members/{holder_id} GET /party/members /party/members/{holder_id} PUT /party/members/{holder_id}"
    ),
    Permission.NOTICES_WRITE: (
        "DELETE /notices/readers/{address} GET /notices /notices/{number} "
        "POST /notices /notices/readers /notices/{number}/withdraw"
    ),
    Permission.CARE_WORK: (
        "GET /meals /subsidies/{holder_id} /care/board /care/cases/{case_id} /care/visits /care/watch/{holder_id} "
        "/care/watch/{holder_id}/absence "
        "POST /subsidies/{holder_id} /subsidies/{holder_id}/end /care/watch/{holder_id}/case "
        "/care/cases/{case_id}/deeds "
        "PUT /care/watch/{holder_id} /care/watch/{holder_id}/absence DELETE /care/watch/{holder_id}/absence"
    ),
    Permission.ORG_WRITE: "DELETE /org-units/{code} POST /rosters /rosters/{post_id}/end PUT /org-units/{code}",
    Permission.PURSES_CREDIT: "POST /purses/move /purses/top-up",
    Permission.PURSES_READ: "GET /purses/{card_id} /purses/{card_id}/move /subsidies/{holder_id}/standing",
    Permission.VISITORS_WRITE: (
        "GET /visitors /visitors/{number} /visitors/{number}/code POST /visitors /visitors/{number}/end"
    ),
    Permission.WEBHOOKS_WRITE: (
        "GET /webhooks /webhooks/{webhook_id}/deliveries DELETE /webhooks/{webhook_id} "
        "POST /webhooks /webhooks/{webhook_id}/test /webhooks/deliveries/{delivery_id}/again"
    ),
}
"""What each route asks of a role; a route that is in no line fails here."""


def needed() -> dict[tuple[str, str], Permission]:
    """(method, path) -> permission."""
    found = {}
    for permission, line in PERMISSIONS.items():
        method = ""
        for word in line.split():
            if word.startswith("/"):
                found[method, word] = permission
            else:
                method = word
    return found


ULID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
PLACES = {
    "card_id": ULID,
    "case_id": ULID,
    "post_id": ULID,
    "ticket_id": ULID,
    "recall_id": ULID,
    "move": "call",
    "holder_id": ULID,
    "import_id": ULID,
    "alarm_id": ULID,
    "event_id": "1",
    "step": "revoke",
    "sha256": "0" * 64,
}


def routes(community: Community) -> list[tuple[str, str]]:
    paths = build_api(community.house).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


def opened(client: TestClient, method: str, path: str) -> int:
    """What a route answers to a request that may be wrong in everything but who sends it."""
    for name in ("gateway", "point_id", "schedule_id", "level_id", "area_id", "code"):
        path = path.replace("{" + name + "}", "330105008001" if name == "code" else "thing")
    for name, value in PLACES.items():
        path = path.replace("{" + name + "}", value)
    query = "?card=" + ULID + "&point=gate" if path == "/explain" else ""
    return client.request(method, path + query, json={}).status_code


def test_every_route_is_opened_by_every_role(community: Community, client: Client) -> None:
    everything, permissions = set(routes(community)), needed()
    assert everything == OPEN | set(permissions)
    clients = {role: client(role) for role in (*PEOPLE_ROLES, Role.DESK, None)}
    wrong = [
        f"{method} {path}: {role or 'nobody'} got {status}"
        for method, path in sorted(everything)
        for role, one in clients.items()
        if not fits(role, permissions.get((method, path)), status := opened(one, method, path))
    ]
    assert wrong == []


def fits(role: Role | None, permission: Permission | None, status: int) -> bool:
    """Whether somebody was let in who may, and nobody else."""
    if permission is None:
        return status not in (401, 500)
    if role is None:
        return status == 401
    return status not in (401, 403, 500) if permission in ALLOWED[role] else status == 403


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer oc_00", "Basic YTpi", "oc_00"])
def test_what_is_no_token_opens_nothing(client: Client, header: str) -> None:
    answer = client(None).get("/points", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_revoked_token_opens_nothing_any_more(community: Community, client: Client) -> None:
    guard = client(Role.GUARD)
    assert guard.get("/points").status_code == 200
    with community.transactions.work(ADMIN) as work:
        tokens.revoke(work, "guard")
    assert guard.get("/points").status_code == 401


@pytest.mark.parametrize(("limit", "status"), [("0", 422), ("501", 422), ("500", 200), ("x", 422)])
def test_pages_are_bounded(admin: TestClient, limit: str, status: int) -> None:
    assert admin.get("/cards", params={"limit": limit}).status_code == status


@on_both
@pytest.mark.parametrize("path", ["/holders?q=%00", "/cards?q=%00", "/holders/%00", "/cards/nonsense", "/events/0"])
def test_noise_in_an_address_is_the_callers_mistake(admin: TestClient, path: str) -> None:
    answer = admin.get(path)
    assert answer.status_code in (200, 422)
    assert answer.headers["content-type"] != "text/html"


def test_for_a_token_of_another_district_nothing_here_exists(community: Community, client: Client) -> None:
    with community.transactions.work(ADMIN) as work:
        org.add(work, OrgUnitIn(code="330106000000", name_zh="西湖区"))
        _, secret = tokens.add(work, "elsewhere", Role.ADMIN, org="330106000000")
    answer = client(None).get("/points", headers={"Authorization": f"Bearer {secret}"})
    assert (answer.status_code, "330106000000" in answer.json()["detail"]) == (403, True)


def test_a_scope_narrows_what_a_role_may(community: Community, client: Client) -> None:
    with community.transactions.work(ADMIN) as work:
        _, secret = tokens.add(work, "narrow", Role.ADMIN, scopes=[Permission.CARDS_READ])
    headers = {"Authorization": f"Bearer {secret}"}
    assert client(None).get("/cards", headers=headers).status_code == 200
    assert client(None).get("/holders", headers=headers).status_code == 403
