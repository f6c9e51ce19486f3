"""The decider against an oracle that knows no order of asking, against its own table, and at its edges."""

import re
from dataclasses import fields, replace
from itertools import combinations
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from card_protocol.policy import decider
from card_protocol.policy.book import MemoryBook
from card_protocol.policy.decider import RULES, decide, first_refusal
from card_protocol.policy.rules import Passback, Traits
from card_protocol.words.base import Word
from card_protocol.words.card import CardState
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction
from card_protocol.words.reason import Reason
from card_protocol.words.situation import Passage, Situation
from card_protocol.words.verdict import Flag, Presentation
from tests.support import strategies as ours
from tests.support.oracle import complaints, flags, open_levels
from tests.support.scenes import NOW_MS, Scene
from tests.support.worlds import World, worlds

TABLE = re.findall(r"^\| (\d+) \| (\w+) \| (.+) \|$", decider.__doc__ or "", flags=re.M)
ORDER = [name for _, name, _ in TABLE]

SPOILED: dict[str, Scene] = {
    "conversation": Scene(fault=Reason.FOREIGN),
    "policy_present": Scene(has_policy=False),
    "assurance": Scene(assurance=Assurance.READER),
    "revocation": Scene(revoked_as=CardState.LOST),
    "known": Scene(in_book=False),
    "state": Scene(state=CardState.SUSPENDED),
    "clock": Scene(clock=ClockQuality.UNKNOWN),
    "policy_fresh": Scene(policy_expires_ms=NOW_MS),
    "validity": Scene(valid_to_ms=NOW_MS),
    "lockdown": Scene(situation=Situation(lockdown=2)),
    "right": Scene(level_holds_point=False),
    "uses": Scene(traits=Traits(uses=3), situation=Situation(uses=3)),
    "escort": Scene(traits=Traits(escorted=True)),
    "first_person": Scene(first_person=True),
    "anti_passback": Scene(passback=Passback.HARD, situation=Situation(last=Passage(direction=Direction.IN, ago_ms=1))),
    "capacity": Scene(capacity=5, situation=Situation(inside=5)),
    "interlock": Scene(interlock="trap", situation=Situation(open_points=frozenset({"twin"}))),
    "two_persons": Scene(persons=2),
}
"""For each rule a scene that spoils nothing else."""


def both(one: Scene, other: Scene) -> Scene:
    """A scene that is spoiled in both ways: every knob that either turned, and every field of those that are words."""
    fine = Scene()
    turned = {k: getattr(s, k) for s in (one, other) for k in KNOBS if getattr(s, k) != getattr(fine, k)}
    turned["situation"] = merged(one.situation, other.situation, Situation())
    turned["traits"] = merged(one.traits or Traits(), other.traits or Traits(), Traits())
    return replace(fine, **turned)


KNOBS = [knob.name for knob in fields(Scene)]
W = TypeVar("W", bound=Word)


def merged(one: W, other: W, default: W) -> W:
    changed = {name: value for word in (one, other) for name, value in word if value != getattr(default, name)}
    return default.model_copy(update=changed)


def test_untouched_the_card_is_let_in() -> None:
    verdict = Scene().ask()
    assert verdict.reason is Reason.GRANTED
    assert (verdict.level, verdict.policy_version, verdict.rule) == ("staff", 12, None)


def test_the_table_in_the_description_is_the_order_of_the_rules() -> None:
    assert [number for number, _, _ in TABLE] == [str(n) for n in range(1, len(RULES) + 1)]
    assert [rule.__name__ for rule in RULES] == ORDER
    assert set(SPOILED) == set(ORDER)


@pytest.mark.parametrize("name", ORDER)
def test_each_rule_alone(name: str) -> None:
    verdict = SPOILED[name].ask()
    assert not verdict.granted
    assert verdict.rule == name
    assert verdict.level is None


@pytest.mark.parametrize(("higher", "lower"), list(combinations(ORDER, 2)), ids=lambda name: name)
def test_of_two_rules_the_higher_speaks(higher: str, lower: str) -> None:
    scene = both(SPOILED[higher], SPOILED[lower])
    assert scene.ask().rule == higher
    assert scene == both(SPOILED[lower], SPOILED[higher])


DOCUMENTED = {name: set(told.split(", ")) for _, name, told in TABLE if name != "conversation"}
REACHED: list[tuple[str, Scene]] = [
    *((reason, Scene(revoked_as=CardState(state))) for reason, state in (
        ("revoked", "revoked"), ("lost", "lost"), ("suspended", "suspended"), ("returned", "returned"),
        ("not_issued", "stock"), ("not_issued", "issued"),
    )),
    *((reason, Scene(state=CardState(state))) for reason, state in (
        ("revoked", "revoked"), ("lost", "lost"), ("suspended", "suspended"), ("returned", "returned"),
        ("not_issued", "stock"), ("not_issued", "issued"),
    )),
    ("not_yet_valid", Scene(valid_from_ms=NOW_MS + 1, valid_to_ms=NOW_MS + 2)),
    ("grant_expired", Scene(in_book=False, has_grant=True, valid_to_ms=NOW_MS)),
    ("outside_schedule", Scene(hours=())),
    ("offline_too_long", Scene(max_offline_ms=1, situation=Situation(offline_ms=2))),
]  # fmt: skip


