"""From a topic and bytes to a word of a gateway, or why not. Pure; who signs for a gateway comes in."""

from collections.abc import Callable
from dataclasses import dataclass

from card_protocol.crypto.signing import Verifier
from card_protocol.wire.alarm import AlarmNotice
from card_protocol.wire.batch import Batch
from card_protocol.wire.command import CommandAck
from card_protocol.wire.sealed import Sealed, UnsealError, unpack, unseal, word_in
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel, parse_topic

VerifierOf = Callable[[str], Verifier | None]
"""gateway -> its public key; None when it is unknown, not enrolled or revoked."""


@dataclass(frozen=True)
class Refused:
    """A message that is not taken. `trust`: somebody may be pretending."""

    topic: str
    payload: bytes
    gateway: str | None
    problem: str
    trust: bool


@dataclass(frozen=True)
class SignedBatch:
    """A genuine batch, and what proves it: the envelope and the key (hex) that it was checked with."""

    batch: Batch
    sealed: Sealed
    key: str


Read = SignedBatch | State | AlarmNotice | CommandAck | Refused


def read(topic: str, payload: bytes, verifier_of: VerifierOf) -> Read:
    """Read one message from below; the gateway that signed it is the one whose topic it came on."""
    parsed = parse_topic(topic)
    if parsed is None:
        return Refused(topic, payload, None, "not a topic of ours", trust=False)
    gateway, channel = parsed
    verifier = verifier_of(gateway)
    if verifier is None:
        return Refused(topic, payload, gateway, "no gateway of ours: unknown, not enrolled or revoked", trust=True)
    try:
        word = _open(channel, payload, verifier)
    except UnsealError as error:
        return Refused(topic, payload, gateway, str(error), trust=error.trust)
    if word is None:
        return Refused(topic, payload, gateway, f"nothing comes up on {channel}", trust=False)
    speaker = word.batch.gateway if isinstance(word, SignedBatch) else word.gateway
    if speaker != gateway:
        return Refused(topic, payload, gateway, f"speaks for the gateway {speaker}", trust=True)
    return word


def _open(channel: Channel, payload: bytes, verifier: Verifier) -> Read | None:
    match channel:
        case Channel.EVENTS:
            sealed = unpack("batch", payload, verifier.verify)
            return SignedBatch(word_in("batch", sealed, Batch), sealed, verifier.public_bytes.hex())
        case Channel.STATE:
            return unseal("state", payload, State, verifier.verify)
        case Channel.ALARM:
            return unseal("alarm", payload, AlarmNotice, verifier.verify)
        case Channel.COMMAND_ACK:
            return unseal("command_ack", payload, CommandAck, verifier.verify)
        case _:
            return None
