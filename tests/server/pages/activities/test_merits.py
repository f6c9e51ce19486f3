"""Points, absence lists and certificates on a screen and as files."""

from server.services.activities import activities
from server.services.activities.activity_life import ActivityStep
from server.services.roles import Role
from server.services.work import SYSTEM
from server.tables import ActivityRow
from tests.server.pages.conftest import words_of


def test_points_of_a_year_as_a_page_and_a_file(lived):
    browser = lived.house.signed_in(Role.ORGANISER)
    page = words_of(browser.get("/activities/points"))
    assert "Points of 2026" in page
    assert "王秀英 3-1-502 1 0 5" in page
    assert "Nobody has taken part in this year." in words_of(browser.get("/activities/points?year=2025"))
    assert "Points of 2026" in words_of(browser.get("/activities/points?year=99"))
    listed = browser.get("/activities/points/list.csv?year=2026")
    assert "王秀英,3-1-502,1,0,5" in listed.content.decode("utf-8-sig").replace('"', "")
    assert browser.get("/activities/points/list.pdf").status_code == 404


def test_who_was_absent_as_a_page_and_a_file(lived):
    browser = lived.house.signed_in(Role.PARTY)
    path = f"/activities/{lived.activity}/absent"
    assert "王秀英 3-1-502 Not come yet" in words_of(browser.get(path))
    assert "Not come yet" in browser.get(f"{path}/list.csv").content.decode("utf-8-sig")
    assert browser.get(f"{path}/list.doc").status_code == 404
    assert lived.house.signed_in(Role.ORGANISER).get(f"{path}/list.csv").status_code == 404
    assert "Nobody is absent." in words_of(browser.get(f"/activities/{lived.held}/absent"))


def test_a_certificate_to_print(lived):
    browser = lived.house.signed_in(Role.ORGANISER)
    page = words_of(browser.get(f"/activities/{lived.held}/certificates/{lived.holder}"))
    assert "Certificate of attendance 王秀英 took part in" in page
    assert "Points: 5" in page
    party = lived.house.signed_in(Role.PARTY)
    assert party.get(f"/activities/{lived.activity}/certificates/{lived.holder}").status_code == 409


def test_whoever_was_missing_when_it_was_held_did_not_come(lived):
    community = lived.house.community
    with community.transactions.work(SYSTEM) as work:
        work.session.get_one(ActivityRow, lived.activity).rule = "none"
        for what in (ActivityStep.OPEN, ActivityStep.BEGIN, ActivityStep.END):
            activities.step(work, lived.activity, what)
    browser = lived.house.signed_in(Role.PARTY)
    for path in ("", "/absent"):
        page = words_of(browser.get(f"/activities/{lived.activity}{path}"))
        assert "王秀英 3-1-502 Did not come" in page, path
    assert "Did not come" in browser.get(f"/activities/{lived.activity}/absent/list.csv").content.decode("utf-8-sig")
