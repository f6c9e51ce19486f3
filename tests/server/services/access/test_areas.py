"""Areas and privileges on their way to the gateways."""

import pytest
from pydantic import ValidationError

from card_protocol.policy.rules import Passback, Privileges, Traits
from card_protocol.words.ids import Slug
from server.services.access import access, areas
from server.services.access.areas import AreaIn
from server.services.cards import cards
from server.services.policies import card_entries, heads
from server.services.problems import Problem
from tests.server.build import ADMIN, COMMUNITY, Community, gate

YARD = AreaIn(id="compound", name_zh="小区", name_en="Compound", passback=Passback.HARD, capacity=500)


def test_an_area_reaches_the_gateways_whose_points_lead_into_it(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        made = areas.set_area(work, YARD)
        other = areas.set_area(work, YARD.model_copy(update={"id": "roof"}))
        again = areas.set_area(work, YARD.model_copy(update={"capacity": 9}))
    assert (made.number, other.number, again.number) == (1, 2, 1)
    with community.transactions.read() as session:
        head = heads.heads(session, COMMUNITY, ["g-1"], 1, 0)["g-1"]
        assert [area.id for area in areas.all_of(session)] == ["compound", "roof"]
    assert [(area.id, area.capacity, area.passback) for area in head.areas] == [("compound", 9, Passback.HARD)]
    with community.transactions.work(ADMIN) as work:
        areas.remove_area(work, "compound")
        assert [area.id for area in areas.all_of(work.session)] == ["roof"]
        with pytest.raises(Problem, match="compound"):
            areas.remove_area(work, "compound")


def test_roles_with_privileges_and_a_card_s_traits(community: Community) -> None:
    card = community.active_card()
    roles: frozenset[Slug] = frozenset({"staff"})
    with community.transactions.work(ADMIN) as work:
        assert areas.privileges(work.session, COMMUNITY) == Privileges()
        for escort in (frozenset(), roles):
            areas.set_privileges(work, COMMUNITY, Privileges(escort=escort, lockdown=(roles,)))
        cards.set_traits(work, card.id, Traits(roles=roles, uses=3))
    with community.transactions.read() as session:
        assert heads.whole(session, COMMUNITY, 1, 0).privileges.escort == roles
        entry = card_entries.one(session, card.id)
        assert entry is not None
        assert entry.traits == Traits(roles=roles, uses=3)
    with community.transactions.work(ADMIN) as work:
        cards.set_traits(work, card.id, Traits())
        assert card_entries.one(work.session, card.id).traits is None  # type: ignore[union-attr]


def test_a_door_is_free_by_a_schedule_that_is_there(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, gate().model_copy(update={"free": "always"}))
        with pytest.raises(Problem, match="no schedule"):
            access.set_point(work, COMMUNITY, gate().model_copy(update={"free": "never"}))
    with community.transactions.read() as session:
        assert heads.heads(session, COMMUNITY, ["g-1"], 1, 0)["g-1"].points[1].free == "always"


def test_an_area_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValidationError):
        AreaIn.model_validate({"id": "x", "name_zh": "", "name_en": "X"})
