"""The files of an enrolled gateway with a policy, as the gateway's daemon would have left them."""

from pathlib import Path

from card_protocol.crypto.signing import Signer
from card_protocol.policy.rules import CardEntry
from card_protocol.profiles.key_bundle import wrap_bundle
from card_protocol.wire.enrol import Enrolment
from card_protocol.words.point import Point
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.state_file import StateFile
from tests.edge.issued import COMMUNITY, bundle
from tests.edge.policy import book, entry
from tests.support.identity import give_identity

GATEWAY = "gw-1"
SERVER = Signer(bytes(range(32)))


def enrol(folder: Path) -> Path:
    """Enrolled, and without a policy yet."""
    state = StateFile(folder)
    _, opener = state.keys()
    enrolment = Enrolment(
        gateway=GATEWAY,
        community=COMMUNITY,
        server_key=SERVER.verifier.public_bytes.hex(),
        grant_key=SERVER.verifier.public_bytes.hex(),
        wrapped_keys=wrap_bundle(bundle(), GATEWAY, opener.public_bytes).hex(),
    )
    state.save_enrolment(enrolment)
    give_identity(folder, GATEWAY)
    return folder


def publish(folder: Path, *cards: CardEntry, point: Point | None = None) -> None:
    """Put the policy of `tests.edge.policy` in force."""
    cards = cards or (entry(),)
    head = book(*cards, point=point).head
    assert head is not None
    writer = BookWriterFile(folder)
    writer.flip(writer.stage(head, cards, "00" * 32))
    writer.close()
