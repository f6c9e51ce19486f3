"""What a desk and the server say: each message is read as itself and in one direction only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from card_protocol.wire.desk import (
    APDU_MAX_BYTES,
    FROM_DESK,
    FROM_SERVER,
    Answer,
    Apdu,
    CardGone,
    CardHere,
    Hello,
    Show,
)
from card_protocol.words.base import Word
from tests.support import strategies as ours
from tests.support.codecs import assert_round_trip, assert_strict

apdus = st.binary(max_size=APDU_MAX_BYTES).map(lambda data: data.hex().upper())
from_desk = (
    st.builds(Hello, desk=ours.slugs, reader=ours.lines)
    | st.builds(CardHere, uid=ours.uids)
    | st.builds(CardGone)
    | st.builds(Answer, turn=ours.counts, data=apdus)
)
from_server = st.builds(Apdu, turn=ours.counts, data=apdus) | st.builds(
    Show, zh=ours.lines, en=ours.lines, good=st.booleans()
)


@given(from_desk | from_server)
def test_round_trip_and_strictness(message: Word) -> None:
    assert_round_trip(message)
    assert_strict(message)


@given(from_desk)
def test_the_server_reads_each_message_of_a_desk_as_itself(message: Word) -> None:
    assert FROM_DESK.validate_json(message.to_bytes()) == message
    with pytest.raises(ValidationError):
        FROM_SERVER.validate_json(message.to_bytes())


@given(from_server)
def test_the_desk_reads_each_message_of_the_server_as_itself(message: Word) -> None:
    assert FROM_SERVER.validate_json(message.to_bytes()) == message
    with pytest.raises(ValidationError):
        FROM_DESK.validate_json(message.to_bytes())


def test_the_messages_of_the_module_s_description() -> None:
    assert FROM_DESK.validate_json('{"say": "gone"}') == CardGone()
    assert FROM_DESK.validate_json('{"say": "card", "uid": "04112233445566"}') == CardHere(uid="04112233445566")
    assert FROM_SERVER.validate_json('{"say": "apdu", "turn": 7, "data": "9060"}') == Apdu(turn=7, data="9060")


@pytest.mark.parametrize("data", ["9", "9g", "ab", "90\n", "90" * (APDU_MAX_BYTES + 1)])
def test_what_is_no_apdu(data: str) -> None:
    with pytest.raises(ValidationError):
        Apdu(turn=0, data=data)


NO_MESSAGES = ["", "null", "{}", '{"say": "open"}', '{"say": ["gone"]}', '{"say": "gone", "x": 1}', "\ud800"]


@pytest.mark.parametrize("text", NO_MESSAGES)
def test_what_is_no_message(text: str) -> None:
    with pytest.raises(ValidationError):
        FROM_DESK.validate_json(text)
