"""One card's purse on a screen."""

import re

from card_protocol.words.card import CardState
from server.pages.care import purses
from server.services.cards import cards
from server.services.desk.topping_up import ToppedUp
from server.services.roles import Role
from server.services.work import SYSTEM
from server.tables import CardRow, PurseEntryRow, PurseMoveRow
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of
from tests.server.services.purses.test_purses import hear, made, station


def test_the_books_and_what_is_added_to_meals(house):
    station(house.community)
    card = house.community.active_card()
    hear(house.community, made(card.id, 1, 0, -800))
    browser = house.signed_in(Role.CARE)
    path = f"/purses/{card.id}"
    assert "Care" in words_of(browser.get(path))
    terms = {"per_meal": "4", "day_limit": "6.5", "first": "2026-03-01"}
    assert browser.post(f"{path}/subsidy", **terms).headers["location"] == path
    page = words_of(browser.get(path))
    assert "¥4.00 a meal, at most ¥6.50 a day" in page
    assert "Subsidy due ¥4.00" in page
    refused = browser.post(f"{path}/subsidy", per_meal="much", day_limit="6.5", first="2026-03-01")
    assert (refused.status_code, 'value="much"' in refused.text, 'value="6.5"' in refused.text) == (422, True, True)
    assert browser.get(f"{path}/list.xlsx").status_code == 200
    assert browser.get(f"{path}/list.pdf").status_code == 404


def test_a_clerk_sees_amounts_and_no_places_and_is_told_why_nothing_was_put_on(house):
    station(house.community)
    card = house.community.active_card()
    hear(house.community, made(card.id, 1, 0, -800))
    browser = house.signed_in(Role.CLERK)
    path = f"/purses/{card.id}"
    page = words_of(browser.get(path))
    assert "a meal" in page
    assert "Added to meals" not in page
    assert "No desk is connected." in page
    for amount, said in (("x", "An amount is written like"), ("50", "This desk is not connected.")):
        answer = browser.post(f"{path}/top-up", desk="desk-1", amount=amount)
        assert said in words_of(answer)


def test_what_was_paid_in_is_told_by_a_page_that_can_be_loaded_again(house, monkeypatch):
    community = house.community
    card = community.active_card()
    done = ToppedUp(card_id=card.id, card_number=card.number, amount=5000, subsidy=0, value=5000, counter=1)

    async def paid(*_):
        return done

    for way in ("top_up", "carry_over"):
        monkeypatch.setattr(purses, way, paid)
    with community.transactions.work(SYSTEM) as work:
        work.session.add(first_credit(work.session.get_one(CardRow, card.id)))
    browser = house.signed_in(Role.CLERK)
    for path, asked in (("top-up", {"amount": "50"}), ("move", {})):
        answer = browser.post(f"/purses/{card.id}/{path}", desk="desk-1", **asked)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/purses/{card.id}?paid=1")
        shown = words_of(browser.get(answer.headers["location"]))
        assert "¥50.00 are on the card; it holds ¥50.00 now." in shown
    assert "are on the card" not in words_of(browser.get(f"/purses/{card.id}?paid=7")), "nothing of that number"


def first_credit(row):
    return PurseEntryRow(
        card_id=row.id, issued_ms=row.issued_ms or 0, point="desk-1", point_seq=0, amount=5000, before=0,
        value=5000, state="made", proof="none", at_ms=NOW_MS, heard_ms=NOW_MS, minute=1,
    )  # fmt: skip


def test_a_lost_cards_money_may_move_when_nothing_is_in_the_way(house):
    community = house.community
    card = community.active_card()
    with community.transactions.work(SYSTEM) as work:
        work.session.add(first_credit(work.session.get_one(CardRow, card.id)))
    browser = house.signed_in(Role.CLERK)
    assert "Onto the new card" not in words_of(browser.get(f"/purses/{card.id}"))
    with community.transactions.work(SYSTEM) as work:
        cards.change_state(work, card.id, CardState.LOST, why="on the bus")
    answer = browser.get(f"/purses/{card.id}")
    assert (answer.status_code, "Onto the new card" in words_of(answer)) == (200, True)


def test_what_has_moved_is_not_told_as_not_yet(house):
    community = house.community
    card, other = community.active_card(), community.active_card("04FF0203040506")
    with community.transactions.work(SYSTEM) as work:
        row = work.session.get_one(CardRow, card.id)
        work.session.add(first_credit(row))
        moved = {"to_card_id": other.id, "entry_id": 0, "at_ms": NOW_MS}
        work.session.add(PurseMoveRow(card_id=card.id, issued_ms=row.issued_ms or 0, **moved))
        cards.change_state(work, card.id, CardState.REVOKED, why="on the bus")
    page = words_of(house.signed_in(Role.CLERK).get(f"/purses/{card.id}"))
    assert f"It has been moved already. Card no. {other.number}" in page
    assert "Not yet" not in page


