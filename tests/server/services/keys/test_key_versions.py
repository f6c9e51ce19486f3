"""Key versions: raised, waited for, lived with, retired; and gateways get new bundles in time."""

from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.services import audit
from server.services.cards import cards
from server.services.gateways import gateways
from server.services.keys import key_versions
from server.services.keys.key_versions import KEY_LEASE_MS, VERSION_MAX, KeysView
from server.services.policies import heads, policy
from server.services.problems import Code, Problem
from server.services.work import SYSTEM
from server.tables import KeyVersionsRow
from server.tables.engine import make_engine
from tests.server.build import ADMIN, COMMUNITY, Box, Community, make_community


def view(community: Community) -> KeysView:
    with community.transactions.read() as session:
        return key_versions.view(session, COMMUNITY)


def raised(community: Community, **how: bool) -> KeysView:
    with community.transactions.work(ADMIN) as work:
        return key_versions.raise_version(work, COMMUNITY, **how)


def retired(community: Community, **how: bool) -> KeysView:
    with community.transactions.work(ADMIN) as work:
        return key_versions.retire(work, COMMUNITY, **how)


def said(community: Community, name: str, oldest: int, newest: int) -> None:
    until_ms = community.now[0] + KEY_LEASE_MS
    state = Box(name).state(
        keys_oldest=oldest, keys_newest=newest, keys_until_ms=until_ms, at_ms=community.now[0], rev_seq=0
    )
    with community.transactions.work(SYSTEM) as work:
        gateways.note_state(work, state)


def brought_up(community: Community, card_id: str, version: int) -> None:
    with community.transactions.work(ADMIN) as work:
        cards.row_of(work.session, card_id).key_version = version


def test_it_begins_with_version_1_alone(community: Community) -> None:
    found = view(community)
    assert found.versions.accepted == (1,)
    assert (found.for_cards, found.cards, found.gateways) == (1, {}, [])


def test_the_whole_change(community: Community) -> None:
    card = community.active_card()
    community.box("g-1")
    assert view(community).waiting_for == [], "enrolment brought version 1"
    after = raised(community)
    assert (after.versions.accepted, after.for_cards, after.waiting_for) == ((1, 2), 1, ["g-1"])
    said(community, "g-1", 1, 2)
    assert (view(community).for_cards, view(community).waiting_for) == (2, [])
    assert view(community).cards == {1: 1}
    with pytest.raises(Problem, match="1 cards still have version 1") as told:
        retired(community)
    assert told.value.code is Code.WRONG_STATE
    brought_up(community, card.id, 2)
    assert retired(community).versions.accepted == (2,)
    assert view(community).waiting_for == ["g-1"], "it still accepts the older one"
    with community.transactions.read() as session:
        actions = [line.action for line in audit.trail(session).items if line.action.startswith("keys.")]
    assert sorted(actions) == ["keys.raise", "keys.retire"]


def test_an_order_to_do_it_at_once_waits_for_nobody(community: Community) -> None:
    community.box("g-1")
    assert raised(community, at_once=True).for_cards == 2


def test_a_box_that_is_no_longer_believed_is_not_waited_for(community: Community) -> None:
    community.box("g-1")
    raised(community)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    assert view(community).for_cards == 2


def test_a_box_that_is_enrolled_meanwhile_has_both(community: Community) -> None:
    raised(community)
    community.box("g-1")
    assert view(community).waiting_for == []


def test_only_one_change_at_a_time_and_none_backwards(community: Community) -> None:
    with pytest.raises(Problem, match="the only one"):
        retired(community)
    raised(community)
    with pytest.raises(Problem, match="retire 1 first"):
        raised(community)


def test_the_numbers_end(community: Community) -> None:
    with community.transactions.work(SYSTEM) as work:
        work.session.add(
            KeyVersionsRow(community=COMMUNITY, oldest=VERSION_MAX, newest=VERSION_MAX, changed_ms=work.now_ms)
        )
    with pytest.raises(Problem, match="last key version"):
        raised(community)


def test_old_cards_may_be_left_behind_by_order(community: Community) -> None:
    community.active_card()
    raised(community)
    assert retired(community, force=True).old_cards == 1


def test_the_policy_of_every_gateway_names_the_versions(community: Community) -> None:
    community.box("g-1")
    first = policy.publish(community.transactions, community.house.keystore, ["g-1"])
    raised(community)
    (second,) = policy.publish(community.transactions, community.house.keystore, ["g-1"])
    assert second.version > first[0].version
    with community.transactions.read() as session:
        found = heads.heads(session, COMMUNITY, ["g-1"], 0, 0)["g-1"]
    assert (found.keys_oldest, found.keys_newest) == (1, 2)


class Change(RuleBasedStateMachine):
    """Whatever is ordered and reported in whatever order: no door that did what it was told refuses a card that we
    wrote, unless somebody ordered that."""

    @initialize()
    def begin(self) -> None:
        self.folder = TemporaryDirectory()
        self.engine = make_engine(f"sqlite:///{self.folder.name}/server.db")
        self.community = make_community(self.engine)
        self.forced = False
        self.doors: dict[str, tuple[int, int]] = {}
        for name in ("g-1", "g-2"):
            self.community.box(name)
            self.doors[name] = (1, 1)
        self.card = self.community.active_card().id
        self.card_version = 1

    def teardown(self) -> None:
        self.engine.dispose()
        self.folder.cleanup()

    @rule(at_once=st.booleans())
    def order_the_next(self, at_once: bool) -> None:
        try:
            raised(self.community, at_once=at_once)
        except Problem:
            return
        self.forced = self.forced or at_once

    @rule(force=st.booleans())
    def end_the_older(self, force: bool) -> None:
        left = view(self.community).old_cards
        try:
            retired(self.community, force=force)
        except Problem:
            return
        self.forced = self.forced or left > 0

    @rule(name=st.sampled_from(["g-1", "g-2"]))
    def a_gateway_gets_what_it_lacks(self, name: str) -> None:
        versions = view(self.community).versions
        self.doors[name] = (versions.oldest, versions.newest)
        self.community.now[0] += 1
        said(self.community, name, *self.doors[name])

    @rule()
    def the_card_is_renewed(self) -> None:
        version = view(self.community).for_cards
        assert version >= self.card_version, "a card never goes back"
        self.card_version = version
        brought_up(self.community, self.card, version)

    @precondition(lambda self: not self.forced)
    @invariant()
    def every_door_accepts_the_card(self) -> None:
        for oldest, newest in self.doors.values():
            assert oldest <= self.card_version <= newest


Change.TestCase.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)
TestChange = Change.TestCase
