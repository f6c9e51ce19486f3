"""What rides on the cards of `tests.edge.issued`: grants and revocations, signed by whom one likes."""

from card_protocol.crypto.signing import Signer
from card_protocol.profiles.grant_file import sign_grant
from card_protocol.profiles.revocation_delta import make_delta, sign_delta
from card_protocol.words.card import CardState
from card_protocol.words.grant import Grant
from card_protocol.words.revocation import Revocation
from firmware_sim.card.card import Card
from firmware_sim.card.files import BackupFile, CyclicRecordFile
from tests.edge.issued import COMMUNITY, FOREIGN_COMMUNITY, SIGNER
from tests.edge.words import CARD_ID, HOLDER, UID, moment

NOW_MS = moment().wall_ms
DAY_MS = 86_400_000
STRANGER = Signer(bytes(32))
LOST_CARD_ID = "01JD0000000000000000000009"

ACCESS_AID = 0x0C4A01
REVOCATIONS, EVENTS = 3, 4


def grant(signer: Signer = SIGNER, **changes: object) -> bytes:
    """The file of a grant that opens the gate of `tests.edge.policy`, unless something about it is changed."""
    word = Grant(
        card_id=CARD_ID,
        uid=UID,
        holder=HOLDER,
        community=COMMUNITY,
        serial=7,
        valid_from_ms=NOW_MS - DAY_MS,
        valid_to_ms=NOW_MS + DAY_MS,
        levels=(1,),
    )
    return sign_grant(word.model_copy(update=changes), signer.sign)


def revocation(rev_seq: int, card_id: str = LOST_CARD_ID) -> Revocation:
    return Revocation(
        rev_seq=rev_seq, card_id=card_id, state=CardState.LOST, at_ms=NOW_MS, expires_ms=NOW_MS + 7 * DAY_MS
    )


def delta(upto: int, *entries: Revocation, signer: Signer = SIGNER, foreign: bool = False) -> bytes:
    """The file of a delta."""
    return sign_delta(make_delta(FOREIGN_COMMUNITY if foreign else COMMUNITY, upto, entries, NOW_MS), signer.sign)


def log_of(card: Card) -> list[bytes]:
    """The records of the card's access log, oldest first."""
    file = card.state.applications[ACCESS_AID].files[EVENTS]
    assert isinstance(file, CyclicRecordFile)
    return [bytes(record) for record in file.records]


def revocations_on(card: Card) -> bytes:
    """The card's revocation file as it is after the last commit."""
    file = card.state.applications[ACCESS_AID].files[REVOCATIONS]
    assert isinstance(file, BackupFile)
    return bytes(file.data)
