"""The topic tree: one branch per gateway, so that the broker's ACL is one line per certificate."""

from enum import StrEnum

from card_protocol.words.ids import is_slug

ROOT = "onecard/v1/g"


class Channel(StrEnum):
    """The last level of a topic."""

    EVENTS = "ev"
    ACK = "ack"
    POLICY = "pol"
    REVOCATIONS = "rev"
    COMMAND = "cmd"
    COMMAND_ACK = "cmdack"
    PASSAGES = "pas"
    STATE = "state"
    ALARM = "alarm"


_CHANNELS = {channel.value: channel for channel in Channel}

UP = frozenset({Channel.EVENTS, Channel.STATE, Channel.ALARM, Channel.COMMAND_ACK})
DOWN = frozenset(Channel) - UP


def topic(gateway: str, channel: Channel) -> str:
    """onecard/v1/g/{gateway}/{channel}; ValueError when the gateway's name could break out of its branch."""
    if not is_slug(gateway):
        raise ValueError(f"not a gateway name: {gateway!r}")
    return f"{ROOT}/{gateway}/{channel}"


def every_gateway(channel: Channel) -> str:
    """The subscription of the server for one channel."""
    return f"{ROOT}/+/{channel}"


def parse_topic(text: str) -> tuple[str, Channel] | None:
    """(gateway, channel), or None when the topic is not ours."""
    head, _, tail = text.removeprefix(ROOT + "/").partition("/")
    channel = _CHANNELS.get(tail)
    if channel is None or not text.startswith(ROOT + "/") or not is_slug(head):
        return None
    return head, channel
