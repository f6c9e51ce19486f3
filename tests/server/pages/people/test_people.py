"""People: found, entered, corrected."""

import pytest

from server.services.people import holders
from server.services.roles import Role
from tests.server.pages.conftest import words_of


@pytest.fixture
def people(house):
    for number in range(35):
        house.community.holder(f"居民{number}", house=f"1-1-{number}", phone_tail=f"{number:04}")
    house.community.holder("单秀英", house="3-1-502", phone_tail="4711")


@pytest.mark.parametrize("text", ["单秀", "秀英", "sxy", "shanxiu", "3-1-502", "502", "4711", "sxy 3-1"])
def test_found_by_a_part_of_the_name_the_house_or_the_telephone(house, people, text):
    page = words_of(house.signed_in().get(f"/holders?q={text}"))
    assert "单秀英" in page
    assert "居民7" not in page
    assert "no card" in page


def test_nobody_found_is_said_with_what_was_sought(house, people):
    page = words_of(house.signed_in().get("/holders?q=<b>nobody</b>"))
    assert "Nobody found for “<b>nobody</b>”." in page


def test_an_empty_house_says_what_to_do(house):
    assert "Nobody is entered yet. Add the first person" in words_of(house.signed_in().get("/holders"))


def test_the_list_goes_on_by_key_with_and_without_htmx(house, people):
    browser = house.signed_in()
    first = browser.get("/holders")
    more = first.text.split('hx-get="/holders?q=&amp;after=')[1].split('"')[0]
    part = browser.get(f"/holders?q=&after={more}", **{"hx-request": "true"})
    assert part.text.lstrip().startswith("<tr>")
    assert "Show more" not in part.text
    whole = browser.get(f"/holders?q=&after={more}")
    assert "<html" in whole.text
    shown = [f"居民{n}" for n in range(35) if f">居民{n}<" in first.text] + [
        f"居民{n}" for n in range(35) if f">居民{n}<" in part.text
    ]
    assert sorted(shown) == sorted(f"居民{n}" for n in range(35))


def test_somebody_is_entered_and_corrected(house):
    browser = house.signed_in()
    answer = browser.post("/holders/new", name=" 王建国 ", house="2-2-301", phone_tail="0032", kind="worker")
    assert answer.status_code == 303
    page = words_of(browser.get(answer.headers["location"]))
    assert "王建国" in page
    assert "Worker" in page
    edit = answer.headers["location"] + "/edit"
    assert 'value="2-2-301"' in browser.get(edit).text
    assert browser.post(edit, name="王建国", house="9-9-999", phone_tail="", kind="resident").status_code == 303
    assert "9-9-999" in words_of(browser.get(answer.headers["location"]))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "  "}, "A name has 1 to 100 characters."),
        ({"name": "x" * 101}, "A name has 1 to 100 characters."),
        ({"house": "x" * 101}, "A house has at most 100 characters."),
        ({"phone_tail": "123"}, "Exactly the last four digits"),
        ({"kind": "king"}, "Choose one of the kinds."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(house, values, sentence):
    good = {"name": "王建国", "house": "2-2-301", "phone_tail": "0032", "kind": "resident"}
    answer = house.signed_in().post("/holders/new", **good | values)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert "Please check the marked fields." in words_of(answer)
    kept = [value for value in (good | values).values() if value.strip() and value != "king"]
    assert all(f'value="{value}"' in answer.text for value in kept)
    with house.transactions.read() as session:
        assert holders.search(session).items == []


def test_a_house_that_is_not_in_the_list_is_said_beside_its_field(house):
    browser = house.signed_in(Role.CLERK)
    typed = {"name": "王建国", "phone_tail": "", "kind": "resident"}
    lives = browser.post("/holders/new", **typed, house="2-2-301").headers["location"]
    browser.post("/houses/_new", code="3-1-502")
    for path in ("/holders/new", f"{lives}/edit"):
        answer = browser.post(path, **typed, house="2-2-302")
        assert answer.status_code == 422
        assert "This house is not in the list of houses." in words_of(answer)
        assert 'id="house-problem"' in answer.text
    assert browser.post(f"{lives}/edit", **typed, house="2幢2单元301室").status_code == 303


def test_whoever_is_entered_a_second_time_is_asked_about_first(lived):
    browser = lived.house.signed_in()
    typed = {"name": "王秀英", "house": "3幢1单元502室", "phone_tail": "", "kind": "resident"}
    told = browser.post("/holders/new", **typed)
    assert told.status_code == 200
    assert "Somebody like this is entered already." in words_of(told)
    assert f'href="/holders/{lived.holder}"' in told.text
    assert "No. 1 Active" in words_of(told)
    assert 'name="sure" value="true"' in told.text
    assert browser.post("/holders/new", **typed | {"phone_tail": "4711"}).status_code == 303
    assert browser.post("/holders/new", **typed, sure="true").status_code == 303
    assert "Save all the same" not in words_of(browser.get("/holders/new"))


def test_a_person_shows_cards_and_latest_taps(lived):
    page = words_of(lived.house.signed_in().get(f"/holders/{lived.holder}"))
    assert "No. 1" in page
    assert "Active" in page
    assert "Residents" in page
    assert "2026-03-01 08:00:00 Granted South gate, in" in page


def test_a_guard_reads_and_does_not_write(lived):
    browser = lived.house.signed_in(Role.GUARD)
    page = words_of(browser.get(f"/holders/{lived.holder}"))
    assert "Give a card" not in page
    assert f"/holders/{lived.holder}/edit" not in browser.get(f"/holders/{lived.holder}").text
    assert browser.get("/holders/new").status_code == 403
    assert browser.get(f"/holders/{lived.holder}/edit").status_code == 403
    assert browser.post("/holders/new", name="x", kind="resident").status_code == 403


def test_moving_out_ends_every_card_at_once_with_a_reason(lived):
    browser = lived.house.signed_in()
    question = words_of(browser.get(f"/holders/{lived.holder}/leave"))
    assert "No. 1 Active" in question
    assert "cannot be undone" in question
    assert browser.post(f"/holders/{lived.holder}/leave", why=" ").status_code == 422
    answer = browser.post(f"/holders/{lived.holder}/leave", why="moved to 文新街道")
    assert answer.headers["location"] == f"/holders/{lived.holder}"
    assert "Revoked" in words_of(browser.get(f"/holders/{lived.holder}"))
    assert "The person has no house and no card any more." in words_of(browser.get(f"/holders/{lived.holder}/leave"))
    assert lived.house.signed_in(Role.GUARD).get(f"/holders/{lived.holder}/leave").status_code == 403
    told = browser.get(f"/holders/{lived.holder}")
    assert "Kind Resident Moved out on 2026-03-01" in words_of(told)
    assert f"/holders/{lived.holder}/leave" not in told.text
    assert f"/desk?holder={lived.holder}" not in told.text
    assert "Moved out on 2026-03-01" in words_of(browser.get("/holders"))
    assert "Moved out on 2026-03-01" in words_of(browser.get("/desk"))
    assert "Moved out on 2026-03-01" in words_of(browser.get(f"/desk?holder={lived.holder}"))