def test_every_documented_reason_is_reached_by_its_rule() -> None:
    reached: dict[str, set[str]] = {}
    for scene in [*SPOILED.values(), *(scene for _, scene in REACHED)]:
        verdict = scene.ask()
        reached.setdefault(verdict.rule or "", set()).add(verdict.reason.value)
    del reached["conversation"]
    assert reached == DOCUMENTED


@pytest.mark.parametrize(("reason", "scene"), REACHED)
def test_literal_reasons(reason: str, scene: Scene) -> None:
    assert scene.ask().reason.value == reason


@given(worlds())
@settings(max_examples=300)
def test_the_oracle_agrees(world: World) -> None:
    verdict = world.ask()
    wrong = complaints(world)
    if not wrong:
        levels = open_levels(world)
        assert (verdict.reason, verdict.rule) == (Reason.GRANTED, None)
        assert verdict.level == levels[0].id
        assert verdict.flags == flags(world)
        assert world.head is not None
        lift = next(p.floors for p in world.head.points if p.id == world.point_id)
        assert verdict.floors == {f for a in levels for f in a.floors if f in lift}
    else:
        assert (verdict.rule, verdict.reason) == min(wrong, key=lambda complaint: ORDER.index(complaint[0]))
        assert (verdict.level, verdict.floors) == (None, frozenset())
        assert verdict.flags <= {Flag.DURESS}
        assert verdict.rule == "conversation" or verdict.reason.value in DOCUMENTED[str(verdict.rule)]


@given(ours.presentations(), ours.slugs, ours.policy_heads() | st.none(), st.lists(ours.card_entries), ours.moments)
def test_every_question_has_an_answer(
    presentation: Presentation, point_id: str, head: object, cards: list[object], moment: Moment
) -> None:
    some_point = head.points[0].id if head is not None and head.points else point_id  # type: ignore[attr-defined]
    for asked in {point_id, some_point}:
        verdict = decide(presentation, asked, MemoryBook(head, cards), moment)  # type: ignore[arg-type]
        assert verdict.point == asked
        assert verdict.reason in Reason


@given(worlds())
def test_a_stronger_card_is_never_refused_where_a_weaker_one_passes(world: World) -> None:
    verdicts = [
        replace(world, presentation=world.presentation.model_copy(update={"assurance": assurance})).ask()
        for assurance in (Assurance.UID, Assurance.READER, Assurance.CARD)
    ]
    if world.presentation.card_id is not None:
        granted = [verdict.granted for verdict in verdicts]
        assert granted == sorted(granted)


@given(worlds())
def test_nobody_is_kept_in_by_who_else_is_there(world: World) -> None:
    """At a point that lets out, only what is wrong with card, policy or clock, and an open mantrap door, refuse."""
    place = {"lockdown", "uses", "escort", "first_person", "anti_passback", "capacity", "two_persons"}
    if world.head is not None:
        outs = tuple(p.model_copy(update={"direction": Direction.OUT}) for p in world.head.points)
        out = replace(world, head=world.head.model_copy(update={"points": outs}))
        assert out.ask().rule not in place


@given(worlds())
def test_the_situation_matters_to_no_rule_that_stands_before_lockdown(world: World) -> None:
    plain = replace(world, situation=Situation())
    before = ORDER[: ORDER.index("lockdown")]
    if plain.ask().rule in before:
        assert world.ask() == plain.ask()


@pytest.mark.parametrize(
    ("from_ms", "to_ms", "reason"),
    [
        (NOW_MS, NOW_MS + 1, Reason.GRANTED),
        (NOW_MS + 1, NOW_MS + 2, Reason.NOT_YET_VALID),
        (NOW_MS - 1, NOW_MS, Reason.EXPIRED),
        (NOW_MS, NOW_MS, Reason.EXPIRED),
        (NOW_MS + 1, NOW_MS, Reason.NOT_YET_VALID),
    ],
)
def test_validity_is_from_inclusive_to_exclusive(from_ms: int, to_ms: int, reason: Reason) -> None:
    scene = Scene(valid_from_ms=from_ms, valid_to_ms=to_ms)
    assert scene.ask().reason is reason
    on_grant = replace(scene, in_book=False, has_grant=True).ask().reason
    assert on_grant is (Reason.GRANT_EXPIRED if reason is Reason.EXPIRED else reason)


def test_the_book_s_word_goes_before_the_card_s_own() -> None:
    assert Scene(in_book=False, has_grant=True).ask().granted
    assert Scene(in_book=False, has_grant=True).ask().grant == Scene().grant()
    assert Scene(has_grant=True).ask().grant is None
    assert Scene(has_grant=True, state=CardState.LOST).ask().reason is Reason.LOST
    assert Scene(in_book=False, has_grant=True, revoked_as=CardState.LOST).ask().reason is Reason.LOST


def test_a_revocation_that_says_active_refuses_nobody() -> None:
    assert Scene(revoked_as=CardState.ACTIVE).ask().granted
    assert Scene(revoked_as=CardState.ACTIVE, state=CardState.SUSPENDED).ask().reason is Reason.SUSPENDED


def test_first_refusal_names_the_rule_itself() -> None:
    found = first_refusal(SPOILED["clock"].case())
    assert found == (RULES[ORDER.index("clock")], Reason.CLOCK_UNKNOWN)
    assert first_refusal(Scene().case()) is None
