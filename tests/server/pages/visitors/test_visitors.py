"""Visitors' passes on their pages."""

from server.services.roles import Role
from server.services.visitors import visitor_keeper, visitor_passes
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of

GIVEN = {
    "name": "李客",
    "host": "3-1-502",
    "begins": "2026-03-01T08:00",
    "ends": "2026-03-01T12:00",
    "uses": "2",
    "points": ["south-gate-in"],
}


def test_a_guard_makes_a_pass_sees_it_beside_the_gates_and_ends_it(house):
    guard = house.signed_in(Role.GUARD)
    assert "Which doors it opens (needed)" in words_of(guard.get("/visitors"))
    made = guard.post("/visitors", **GIVEN)
    assert made.headers["location"] == "/visitors/1"
    page = guard.get("/visitors/1")
    assert "data:image/png;base64," in page.text
    assert "李客 → 3-1-502" in words_of(page)
    assert 'id="link">http://testserver/visit/' in page.text, "whole: it is sent to a telephone"
    with house.transactions.read() as session:
        assert visitor_passes.get(session, 1, NOW_MS).from_ms == NOW_MS
    assert "Visitors today 李客" in words_of(guard.get("/visitors/_today"))
    assert "0 of 2" in words_of(guard.get("/visitors"))
    assert 'hx-get="/visitors/_today"' in guard.get("/live").text
    for _ in range(2):  # somebody else may have been faster
        assert guard.post("/visitors/1/end", why="left").status_code == 303
    assert "Hold the code before the scanner" in words_of(page)
    assert "This pass is over. left" in words_of(guard.get("/visitors/1"))
    assert "Hold the code before the scanner" not in words_of(guard.get("/visitors/1")), "there is none"
    assert "Nobody is expected." in words_of(guard.get("/visitors"))
    assert "李客" in words_of(guard.get("/visitors?over=true"))


def test_the_list_says_how_each_pass_stands(house):
    house.community.box("g-1")
    guard = house.signed_in(Role.GUARD)
    guard.post("/visitors", **GIVEN | {"uses": "1"})
    assert "0 of 1 Valid now" in words_of(guard.get("/visitors"))
    with house.transactions.read() as session:
        sign = house.console.house.keystore.grants.sign
        code = visitor_passes.code_of(session, 1, sign, NOW_MS, printed=True)
    guard.post("/visitors/_let-in", point="south-gate-in", code=code)
    assert "1 of 1 Used up" in words_of(guard.get("/visitors"))
    house.community.now[0] = NOW_MS - 3_600_000
    guard.post("/visitors", **GIVEN)
    assert "0 of 2 Not begun yet" in words_of(guard.get("/visitors"))
    guard.post("/visitors/2/end", why="left")
    assert "0 of 2 Ended early" in words_of(guard.get("/visitors?over=true"))
    house.community.now[0] = NOW_MS + 5 * 3_600_000
    for _ in range(2):  # the keeper ends by itself what is over
        past = words_of(guard.get("/visitors?over=true"))
        assert "0 of 2 Ended early" in past
        assert "1 of 1 Over" in past
        visitor_keeper.look(house.transactions)


def test_what_cannot_be_is_told_and_what_was_typed_stays(house):
    guard = house.signed_in(Role.GUARD)
    for wrong, sentence in (
        ({"name": ""}, "A pass needs a name"),
        ({"begins": "tomorrow"}, "A pass needs a name"),
        ({"uses": "many"}, "A pass needs a name"),
        ({"ends": "2026-03-01T07:00"}, "A visit ends later than it begins"),
        ({"points": ["clinic"]}, "Choose the doors and gates"),
    ):
        answer = guard.post("/visitors", **GIVEN | wrong)
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert 'value="3-1-502"' in answer.text


def test_another_like_it_begins_with_what_the_pass_says_also_when_it_has_ended(house):
    guard = house.signed_in(Role.GUARD)
    guard.post("/visitors", **GIVEN | {"uses": "5"})
    guard.post("/visitors/1/end", why="left")
    house.community.now[0] = NOW_MS + 24 * 3_600_000
    page = guard.get("/visitors/1")
    assert 'href="/visitors?like=1"' in page.text
    assert "Make another like it" in words_of(page)
    form = " ".join(guard.get("/visitors?like=1").text.split())
    for value in ("李客", "3-1-502", "5", "2026-03-02T08:00", "2026-03-02T12:00"):
        assert f'value="{value}"' in form, "the same person, for as long, from now on"
    assert 'value="south-gate-in" checked' in form
    assert (
        guard.post("/visitors", **GIVEN | {"begins": "2026-03-02T08:00", "ends": "2026-03-02T12:00"}).status_code == 303
    )
    house.community.now[0] = NOW_MS - 24 * 3_600_000
    guard.post("/visitors", **GIVEN)
    assert 'value="2026-03-01T08:00"' in guard.get("/visitors?like=3").text, "what is still to come has its own hours"
    assert guard.get("/visitors?like=99").status_code == 404


def test_a_clerk_gives_a_one_day_card_of_stock_instead(house):
    clerk = house.signed_in(Role.CLERK)
    clerk.post("/visitors", **GIVEN)
    with house.transactions.read() as session:
        made = visitor_passes.get(session, 1, NOW_MS)
    address = f"/desk?holder={made.holder_id}&pass=v1"
    assert address.replace("&", "&amp;") in clerk.get("/visitors/1").text or address in clerk.get("/visitors/1").text
    form = clerk.get(address).text
    assert f'value="{made.level_id}" checked' in " ".join(form.split())
    assert 'value="2026-03-01"' in form


def test_a_nurse_sees_no_visitors(house):
    assert house.signed_in(Role.NURSE).get("/visitors").status_code == 403
