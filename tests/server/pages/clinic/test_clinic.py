"""The clinic on a screen."""

from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.server.services.clinic.test_clinic import patient, tap, today


def test_from_arrival_to_done(house):
    browser = house.signed_in(Role.NURSE)
    assert "Nobody has come yet." in words_of(browser.get("/clinic"))
    tap(house.community, patient(house.community))
    tap(house.community, patient(house.community, "04FFFFFFFFFFFF", consent=False))
    page = words_of(browser.get("/clinic"))
    assert "王秀英" in page
    assert "no consent: number only" in page
    assert browser.post("/clinic/next").headers["location"] == "/clinic"
    screen = browser.get("/clinic/screen")
    assert "王*英" in screen.text
    assert "王秀英" not in screen.text
    ticket = today(house.community)[0].id
    for what in ("enter", "finish", "finish"):
        assert browser.post(f"/clinic/tickets/{ticket}", what=what).status_code == 303
    assert browser.post(f"/clinic/tickets/{ticket}", what="vanish").status_code == 422
    part = browser.get("/clinic", **{"hx-request": "true"})
    assert "Done" in words_of(part)
    assert "<html" not in browser.get("/clinic/screen", **{"hx-request": "true"}).text


def test_recalls(house):
    card = patient(house.community)
    tap(house.community, card)
    holder = today(house.community)[0].holder_id
    browser = house.signed_in(Role.NURSE)
    assert "Nobody is due." in words_of(browser.get("/clinic/recalls?q=王"))
    wanted = {"holder": holder, "kind": "follow_up", "due": "2026-03-02", "every": "120"}
    assert browser.post("/clinic/recalls", **wanted).status_code == 303
    assert "Follow-up due" in words_of(browser.get("/clinic")), "who is here and due is marked in the queue"
    page = browser.get("/clinic/recalls")
    recall = page.text.split('action="/clinic/recalls/')[1].split('"')[0]
    assert browser.post(f"/clinic/recalls/{recall}").status_code == 303
    assert "Who comes later" in words_of(browser.get("/clinic/recalls")), "again in 120 days: not out of sight"
    refused = browser.post("/clinic/recalls", **(wanted | {"due": "", "every": "45", "q": "王"}))
    assert refused.status_code == 422
    assert 'value="45"' in refused.text
    assert f'value="{holder}" checked' in refused.text
    assert "Choose a person and a day." in words_of(refused)
    for every in ("soon", "0"):
        answer = browser.post("/clinic/recalls", **(wanted | {"every": every, "q": "王"}))
        assert "Every how many days is a number from 1 to 3660, or empty." in words_of(answer), every
        assert 'data-at="every"' in answer.text
    other = house.community.holder("李").id
    answer = browser.post("/clinic/recalls", **(wanted | {"holder": other}))
    assert "has not consented" in words_of(answer)


def test_clinic_and_gates_do_not_see_one_another(house):
    for role in (Role.GUARD, Role.CARE, Role.CLERK, Role.ADMIN, Role.OFFICIAL, Role.AUDITOR):
        browser = house.signed_in(role)
        for path in ("/clinic", "/clinic/screen", "/clinic/recalls"):
            assert browser.get(path).status_code == 403, (role, path)
    nurse = house.signed_in(Role.NURSE)
    for path in ("/muster", "/cards", "/care", "/care/meals"):
        assert nurse.get(path).status_code == 403, path


def test_two_people_of_one_name_are_told_apart_where_one_is_chosen(house):
    house.community.holder("王秀英", phone_tail="0017")
    house.community.holder("王秀英", phone_tail="0018")
    assert page_tells_them_apart(words_of(house.signed_in(Role.NURSE).get("/clinic/recalls?q=王秀英")))


def page_tells_them_apart(page):
    return all(f"王秀英 3-1-502 telephone …{tail}, entered on 2026-" in page for tail in ("0017", "0018"))
