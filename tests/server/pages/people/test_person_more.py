"""Portrait, consents, the line of time, and entries that are one person."""

import pytest

from server.services.people import holders
from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.server.services.people.test_photos import jpeg


@pytest.fixture
def clerk(house):
    return house.signed_in(Role.CLERK)


def send_photo(browser, person, data):
    return browser.client.post(
        f"/holders/{person.id}/photo", data={"csrf": browser.token()}, files={"file": ("p.jpg", data)}
    )


def test_a_portrait_comes_after_its_consent_and_goes_with_it(house, clerk, person):
    assert "not consented to a portrait yet" in words_of(send_photo(clerk, person, jpeg()))
    more = f"/holders/{person.id}/more"
    assert clerk.post(f"/holders/{person.id}/consents", purpose="photo", given="true").headers["location"] == more
    assert "This picture cannot be used" in words_of(send_photo(clerk, person, b"GIF89a"))
    assert send_photo(clerk, person, jpeg()).status_code == 303
    answer = house.signed_in(Role.GUARD).get(f"/holders/{person.id}/photo")
    assert (answer.content, answer.headers["content-type"]) == (jpeg(), "image/jpeg")
    assert f'src="/holders/{person.id}/photo"' in clerk.get(f"/holders/{person.id}").text
    clerk.post(f"/holders/{person.id}/consents", purpose="photo", given="false")
    assert clerk.get(f"/holders/{person.id}/photo").status_code == 404
    assert "Taken back" in words_of(clerk.get(more))


def test_who_sees_no_face_and_hears_of_no_consent(house, clerk, person):
    for purpose in ("photo", "clinic"):
        clerk.post(f"/holders/{person.id}/consents", purpose=purpose, given="true")
    send_photo(clerk, person, jpeg())
    for role in (Role.ORGANISER, Role.PARTY, Role.NURSE):
        browser = house.signed_in(role)
        faces = role is Role.NURSE
        assert browser.get(f"/holders/{person.id}/photo").status_code == (200 if faces else 404), role
        shown = browser.get(f"/holders/{person.id}").text
        assert ("/photo" in shown) is faces
        assert "Consents" not in shown, "who allowed what is said on the pages of each field"


def test_a_portrait_is_removed(clerk, person):
    clerk.post(f"/holders/{person.id}/consents", purpose="photo", given="true")
    send_photo(clerk, person, jpeg())
    clerk.post(f"/holders/{person.id}/photo/remove")
    assert clerk.get(f"/holders/{person.id}/photo").status_code == 404


def test_the_notice_is_for_printing(clerk, person):
    page = words_of(clerk.get(f"/holders/{person.id}/notice"))
    assert "单秀英" in page
    assert "Signature" in page


def test_two_entries_become_one(house, clerk, person):
    other = house.community.holder("单秀英", house="")
    page = clerk.get(f"/holders/{person.id}/merge")
    assert f"/holders/{person.id}/merge?other={other.id}" in page.text.replace("&amp;", "&")
    assert "This entry goes" in words_of(clerk.get(f"/holders/{person.id}/merge?other={other.id}"))
    assert clerk.post(f"/holders/{person.id}/merge", other=other.id, why=" ").status_code == 422
    assert clerk.post(f"/holders/{person.id}/merge", other=person.id, why="x").status_code == 422
    assert clerk.post(f"/holders/{person.id}/merge", other=other.id, why="twice").status_code == 303
    with house.transactions.read() as session:
        assert [one.id for one in holders.search(session, "单秀英").items] == [person.id]
    assert "Two entries made one" in words_of(clerk.get(f"/holders/{person.id}"))


def test_two_entries_of_one_name_are_told_apart_by_their_cards_and_the_day_of_their_entry(lived):
    browser = lived.house.signed_in()
    other = lived.house.community.holder("王秀英", tags=["独居"])
    choices = words_of(browser.get(f"/holders/{other.id}/merge"))
    assert "No. 1 Active entered on 2026-03-01" in choices
    assert "No. 1 Active entered on 2026-03-01" in words_of(browser.get("/desk?q=秀英"))
    assert "no card entered on 2026-03-01" in words_of(browser.get("/desk?q=秀英"))
    compared = words_of(browser.get(f"/holders/{lived.holder}/merge?other={other.id}"))
    assert "Tags — 独居" in compared
    assert "Cards No. 1 Active no card" in compared


def test_the_line_of_time_goes_on(house, clerk, person):
    for number in range(40):
        house.community.now[0] += 1000
        clerk.post(f"/holders/{person.id}/consents", purpose="care", given=str(number % 2 == 0))
    page = clerk.get(f"/holders/{person.id}").text
    before = page.split("timeline?before=")[1].split('"')[0]
    part = words_of(clerk.get(f"/holders/{person.id}/timeline?before={before}"))
    assert "Person entered" in part
    assert "Show more" not in part


def test_what_the_guard_is_told_is_written_here_and_too_much_is_refused(lived):
    browser = lived.house.signed_in()
    path = f"/holders/{lived.holder}"
    assert browser.post(f"{path}/watch", todo="ask for her daughter").status_code == 303
    assert 'value="ask for her daughter"' in browser.get(f"{path}/more").text
    answer = browser.post(f"{path}/watch", todo="x" * 201)
    assert answer.status_code == 422
    assert "at most 200 characters" in words_of(answer)
    assert browser.post(f"{path}/watch").status_code == 303
    assert "ask for her daughter" not in browser.get(f"{path}/more").text
