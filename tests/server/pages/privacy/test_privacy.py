"""The register on a page: times are changed with a reason, assessments noted, deletions shown."""

from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.privacy import assessments, forgetting, retention
from server.services.privacy.aims import Aim
from server.services.roles import Role
from tests.server.build import ADMIN
from tests.server.pages.conftest import words_of


def test_a_time_is_changed_with_a_reason_within_the_law(house):
    officer = house.signed_in(Role.PRIVACY)
    assert "365 days" in words_of(officer.get("/privacy/aims/clinic"))
    refused = officer.post("/privacy/aims/access/keep", keep_days="100", why="less")
    assert refused.status_code == 422
    assert "that the law allows" in words_of(refused)
    typed = officer.post("/privacy/aims/clinic/keep", keep_days="91", why="")
    assert (typed.status_code, 'value="91"' in typed.text) == (422, True)
    assert officer.post("/privacy/aims/clinic/keep", keep_days="90", why="enough").status_code == 303
    assert "90 days privacy" in words_of(officer.get("/privacy/aims/clinic"))
    assert house.signed_in(Role.ADMIN).post("/privacy/aims/clinic/keep", keep_days="9", why="x").status_code == 403


def test_an_assessment_is_noted_and_asked_again(house):
    officer = house.signed_in(Role.PRIVACY)
    assert "Needed and missing" in words_of(officer.get("/privacy"))
    given = {"necessity": "必要", "risks": "泄露", "measures": "加密", "verdict": "with_measures"}
    wrong = officer.post("/privacy/aims/clinic/assess", **given, again_day="2020-01-01")
    assert wrong.status_code == 422
    assert "加密" in wrong.text, "what was typed is still there"
    assert officer.post("/privacy/aims/clinic/assess", **given, again_day="2099-01-01").status_code == 303
    assert "Acceptable with these measures" in words_of(officer.get("/privacy/aims/clinic"))
    with house.transactions.read() as session:
        assert len(assessments.of_aim(session, Aim.CLINIC)) == 1


def test_what_was_deleted_and_who_consented_is_shown(house, person):
    with house.transactions.work(ADMIN) as work:
        consents.say(work, person.id, Purpose.PHOTO, True)
        consents.say(work, person.id, Purpose.PHOTO, False)
    officer = house.signed_in(Role.PRIVACY)
    ledger = words_of(officer.get("/privacy/consents?purpose=photo"))
    assert ledger.count("单秀英") == 2
    assert "Taken back" in ledger
    assert "Nothing was deleted yet" in words_of(officer.get("/privacy/nights"))
    with house.transactions.work(ADMIN) as work:
        forgetting.forget(work, person.id, why="request 1")
    house.community.now[0] += 86_400_000
    assert retention.look_at_night(house.transactions) == 0
    shown = words_of(officer.get("/privacy/nights"))
    assert "request no. 1" in shown
    assert "2026-03-02" in shown