def subsidy(browser, card, **changed):
    """The answer to terms for this card's holder."""
    given = {"per_meal": "4", "day_limit": "6.5", "first": "2026-03-01", "last": ""}
    return browser.post(f"/purses/{card.id}/subsidy", **given | changed)


def test_terms_that_make_no_sense_say_so_at_their_field(house):
    card = house.community.active_card()
    browser = house.signed_in(Role.CARE)
    for changed, at, said in (
        (
            {"per_meal": "6", "day_limit": "5"},
            "day_limit",
            "What a day adds at most is not less than what a meal adds.",
        ),
        ({"last": "2026-02-01"}, "last", "The last day is not before the first."),
        ({"last": "soon"}, "last", "the days are dates"),
    ):
        answer = subsidy(browser, card, **changed)
        assert (answer.status_code, said in words_of(answer)) == (422, True), changed
        assert re.search(rf'data-at="[^"]*\b{at}\b', answer.text), changed
        assert all(f'value="{typed}"' in answer.text for typed in changed.values())


def test_a_first_day_in_the_past_asks_back_with_what_it_makes_due(house):
    station(house.community)
    card = house.community.active_card()
    hear(house.community, made(card.id, 1, 0, -800))
    browser = house.signed_in(Role.CARE)
    asked = subsidy(browser, card, first="2026-02-01")
    said = "¥4.00 are due then at once instead of ¥0.00"
    assert (asked.status_code, said in words_of(asked)) == (200, True)
    assert "Subsidy due ¥0.00" in words_of(asked)
    assert said in words_of(subsidy(browser, card, first="2026-01-01", sure="2026-02-01")), "another day than was asked"
    assert subsidy(browser, card, first="2026-02-01", sure="2026-02-01").status_code == 303
    assert "Subsidy due ¥4.00" in words_of(browser.get(f"/purses/{card.id}"))


def test_the_list_says_what_holds_and_it_can_be_ended(house):
    card = house.community.active_card()
    browser = house.signed_in(Role.CARE)
    path = f"/purses/{card.id}"
    assert "No more from today on" not in words_of(browser.get(path))
    subsidy(browser, card, first="2026-02-01", sure="2026-02-01")
    subsidy(browser, card, first="2026-02-03", last="2026-02-04", sure="2026-02-03")
    subsidy(browser, card, per_meal="5", last="2026-03-31")
    subsidy(browser, card, per_meal="6", first="2026-05-01")
    page = words_of(browser.get(path))
    lines = [
        page.index(first) for first in ("from 2026-02-01", "from 2026-02-03", "from 2026-03-01", "from 2026-05-01")
    ]
    said = ("Newer terms hold instead", "Ended", "Holds now", "Begins later")
    assert [page.index(word) for word in said] == sorted(page.index(word) for word in said)
    assert all(line < page.index(word) for line, word in zip(lines, said, strict=True))
    assert browser.post(f"{path}/subsidy/end").headers["location"] == path
    page = words_of(browser.get(path))
    assert "Holds now" not in page
    assert "from 2026-02-01 to 2026-02-28" in page
    assert "from 2026-05-01" not in page
    assert "No more from today on" not in page


def test_a_card_that_does_not_work_is_not_topped_up_and_the_page_says_the_way(house):
    community = house.community
    station(community)
    card = community.active_card()
    hear(community, made(card.id, 1, 0, -800))
    browser = house.signed_in(Role.CLERK)
    path = f"/purses/{card.id}"
    working = browser.get(path)
    assert "Active" in words_of(working)
    with community.transactions.work(SYSTEM) as work:
        cards.change_state(work, card.id, CardState.SUSPENDED, why="lent")
    assert "Money comes only onto a card that is active." in words_of(browser.get(path))
    with community.transactions.work(SYSTEM) as work:
        cards.change_state(work, card.id, CardState.LOST, why="on the bus")
    page = browser.get(path)
    assert "Lost" in words_of(page)
    assert "Give a new card first; what this one holds moves onto it then." in words_of(page)
    assert f'href="/desk?holder={card.holder_id}&amp;instead={card.id}"' in page.text
    assert f'action="{path}/top-up"' not in page.text
    assert "No desk is connected." not in words_of(page).partition("Onto the new card")[0]


def test_who_has_a_new_card_already_is_led_to_its_purse(house):
    community = house.community
    card = community.active_card()
    new = community.active_card("04010203040507")
    with community.transactions.work(SYSTEM) as work:
        work.session.get_one(CardRow, new.id).holder_id = card.holder_id
        cards.change_state(work, card.id, CardState.LOST, why="on the bus")
    page = house.signed_in(Role.CLERK).get(f"/purses/{card.id}")
    assert f'href="/purses/{new.id}"' in page.text
    assert "Give a new card first" not in words_of(page)
