"""Requests on pages: noted, checked, given out, deleted; and what is not possible says so."""

import re

from server.services.lists.sheets import read_file
from server.services.privacy import requests
from server.services.roles import Role
from tests.server.pages.conftest import words_of


def test_asked_known_given_out_and_deleted(lived):
    officer = lived.house.signed_in(Role.PRIVACY)
    empty = officer.post("/privacy/requests/_new", name="", kind="deletion", way="letter")
    assert empty.status_code == 422
    made = officer.post("/privacy/requests/_new", name="王秀英", kind="deletion", way="in_person", text="请删除")
    here = made.headers["location"]
    assert "请删除" in words_of(officer.get(here))
    assert officer.post(f"{here}/file", form="xlsx").status_code == 409, "nobody knows yet who asks"
    unknown = officer.post(here, step="check", note="身份证")
    assert unknown.status_code == 422
    assert "Say whose data it is" in words_of(unknown)
    assert ">身份证</textarea>" in unknown.text
    assert officer.post(here, step="check", note="", holder_id=lived.holder).status_code == 422
    assert officer.post(here, step="check", note="身份证", holder_id=lived.holder).status_code == 303
    assert "What a deletion would leave" in words_of(officer.get(here))
    file = officer.post(f"{here}/file", form="xlsx")
    cells = [cell for row in read_file(file.content).rows for cell in row if cell]
    assert "王秀英" in cells
    assert any(str(cell).startswith("Given out by privacy") for cell in cells)
    assert officer.post(f"{here}/file", form="exe").status_code == 404
    assert officer.post(here, step="do", note="已删除", aim="everything", sure="yes").status_code == 303
    assert officer.get(f"/holders/{lived.holder}").status_code == 404
    told = words_of(officer.get(here))
    assert "Answered in time" in told
    assert "What was deleted, and what stays" in told
    assert "stays: written by people" in told, "the incident that names them"
    assert officer.post(here, step="do", note="again", aim="everything", sure="yes").status_code == 409
    assert "王秀英" in words_of(officer.get("/privacy/requests?over=true"))


def test_nothing_is_deleted_by_who_only_wants_to_note_it(lived):
    officer = lived.house.signed_in(Role.PRIVACY)
    here = f"/privacy/requests/{lived.asked}"
    assert officer.post(here, step="check", note="身份证", holder_id=lived.holder).status_code == 303
    page = officer.get(here)
    assert "Delete it now, for good" in words_of(page)
    assert not re.search(r'value="do"[^>]* checked', page.text), "what deletes is not chosen beforehand"
    for given, asked in (
        ({}, "Choose what is to be deleted."),
        ({"aim": "everything"}, "tick that it is to be deleted for good"),
        ({"sure": "yes"}, "Choose what is to be deleted."),
    ):
        answer = officer.post(here, step="do", note="已删除", **given)
        assert (answer.status_code, asked in words_of(answer)) == (422, True)
        assert ">已删除</textarea>" in answer.text
    assert officer.get(f"/holders/{lived.holder}").status_code == 200


def test_how_many_rows_there_are_does_not_say_who_is_a_member_of_the_party(lived):
    officer = lived.house.signed_in(Role.PRIVACY)
    here = f"/privacy/requests/{lived.asked}"
    assert officer.post(here, step="check", note="身份证", holder_id=lived.holder).status_code == 303
    before = officer.get(here).text
    assert officer.post(here, step="do", note="已删除", aim="everything", sure="yes").status_code == 303
    after = officer.get(here).text
    assert "What was deleted, and what stays" in after
    for told in (before, after):
        assert "<td>Party membership</td>" not in told
        assert "<td>What care, clinic, activities and Party keep</td>" in told
    assert "party_member" not in officer.get("/audit").text


def test_one_is_noted_from_the_page_of_the_person(lived):
    officer = lived.house.signed_in(Role.PRIVACY)
    assert f"/privacy/requests/_new?holder={lived.holder}" in officer.get(f"/holders/{lived.holder}").text
    assert "王秀英" in officer.get(f"/privacy/requests/_new?holder={lived.holder}").text
    with lived.house.transactions.read() as session:
        assert requests.get(session, lived.asked, 0).request.holder_id == lived.holder


def test_nobody_else_comes_in(lived):
    for role in (Role.ADMIN, Role.GUARD, Role.NURSE, Role.AUDITOR):
        browser = lived.house.signed_in(role)
        assert browser.get("/privacy/requests").status_code == 403, role
        assert browser.post(f"/privacy/requests/{lived.asked}/file", form="xlsx").status_code == 403, role
