"""What a case knows of a card before any rule was asked."""

from hypothesis import given

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.case import case_of
from card_protocol.policy.rules import Traits
from card_protocol.words.point import Assurance, Direction
from tests.support.scenes import CARD_ID, HOLDER, Scene
from tests.support.worlds import World, worlds


def test_a_case_without_a_policy_knows_nothing() -> None:
    case = Scene(has_policy=False, in_book=False).case()
    assert (case.head, case.point, case.area, case.entry, case.holder) == (None, None, None, None, None)
    assert case.card_id == CARD_ID
    assert case.rights == ([], [], [])
    assert case.floors == frozenset()
    assert case.traits == Traits()
    assert not case.goes_out
    assert not case.passed_back


def test_who_it_is() -> None:
    assert Scene().case().holder == HOLDER
    assert Scene(in_book=False, has_grant=True).case().holder == HOLDER
    assert Scene(proven=False, assurance=Assurance.READER).case().card_id == CARD_ID
    assert Scene(proven=False, assurance=Assurance.UID).case().card_id is None


def test_roles() -> None:
    case = Scene(traits=Traits(roles=frozenset({"guard", "host"}))).case()
    assert case.has_role(frozenset({"host", "x"}))
    assert not case.has_role(frozenset({"x"}))
    assert not case.has_role(frozenset())


def test_which_way() -> None:
    assert Scene(direction=Direction.OUT).case().goes_out
    assert not Scene(direction=Direction.NONE).case().goes_out


@given(worlds())
def test_rights_are_looked_up_once_and_nest(world: World) -> None:
    book = MemoryBook(world.head, world.cards, world.revocations)
    case = case_of(world.presentation, world.point_id, book, world.moment, world.situation)
    here, in_time, live = case.rights
    assert case.rights is case.rights
    assert [a for a in here if a in in_time] == in_time
    assert [a for a in in_time if a in live] == live
