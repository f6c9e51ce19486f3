"""Events: bytes, the chain by hand, and notes about anything."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from card_protocol.words.event import (
    ALARMS,
    DETAIL_MAX_ENTRIES,
    EVENT_MAX_BYTES,
    GENESIS,
    Event,
    EventKind,
    chain_hash,
    note_event,
    tap_event,
)
from card_protocol.words.grant import Grant
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction
from card_protocol.words.reason import Reason
from card_protocol.words.situation import Partner, Passage, Situation
from card_protocol.words.verdict import Flag, Presentation, Verdict
from tests.support import strategies as ours
from tests.support.codecs import assert_round_trip, assert_strict

MOMENT = Moment(wall_ms=1_780_000_000_000, mono_ns=5_000_000_000, boot="b1", clock=ClockQuality.SERVER)
EPOCH = "00112233445566aa"
ROOM_FOR_A_CAUSE_BYTES = 200
"""The edge adds why a card could not be read, as a detail."""


@given(ours.events)
def test_round_trip_and_strictness(event: Event) -> None:
    assert_round_trip(event)
    assert_strict(event)
    assert len(event.to_bytes()) <= EVENT_MAX_BYTES


def test_the_bytes_of_one_event() -> None:
    event = note_event(EventKind.GAP, MOMENT, "south-gate", first=3, why="满")
    assert (
        event.to_bytes()
        == (
            '{"boot":"b1","clock":"server","detail":{"first":3,"why":"满"},"kind":"gap",'
            '"mono_ns":5000000000,"point":"south-gate","wall_ms":1780000000000}'
        ).encode()
    )


def test_the_chain_by_hand() -> None:
    first = hashlib.sha256(
        b"onecard.event.v1\x00" + b"gw-1\x00" + bytes.fromhex("00112233445566aa")
        + b"\x00\x00\x00\x00\x00\x00\x00\x01" + b"\x00\x00\x00\x00\x00\x00\x00\x05" + b"hello" + b"\x00" * 32
    ).digest()  # fmt: skip
    assert chain_hash("gw-1", EPOCH, 1, b"hello", GENESIS) == first
    assert first.hex() == "0665b3d4952bdaf13976f702c8cd87709cb58c61c8bdc3820732dab4c206bb5f"
    second = hashlib.sha256(
        b"onecard.event.v1\x00" + b"gw-1\x00" + bytes.fromhex("00112233445566aa")
        + b"\x00\x00\x00\x00\x00\x00\x00\x02" + b"\x00\x00\x00\x00\x00\x00\x00\x00" + first
    ).digest()  # fmt: skip
    assert chain_hash("gw-1", EPOCH, 2, b"", first) == second


Link = tuple[str, str, int, bytes, bytes]
digests = st.binary(min_size=32, max_size=32)
links = st.tuples(ours.slugs, ours.epochs, st.integers(1, 2**62), st.binary(max_size=40), digests)


@given(links, links)
def test_different_links_have_different_hashes(one: Link, other: Link) -> None:
    assert (chain_hash(*one) == chain_hash(*other)) == (one == other)


@given(ours.presentations(), ours.verdicts, ours.moments)
def test_a_tap_says_who_when_and_why(presentation: Presentation, verdict: Verdict, moment: Moment) -> None:
    event = tap_event(presentation, verdict, moment)
    assert_round_trip(event)
    assert (event.kind, event.reason, event.level, event.point) == (
        EventKind.TAP,
        verdict.reason,
        verdict.level,
        verdict.point,
    )
    assert (event.wall_ms, event.mono_ns, event.boot, event.clock) == tuple(dict(moment).values())
    assert event.granted == verdict.granted
    assert (event.uid is None) == (verdict.card_id is not None)
    assert event.uid in (None, presentation.uid)
    assert len(event.to_bytes()) <= EVENT_MAX_BYTES


def test_the_largest_tap_fits() -> None:
    """A tap that could not be recorded would be a door that stays shut: the words' own bounds must be enough."""
    most, name = 2**63 - 1, "n" * 63
    card_id, holder, uid = "7" + "Z" * 25, "F" * 16, "F" * 20
    grant = Grant(
        card_id=card_id,
        uid=uid,
        holder=holder,
        community="330105009012",
        serial=2**32 - 1,
        valid_from_ms=2**47 - 1,
        valid_to_ms=2**47 - 1,
        levels=(2**16 - 1,) * 16,
        areas=(2**16 - 1,) * 8,
    )
    roles = frozenset(f"{n:02}" + "r" * 61 for n in range(16))
    situation = Situation(
        last=Passage(direction=Direction.NONE, ago_ms=most),
        inside=most,
        open_points=frozenset(f"{n}" + "p" * 62 for n in range(8)),
        partner=Partner(holder=holder, roles=roles, ago_ms=most),
        uses=most,
        lockdown=4,
        offline_ms=most,
    )
    moment = Moment(wall_ms=2**47 - 1, mono_ns=most, boot="😀" * 200, clock=ClockQuality.UNKNOWN)
    presentation = Presentation(uid=uid, assurance=Assurance.READER, card_id=card_id, grant=grant)
    verdict = Verdict(
        reason=Reason.SECOND_PERSON_AWAITED,
        point=name,
        card_id=card_id,
        holder=holder,
        level=name,
        policy_version=most,
        rule="r" * 32,
        flags=frozenset(Flag),
        grant=grant,
    )
    event = tap_event(presentation, verdict, moment, situation)
    assert event.situation == situation
    assert len(event.to_bytes()) <= EVENT_MAX_BYTES - ROOM_FOR_A_CAUSE_BYTES


