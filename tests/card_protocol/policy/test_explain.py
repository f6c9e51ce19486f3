"""Explanations: the verdict is the decider's, the objections are the oracle's, in order."""

from hypothesis import given

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import RULES
from card_protocol.policy.explain import Explanation, explain
from card_protocol.words.card import CardState
from card_protocol.words.reason import Reason
from card_protocol.words.sentences import sentence
from tests.support.oracle import complaints
from tests.support.scenes import NOW_MS, Scene
from tests.support.worlds import World, worlds

ORDER = [rule.__name__ for rule in RULES]


def explained(scene: Scene) -> Explanation:
    return explain(scene.presentation(), "door", scene.book(), scene.moment(), scene.situation)


def test_a_card_that_is_let_in() -> None:
    told = explained(Scene())
    assert told.verdict == Scene().ask()
    assert told.objections == ()
    assert told.sentences == sentence(Reason.GRANTED)
    assert (told.levels_here, told.levels_open) == (("staff",), ("staff",))


def test_everything_that_is_in_the_way() -> None:
    told = explained(Scene(state=CardState.SUSPENDED, valid_to_ms=NOW_MS, hours=(), persons=2))
    assert [(o.order, o.rule, o.reason) for o in told.objections] == [
        (6, "state", Reason.SUSPENDED),
        (9, "validity", Reason.EXPIRED),
        (11, "right", Reason.OUTSIDE_SCHEDULE),
        (18, "two_persons", Reason.SECOND_PERSON_AWAITED),
    ]
    assert told.sentences == sentence(Reason.SUSPENDED) == told.objections[0].sentences
    assert (told.levels_here, told.levels_open) == (("staff",), ())


def test_nothing_is_behind_a_missing_policy_or_card() -> None:
    nobody = explained(Scene(in_book=False, valid_to_ms=NOW_MS, persons=2))
    assert [o.rule for o in nobody.objections] == ["known"]
    nowhere = explained(Scene(fault=Reason.FOREIGN, has_policy=False, valid_to_ms=NOW_MS))
    assert [o.rule for o in nowhere.objections] == ["conversation", "policy_present"]


@given(worlds())
def test_the_oracle_has_the_same_objections(world: World) -> None:
    book = MemoryBook(world.head, world.cards, world.revocations)
    told = explain(world.presentation, world.point_id, book, world.moment, world.situation)
    assert told.verdict == world.ask()
    expected = sorted(complaints(world), key=lambda c: ORDER.index(c[0]))
    if ("known", Reason.UNKNOWN) in expected:
        expected = expected[: expected.index(("known", Reason.UNKNOWN)) + 1]
    assert [(o.rule, o.reason) for o in told.objections] == expected
    assert [o.order for o in told.objections] == [ORDER.index(o.rule) + 1 for o in told.objections]
