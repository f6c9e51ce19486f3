"""The life of a card against the table of its states."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from card_protocol.words.card import OPENS_DOORS, TRANSITIONS, CardState
from card_protocol.words.moment import DAY_MS
from server.services import audit
from server.services.cards import cards, revocations
from server.services.cards.cards import CardView
from server.services.people import finding
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.tables import CardRow
from tests.server.build import ADMIN, Community

UID = "04010203040506"


def change(community: Community, card_id: str, state: CardState) -> CardView:
    with community.transactions.work(ADMIN) as work:
        return cards.change_state(work, card_id, state, why="because")


def reserve(community: Community, holder_id: str, uid: str = UID, levels: tuple[str, ...] = ("residents",)) -> CardRow:
    with community.transactions.work(ADMIN) as work:
        return cards.reserve(work, holder_id, uid, list(levels), valid_to_ms=community.now[0] + DAY_MS)


def problem_of(call: object, *args: object) -> Problem:
    with pytest.raises(Problem) as told:
        call(*args)  # type: ignore[operator]
    return told.value


def test_a_card_is_bound_before_it_is_written_and_active_afterwards(community: Community) -> None:
    person = community.holder()
    row = reserve(community, person.id)
    assert (row.state, row.issued_ms, row.number) == (CardState.ISSUED, None, 1)
    view = change(community, row.id, CardState.ACTIVE)
    assert (view.state, view.holder_name, view.levels) == (CardState.ACTIVE, "王秀英", ["residents"])
    assert view.issued_ms == community.now[0]
    assert view.may_become == sorted(TRANSITIONS[CardState.ACTIVE])


def test_a_reservation_can_be_taken_up_again_by_the_same_holder_alone(community: Community) -> None:
    person, other = community.holder(), community.holder("单建国")
    first = reserve(community, person.id)
    again = reserve(community, person.id)
    assert again.id == first.id
    assert problem_of(reserve, community, other.id).code is Code.CARD_NOT_STOCK


def test_a_card_in_use_is_not_stock(community: Community) -> None:
    card = community.active_card(UID)
    assert problem_of(reserve, community, card.holder_id).code is Code.CARD_NOT_STOCK


def test_a_reservation_of_what_was_no_stock_leaves_nothing(community: Community) -> None:
    row = reserve(community, community.holder().id)
    with community.transactions.work(ADMIN) as work:
        cards.forget(work, row.id)
    with community.transactions.read() as session:
        assert cards.of_uid(session, UID) is None
        assert audit.trail(session).items[0].action == "card.forget"


def test_a_card_with_a_past_goes_back_to_stock_instead(community: Community) -> None:
    card = community.active_card(UID)
    for state in (CardState.REVOKED, CardState.RETURNED, CardState.STOCK):
        change(community, card.id, state)
    reserve(community, community.holder().id)
    with community.transactions.work(ADMIN) as work:
        cards.forget(work, card.id)
        view = cards.get(work.session, card.id)
    assert (view.state, view.holder_id, view.levels) == (CardState.STOCK, None, [])
    active = community.active_card("04FFFFFFFFFFFF")
    with community.transactions.work(ADMIN) as work:
        assert problem_of(cards.forget, work, active.id).code is Code.WRONG_STATE


@pytest.mark.parametrize("levels", [("nothing",), tuple(f"l-{n}" for n in range(65))])
def test_levels_must_be_there_and_not_too_many(community: Community, levels: tuple[str, ...]) -> None:
    assert problem_of(reserve, community, community.holder().id, UID, levels).code is Code.INVALID


def test_a_card_that_ends_before_it_begins_is_refused(community: Community) -> None:
    card = community.active_card(UID)
    with community.transactions.work(ADMIN) as work, pytest.raises(Problem) as told:
        cards.set_rights(work, card.id, [], valid_to_ms=card.valid_from_ms)
    assert told.value.fields == {"valid_to_ms": "before it begins"}


def test_rights_can_be_changed_and_wish_for_a_policy(community: Community) -> None:
    card = community.active_card(UID)
    with community.transactions.work(ADMIN) as work:
        view = cards.set_rights(work, card.id, [], valid_to_ms=community.now[0] + 5 * DAY_MS)
        assert work.wishes == {Wish.PUBLISH}
    assert (view.levels, view.valid_to_ms) == ([], community.now[0] + 5 * DAY_MS)


def test_losing_a_card_is_a_revocation_told_at_once_with_its_reason(community: Community) -> None:
    card = community.active_card(UID)
    community.transactions.signals.wait(0)
    community.heard.clear()
    change(community, card.id, CardState.LOST)
    assert community.transactions.signals.wait(0) == {Wish.REVOKE, Wish.PUBLISH}
    assert [(channel, fact["state"]) for channel, fact in community.heard] == [("card", "lost")]
    with community.transactions.read() as session:
        (revocation,) = revocations.after(session, 0, 10)
        assert (revocation.card_id, revocation.state) == (card.id, CardState.LOST)
        assert audit.trail(session, subject=f"card:{card.id}").items[0].why == "because"


def test_resuming_takes_the_revocation_back_wherever_it_has_spread(community: Community) -> None:
    card = community.active_card(UID)
    for state in (CardState.SUSPENDED, CardState.ACTIVE):
        change(community, card.id, state)
    with community.transactions.read() as session:
        assert [r.state for r in revocations.after(session, 0, 10)] == [CardState.SUSPENDED, CardState.ACTIVE]


def test_back_in_stock_a_card_belongs_to_nobody(community: Community) -> None:
    card = community.active_card(UID)
    for state in (CardState.RETURNED, CardState.STOCK):
        view = change(community, card.id, state)
    assert (view.holder_id, view.levels, view.issued_ms) == (None, [], None)
    assert reserve(community, community.holder("单建国").id).id == card.id, "it is the same piece of plastic"


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(CardState), max_size=12))
def test_only_the_steps_of_the_table_are_taken(community: Community, steps: list[CardState]) -> None:
    person = community.holder()
    uid = f"{person.pseudonym}"[:14]
    card_id, state = reserve(community, person.id, uid).id, CardState.ISSUED
    with community.transactions.read() as session:
        before = expected = revocations.newest(session)
    for step in steps:
        if step in TRANSITIONS[state]:
            expected += state in OPENS_DOORS or (step in OPENS_DOORS and expected > before)
            state = change(community, card_id, step).state
            assert state is step
        else:
            told = problem_of(change, community, card_id, step)
            assert told.code is Code.WRONG_STATE
    with community.transactions.read() as session:
        assert cards.get(session, card_id).state is state
        assert revocations.newest(session) == expected


def test_cards_are_found_by_number_uid_name_house_state_and_holder(community: Community) -> None:
    one, other = community.active_card(UID), community.active_card("04AAAAAAAAAAAA")
    change(community, other.id, CardState.SUSPENDED)
    with community.transactions.read() as session:

        def found(**which: object) -> list[int]:
            return [view.number for view in cards.listing(session, **which).items]  # type: ignore[arg-type]

        assert found() == [2, 1]
        assert found(state=CardState.SUSPENDED) == [2]
        assert found(holder_id=one.holder_id) == [1]
        assert found(text="1") == [1, 2], "its number first; both live in 3-1-502"
        assert [found(text=text)[0] for text in ("No. 2", "2 号")] == [2, 2]
        assert found(text="02") == []
        assert found(text="04aaaaaaaaaaaa") == [2]
        assert found(text="秀英") == [2, 1]
        assert found(text="nobody") == []
        assert found(limit=1, after="2") == [1]
        assert cards.listing(session, limit=1).next == "2"
        assert cards.count_of(session, one.holder_id or "") == 1


def test_a_number_alone_finds_its_card(community: Community) -> None:
    person = community.holder(house="A")
    reserve(community, person.id)
    with community.transactions.read() as session:
        assert [view.uid for view in cards.listing(session, text="1").items] == [UID]
        assert cards.listing(session, text="2").items == []


def test_an_unknown_card_is_a_problem(community: Community) -> None:
    assert problem_of(change, community, "01HZZZZZZZZZZZZZZZZZZZZZZZ", CardState.LOST).code is Code.NOT_FOUND


def test_who_moves_out_has_no_card_that_works(community: Community) -> None:
    person = community.holder()
    ids = []
    for uid in ("04010203040506", "04010203040507", "04010203040508"):
        with community.transactions.work(ADMIN) as work:
            row = cards.reserve(work, person.id, uid, ["residents"], valid_to_ms=community.now[0] + DAY_MS)
            ids.append(row.id)
            if uid != "04010203040508":
                cards.change_state(work, row.id, CardState.ACTIVE)
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, ids[0], CardState.RETURNED)
        ended = cards.end_all(work, person.id, why="moved out")
        assert [view.id for view in ended] == ids[1:]
        assert cards.end_all(work, person.id, why="again") == []
        with pytest.raises(Problem):
            cards.end_all(work, "01HZZZZZZZZZZZZZZZZZZZZZZZ", why="x")
    with community.transactions.read() as session:
        assert [cards.get(session, card_id).state for card_id in ids] == ["returned", "revoked", "revoked"]


@pytest.mark.parametrize("rare_below", [0, 500])
def test_cards_are_found_by_their_holder_however_common_a_word_is(
    community: Community, monkeypatch: pytest.MonkeyPatch, rare_below: int
) -> None:
    monkeypatch.setattr(finding, "COUNTED_KEYS", rare_below)
    wang = [community.active_card(f"0401020304050{n}") for n in range(3)]
    people = [community.holder("单秀英", house="3-1-504", phone_tail="0002"), community.holder("李明")]
    shan, li = (reserve(community, person.id, f"0401020304051{n}") for n, person in enumerate(people))

    def found(text: str, **more: object) -> list[int]:
        with community.transactions.read() as session:
            page = cards.listing(session, text=text, **more)  # type: ignore[arg-type]
        return [card.number for card in page.items]

    assert found("秀英") == [shan.number, *reversed([card.number for card in wang])]
    assert found("wang") == [card.number for card in reversed(wang)]
    assert found("秀英 3-1-504") == [shan.number]
    assert found("秀英 李") == []
    assert found("2") == [2], "a number stands first"
    assert found("0002") == [shan.number], "the end of a telephone number, no number of a card"
    assert found("04010203040511") == [li.number]
    assert found("wang", limit=1, after="3") == [2]
    assert found("wang", state=CardState.LOST) == []


def test_whose_cards_are_whose_in_one_go(community: Community) -> None:
    card = community.active_card()
    nobody = community.holder("李明")
    with community.transactions.read() as session:
        found = cards.of_holders(session, [card.holder_id or "", nobody.id])
    assert {holder: [one.number for one in held] for holder, held in found.items()} == {
        card.holder_id: [card.number],
        nobody.id: [],
    }
