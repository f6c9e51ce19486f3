"""The first run, told from facts."""

import pytest
from sqlalchemy import Engine

from card_protocol.words.card import CardState
from card_protocol.words.division import lineage
from server.services import first_steps
from server.services.cards import cards
from server.services.first_steps import Step
from server.services.gateways import gateways
from server.services.people import houses
from server.services.roles import Role
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import users
from server.services.users.users import UserIn
from tests.server.build import ADMIN, COMMUNITY, Community, make_community
from tests.server.inside import Place

OWN = "tall bamboo by the canal"


def open_steps(community: Community) -> list[Step]:
    with community.transactions.read() as session:
        return [one.step for one in first_steps.steps(session, community.house.keystore) if not one.done]


def admin(community: Community) -> None:
    passwords = community.house.passwords
    with community.transactions.work(ADMIN) as work:
        made, password = users.add(work, passwords, UserIn(name="admin", role=Role.ADMIN, org=COMMUNITY))
    assert Step.ADMIN in open_steps(community), "a one-time password is nobody's own"
    with community.transactions.work(ADMIN) as work:
        users.change_password(work, passwords, made.id, password, OWN)


def units(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        for code in lineage(COMMUNITY):
            org.add(work, OrgUnitIn(code=code, name_zh="名称"))


def keys(community: Community) -> None:
    with community.transactions.work(ADMIN) as work:
        first_steps.note_test(work, "AAAA-BBBB-CCCC-DDDD")
    assert Step.KEYS in open_steps(community), "the backup of other keys"
    with community.transactions.work(ADMIN) as work:
        first_steps.note_test(work, community.house.keystore.check_value())


def test_every_step_on_either_data_base(community: Community) -> None:
    assert open_steps(community) == list(Step)
    units(community)
    admin(community)
    keys(community)
    with community.transactions.work(ADMIN) as work:
        houses.add(work, COMMUNITY, "3-1-502")
    assert open_steps(community) == [Step.FACTOR, Step.GATEWAY, Step.TAP, Step.CARD]
    Place(community).tap("王秀英", "yard-in", 1)
    assert open_steps(community) == [Step.FACTOR, Step.CARD]
    card = community.active_card()
    assert open_steps(community) == [Step.FACTOR]
    with community.transactions.read() as session:
        found = first_steps.steps(session, community.house.keystore)
    facts = {one.step: one.fact for one in found if one.done}
    assert (facts[Step.ADMIN], facts[Step.CARD]) == ("admin", str(card.number))
    assert facts[Step.KEYS] == community.house.keystore.check_value()
    assert first_steps.next_of(found) is Step.FACTOR


def test_a_step_that_comes_undone_is_open_again(sqlite_engine: Engine) -> None:
    community = make_community(sqlite_engine)
    community.box("g-1")
    assert Step.GATEWAY not in open_steps(community)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    assert Step.GATEWAY in open_steps(community)
    card = community.active_card()
    assert Step.CARD not in open_steps(community)
    with community.transactions.work(ADMIN) as work:
        cards.change_state(work, card.id, CardState.REVOKED, why="test")
    assert Step.CARD in open_steps(community)


@pytest.mark.parametrize("known", range(4))
def test_the_units_that_lack_a_name_from_the_city_down(sqlite_engine: Engine, known: int) -> None:
    community = make_community(sqlite_engine)
    line = lineage(COMMUNITY)
    with community.transactions.work(ADMIN) as work:
        for code in line[:known]:
            org.add(work, OrgUnitIn(code=code, name_zh="名称"))
    with community.transactions.read() as session:
        assert first_steps.missing_units(session, COMMUNITY) == list(line[known:3])


def test_all_done() -> None:
    done = [first_steps.StepView(step=step, done=True) for step in Step]
    assert first_steps.next_of(done) is None
