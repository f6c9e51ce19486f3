"""The Party's members on a screen."""

from sqlmodel import select

from server.services.roles import Role
from server.tables import AuditRow
from tests.server.pages.conftest import words_of


def test_entered_corrected_and_ended(house):
    person = house.community.holder("单秀英")
    browser = house.signed_in(Role.PARTY)
    assert "Nobody is entered." in words_of(browser.get("/party"))
    assert "单秀英 3-1-502" in words_of(browser.get("/party?q=单"))
    entered = {"holder": person.id, "standing": "probationary", "branch": "第一支部", "since": "2025-07-01"}
    assert browser.post("/party", **entered).headers["location"] == "/party"
    assert browser.post("/party", **(entered | {"standing": "full"})).status_code == 303
    page = words_of(browser.get("/party"))
    assert "第一支部 单秀英 3-1-502 Full member 2025-07-01" in page
    for wrong in ({"branch": " "}, {"since": "long ago"}, {"standing": "honorary"}):
        answer = browser.post("/party", **(entered | wrong), q="单")
        assert answer.status_code == 422
        assert f'value="{person.id}" checked' in answer.text
        assert f'value="{(entered | wrong)["since"]}"' in answer.text
    assert browser.post("/party", **(entered | {"holder": "nobody"})).status_code == 404
    for unsaid in ("", "王秀英 moved"):
        answer = browser.post(f"/party/{person.id}/end", because=unsaid)
        assert (answer.status_code, "Choose why." in words_of(answer)) == (422, True), (
            "no free words: the trail is read"
        )
    assert "单秀英 3-1-502 Full member" in words_of(browser.get("/party")), "asked first"
    assert browser.post(f"/party/{person.id}/end", because="entered by mistake").status_code == 303
    assert browser.post(f"/party/{person.id}/end", because="entered by mistake").status_code == 404
    with house.transactions.read() as session:
        assert session.exec(select(AuditRow).where(AuditRow.action == "party.read")).first() is not None
        assert session.exec(select(AuditRow.why).where(AuditRow.action == "party.end")).all() == ["entered by mistake"]


def test_nobody_else_reads_it_anywhere(lived):
    """The person's own page, their tags and their line of time say nothing of it to whoever looks people up."""
    for role in (Role.ADMIN, Role.GUARD, Role.CLERK, Role.NURSE, Role.CARE, Role.ORGANISER):
        browser = lived.house.signed_in(role)
        assert browser.get("/party").status_code == 403
        for path in (f"/holders/{lived.holder}", "/holders"):
            page = words_of(browser.get(path))
            assert "Full member" not in page
            assert "Member of the Party" not in page


def test_two_people_of_one_name_are_told_apart(house):
    for tail in ("0017", "0018"):
        house.community.holder("王秀英", phone_tail=tail)
    page = words_of(house.signed_in(Role.PARTY).get("/party?q=王秀英"))
    assert all(f"王秀英 3-1-502 telephone …{tail}, entered on 2026-" in page for tail in ("0017", "0018"))
