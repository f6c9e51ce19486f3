"""Houses and who lives in them."""

from server.services.people import households
from server.services.roles import Role
from tests.server.pages.conftest import words_of


def test_a_house_is_entered_and_shows_who_lives_in_it(house):
    browser = house.signed_in(Role.CLERK)
    assert "No house is in the list yet." in words_of(browser.get("/houses"))
    answer = browser.post("/houses/_new", code="3幢1单元502室", note="顶楼")
    path = answer.headers["location"]
    assert "Nobody lives here." in words_of(browser.get(path))
    person = house.community.holder("单秀英", house="3-1-502")
    house.community.holder("王建国", house="3-1-502")
    with house.transactions.read() as session:
        (home,) = households.of_house(session, path.split("/")[-1])
    answer = browser.post(f"{path}/households/{home.id}", **{f"relation-{person.id}": "head", "tenure": "owner"})
    assert answer.headers["location"] == path
    page = browser.get(path)
    assert 'value="head" selected' in page.text
    assert 'value="owner" selected' in page.text
    person_page = words_of(browser.get(f"/holders/{person.id}"))
    assert "Lives with 王建国" in person_page
    assert "单秀英" in words_of(browser.get("/houses?q=3"))
    assert "No house begins with" in words_of(browser.get("/houses?q=77"))


def test_what_is_no_house_is_told_in_the_form(house):
    browser = house.signed_in(Role.CLERK)
    for code, said in (("东边", "Not a house"), ("1-1-1", ""), ("1-1-1", "in the list already")):
        assert said in words_of(browser.post("/houses/_new", code=code))
