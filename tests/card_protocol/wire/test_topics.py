"""Topics: one branch per gateway, and nobody breaks out of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.topics import DOWN, ROOT, UP, Channel, every_gateway, parse_topic, topic
from tests.support.strategies import slugs


@given(slugs, st.sampled_from(Channel))
def test_a_topic_and_back(gateway: str, channel: Channel) -> None:
    text = topic(gateway, channel)
    assert text == f"onecard/v1/g/{gateway}/{channel.value}"
    assert parse_topic(text) == (gateway, channel)


@pytest.mark.parametrize("name", ["", "+", "#", "a/b", "a/+/ev", "A", "gw-1\n", "gw\x00", "../x", "门", "a" * 64])
def test_a_name_that_would_break_out_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a gateway name"):
        topic(name, Channel.ACK)
    assert parse_topic(f"{ROOT}/{name}/ack") is None


@given(st.text() | st.text(alphabet="onecard/v1g+#\nevak").map(lambda tail: f"{ROOT}/{tail}"))
def test_any_text_is_read_back_or_not_ours(text: str) -> None:
    parsed = parse_topic(text)
    assert parsed is None or topic(*parsed) == text


NOT_OURS = ["", "/", "/gw", "/gw/", "/gw/EV", "/gw/ev/x", "/gw/ev\n", "//ev"]


@pytest.mark.parametrize("text", ["x/gw/ev", *(ROOT + tail for tail in NOT_OURS)])
def test_what_is_not_ours(text: str) -> None:
    assert parse_topic(text) is None


def test_every_channel_flows_one_way() -> None:
    assert set(Channel) == UP | DOWN
    assert not UP & DOWN
    assert {Channel.EVENTS, Channel.STATE, Channel.ALARM, Channel.COMMAND_ACK} == UP


def test_the_server_s_subscription() -> None:
    assert every_gateway(Channel.EVENTS) == "onecard/v1/g/+/ev"
