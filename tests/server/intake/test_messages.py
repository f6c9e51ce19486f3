"""What is read of a message from below, and what is refused with which suspicion."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.crypto.signing import Verifier
from card_protocol.wire.alarm import AlarmNotice
from card_protocol.wire.sealed import is_genuine
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel, topic
from server.intake.messages import Refused, SignedBatch, read
from tests.server.build import Box, tap

BOX = Box("g-1")
BOX.append(tap(1), tap(2))
OTHER = Box("g-2", seed=2)
KEYS = {"g-1": BOX.signer.verifier, "g-2": OTHER.signer.verifier}
EVENTS, STATE = topic("g-1", Channel.EVENTS), topic("g-1", Channel.STATE)
NOTICE = AlarmNotice(gateway="g-1", epoch=BOX.epoch, seq=9, event="{}")
BATCH = BOX.sealed("batch", BOX.batch(1, 2))


def verifier_of(gateway: str) -> Verifier | None:
    return KEYS.get(gateway)


def refused(topic_name: str, payload: bytes) -> Refused:
    found = read(topic_name, payload, verifier_of)
    assert isinstance(found, Refused)
    assert found.payload == payload
    return found


def test_a_batch_and_a_state_are_read() -> None:
    signed = read(EVENTS, BATCH, verifier_of)
    assert isinstance(signed, SignedBatch)
    assert signed.batch == BOX.batch(1, 2)
    assert signed.key == BOX.signer.verifier.public_bytes.hex()
    assert is_genuine("batch", signed.sealed, BOX.signer.verifier.verify)
    assert read(topic("g-1", Channel.ALARM), BOX.sealed("alarm", NOTICE), verifier_of) == NOTICE
    assert read(STATE, BOX.sealed("state", BOX.state()), verifier_of) == BOX.state()
    assert isinstance(read(STATE, BOX.sealed("state", BOX.state(online=False)), verifier_of), State)


@pytest.mark.parametrize(
    ("topic_name", "payload", "trust", "said"),
    [
        ("somewhere/else", b"", False, "not a topic of ours"),
        (topic("g-9", Channel.EVENTS), BATCH, True, "no gateway of ours"),
        (EVENTS, b"no batch", False, "no message of ours"),
        (EVENTS, BATCH[:-9], False, "cut short"),
        (EVENTS, OTHER.sealed("batch", BOX.batch(1, 2)), True, "signature"),
        (topic("g-2", Channel.EVENTS), OTHER.sealed("batch", BOX.batch(1, 2)), True, "speaks for the gateway g-1"),
        (EVENTS, BOX.sealed("state", BOX.state()), True, "signature"),
        (STATE, BATCH, True, "signature"),
        (EVENTS, BOX.sealed("batch", BOX.state()), False, "no batch"),
        (topic("g-1", Channel.ACK), BATCH, False, "nothing comes up"),
        (topic("g-1", Channel.ALARM), BOX.sealed("state", BOX.state()), True, "signature"),
    ],
)
def test_what_is_refused(topic_name: str, payload: bytes, trust: bool, said: str) -> None:
    found = refused(topic_name, payload)
    assert said in found.problem
    assert found.trust is trust


@given(st.binary(max_size=200))
def test_noise_is_refused_and_nothing_raises(noise: bytes) -> None:
    assert not refused(EVENTS, noise).trust
