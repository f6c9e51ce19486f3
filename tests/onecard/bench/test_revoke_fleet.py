"""The benchmark's gateways: the real station, without a disk."""

from card_protocol.crypto.signing import Signer
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.sealed import seal, unseal
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from card_protocol.words.revocation import Revocation
from gateway.core import station_words as words
from gateway.core import sync_words as sync
from onecard.bench.revoke_fleet import Box, name_of, signer_of

SERVER = Signer(bytes(32))


def revocations(signer: Signer) -> bytes:
    lost = Revocation(rev_seq=7, card_id="01JD0000000000000000000001", state=CardState.LOST, at_ms=1, expires_ms=2)
    return seal("revocations", Revocations(gateway=name_of(3), after=0, upto=7, entries=(lost,)), signer.sign)


def test_what_is_applied_is_said_and_signed() -> None:
    box = Box(3, SERVER.verifier.public_bytes, 1000)
    box.hear(sync.LinkUp())
    ((where, message, retain),) = box.hear(words.Received(Channel.REVOCATIONS, revocations(SERVER)))
    state = unseal("state", message, State, signer_of(3).verifier.verify)
    assert (where, retain, state.rev_seq) == (topic("bench-3", Channel.STATE), True, 7)


def test_what_is_forged_is_not_applied() -> None:
    box = Box(3, SERVER.verifier.public_bytes, 1000)
    box.hear(sync.LinkUp())
    assert box.hear(words.Received(Channel.REVOCATIONS, revocations(Signer(b"x" * 32)))) == []
