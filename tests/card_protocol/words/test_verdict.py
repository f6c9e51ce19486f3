"""Presentations and verdicts: bytes, and what is no presentation."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation, Verdict
from tests.support.codecs import assert_round_trip, assert_strict
from tests.support.strategies import grants, presentations, verdicts


@given(presentations())
def test_presentation_round_trip_and_strictness(presentation: Presentation) -> None:
    assert_round_trip(presentation)
    assert_strict(presentation)


@given(verdicts)
def test_only_one_reason_opens(verdict: Verdict) -> None:
    assert verdict.granted == (verdict.reason is Reason.GRANTED)


def test_a_conversation_never_grants() -> None:
    with pytest.raises(ValidationError, match="never grants"):
        Presentation(uid="04112233445566", assurance=Assurance.CARD, fault=Reason.GRANTED)


@given(grants())
def test_a_grant_speaks_for_its_own_card_only(grant: object) -> None:
    for card_id in (None, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"):
        with pytest.raises(ValidationError, match="the card that it names"):
            Presentation(uid="04112233445566", assurance=Assurance.CARD, card_id=card_id, grant=grant)
