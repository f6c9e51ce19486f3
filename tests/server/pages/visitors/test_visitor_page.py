"""The page that a visitor shows at the gate."""

from server.services.roles import Role
from server.services.visitors import visitor_passes
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of
from tests.server.pages.visitors.test_visitors import GIVEN


def test_whoever_has_the_address_has_the_code_until_the_visit_is_over(house):
    house.signed_in(Role.GUARD).post("/visitors", **GIVEN)
    with house.transactions.read() as session:
        row = visitor_passes.row_of(session, 1)
    anybody = house.browser()
    page = anybody.get(f"/visit/{row.link}")
    assert "李客" in words_of(page)
    assert "data:image/png;base64," in page.text
    assert 'http-equiv="refresh"' in page.text
    assert page.headers["cache-control"] == "no-store"
    house.community.now[0] = row.to_ms
    over = anybody.get(f"/visit/{row.link}")
    assert "This pass is over." in words_of(over)
    assert "data:image" not in over.text
    house.community.now[0] = NOW_MS


def test_a_guessed_address_shows_nothing(house):
    for link in ("0" * 32, "x", "0" * 31, "a" * 500):  # of a message that was cut, too
        answer = house.browser().get(f"/visit/{link}")
        assert answer.status_code == 404
        assert "Ask who sent you the link to send it again, whole." in words_of(answer)
