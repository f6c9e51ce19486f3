"""Privacy over the API: the register for whoever oversees it, names for whoever answers people."""

from server.services.audit import trail
from server.services.people.consents import Purpose
from server.services.privacy import requests
from server.services.privacy.aims import Aim
from server.services.privacy.request_life import Kind, Way
from server.services.privacy.requests import RequestIn
from server.services.roles import Role
from tests.server.api.conftest import Client
from tests.server.build import ADMIN, Community
from tests.server.services.privacy.lives import lived


def test_the_register_says_what_for_on_which_basis_and_for_how_long(client: Client) -> None:
    auditor = client(Role.AUDITOR)
    found = {one["aim"]: one for one in auditor.get("/privacy/aims").json()["items"]}
    assert set(found) == set(Aim)
    clinic = found["clinic"]
    assert (clinic["basis"], clinic["sensitive"], clinic["consent"]) == ("consent", True, "clinic")
    assert (clinic["keep"]["keep_days"], clinic["standing"]) == (365, "missing")
    file = auditor.get("/privacy/aims/clinic").json()
    assert "clinic_ticket" in [one["table"] for one in file["tables"]]
    assert file["assessments"] == []
    assert auditor.get("/privacy/aims/moon").status_code == 422


def test_what_went_by_night_and_how_consents_stand_names_nobody(community: Community, client: Client) -> None:
    lived(community)
    auditor = client(Role.AUDITOR)
    assert auditor.get("/privacy/nights").json() == {"items": [], "next": None}
    assert auditor.get("/privacy/proofs").json() == {"items": [], "next": None}
    counts = auditor.get("/privacy/consents/counts").json()["items"]
    assert {one["purpose"] for one in counts} == set(Purpose)
    for path in ("/privacy/consents", "/privacy/requests", "/privacy/requests/1"):
        assert auditor.get(path).status_code == 403, path


def test_who_answers_people_reads_the_ledger_and_the_requests_and_that_is_in_the_trail(
    community: Community, client: Client
) -> None:
    life = lived(community)
    with community.transactions.work(ADMIN) as work:
        given = RequestIn(kind=Kind.ACCESS, name="王秀英", holder_id=life.holder, way=Way.LETTER, text="请告知")
        number = requests.ask(work, given).number
    keeper = client(Role.PRIVACY)
    lines = keeper.get("/privacy/consents").json()["items"]
    assert lines
    assert {one["purpose"] for one in keeper.get("/privacy/consents?purpose=photo").json()["items"]} <= {"photo"}
    assert [one["number"] for one in keeper.get("/privacy/requests").json()["items"]] == [number]
    assert keeper.get("/privacy/requests?over=true").json()["items"] == []
    file = keeper.get(f"/privacy/requests/{number}").json()
    assert (file["request"]["name"], file["request"]["kind"]) == ("王秀英", "access")
    assert keeper.get("/privacy/requests/99").headers["content-type"] == "application/problem+json"
    with community.transactions.read() as session:
        subjects = {line.subject for line in trail(session).items if line.action == "privacy.read"}
    assert subjects == {"consents", "requests", f"request:{number}"}