def test_duress_is_an_alarm_and_a_calm_tap_is_none() -> None:
    presentation = Presentation(uid="04112233445566", assurance=Assurance.CARD)
    verdict = Verdict(reason=Reason.GRANTED, point="gate", policy_version=1)
    forced = verdict._replace(flags=frozenset({Flag.DURESS}))
    assert not tap_event(presentation, verdict, MOMENT).is_alarm
    assert tap_event(presentation, forced, MOMENT).is_alarm
    assert note_event(EventKind.GAP, MOMENT).is_alarm
    assert note_event(EventKind.DURESS, MOMENT).is_alarm
    assert note_event(EventKind.DURESS, MOMENT).tells_of_duress
    assert not note_event(EventKind.GAP, MOMENT).tells_of_duress


def test_an_ordinary_tap_says_nothing_of_what_is_out_of_the_ordinary() -> None:
    presentation = Presentation(uid="04112233445566", assurance=Assurance.CARD)
    verdict = Verdict(reason=Reason.UNKNOWN, point="gate", policy_version=1, rule="known")
    assert tap_event(presentation, verdict, MOMENT).to_bytes() == (
        b'{"assurance":"card","boot":"b1","clock":"server","detail":{},"kind":"tap","mono_ns":5000000000,'
        b'"point":"gate","policy_version":1,"reason":"unknown","rule":"known","uid":"04112233445566",'
        b'"wall_ms":1780000000000}'
    )


def test_only_a_tap_can_be_granted() -> None:
    event = Event(kind=EventKind.GAP, **MOMENT.model_dump(), reason=Reason.GRANTED)
    assert not event.granted


names = st.sampled_from([f"n{i:02}" + "x" * 29 for i in range(DETAIL_MAX_ENTRIES)])
any_text = st.text() | st.sampled_from([c * 5000 for c in ('"', "\\", "😀", "\ud800", "\x00", "门")])
any_value = any_text | st.integers(-(2**63) + 1, 2**63 - 1)


@given(ours.moments, st.dictionaries(names, any_value, max_size=DETAIL_MAX_ENTRIES))
def test_a_note_about_anything_fits(moment: Moment, detail: dict[str, str | int]) -> None:
    event = note_event(EventKind.MESSAGE_REFUSED, moment, "a" * 63, **detail)
    assert_round_trip(event)
    assert len(event.to_bytes()) <= EVENT_MAX_BYTES
    assert set(event.detail) == set(detail)
    for name, value in detail.items():
        if isinstance(value, int):
            assert event.detail[name] == value


def test_a_note_keeps_the_beginning_of_a_text_and_whole_characters() -> None:
    event = note_event(EventKind.MESSAGE_REFUSED, MOMENT, why="门\n" + "卡" * 5000)
    told = event.detail["why"]
    assert isinstance(told, str)
    assert told.startswith("门 卡卡")
    assert set(told[2:]) == {"卡"}


def test_an_event_that_is_too_large_is_none() -> None:
    with pytest.raises(ValidationError, match="4096 bytes"):
        Event(kind=EventKind.GAP, **MOMENT.model_dump(), detail={"why": "x" * 4000})


@pytest.mark.parametrize("name", ["", "Why", "a b", "1", "a" * 33])
def test_what_is_no_name_of_a_detail(name: str) -> None:
    refuse_detail({name: 1})


@pytest.mark.parametrize("value", [True, 1.5, 2**63, "a\nb", None, [], {}])
def test_what_is_no_detail(value: object) -> None:
    refuse_detail({"why": value})


def refuse_detail(detail: dict[str, object]) -> None:
    legal = json.loads(note_event(EventKind.GAP, MOMENT).to_bytes())
    with pytest.raises(ValueError, match="no Event: detail"):
        Event.from_bytes(json.dumps({**legal, "detail": detail}).encode())


def test_a_tap_is_no_alarm() -> None:
    assert EventKind.TAP not in ALARMS
    assert EventKind.JOURNAL_DAMAGED in ALARMS
