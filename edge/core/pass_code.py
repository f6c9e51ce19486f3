"""From a visitor's code to a presentation: is it signed by our community, and is it good now?

What the pass behind it opens, when and how often, is the decider's business, as for every card.
"""

from hashlib import sha256
from typing import Final

from card_protocol.crypto.signing import Verify
from card_protocol.errors import PeerFault
from card_protocol.wire.pass_code import decode_code, fault_of, is_ours
from card_protocol.words.moment import Moment
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from edge.core.present import Told, bare

UID_BYTES: Final = 10
NO_CODE_OF_OURS: Final = "no_code_of_ours"
NOT_SIGNED: Final = "pass_not_signed"
CODE_OVER: Final = "code_over"
CODE_EARLY: Final = "code_early"
"""Causes, for the record."""


def uid_of(text: str) -> str:
    """What stands for the code where cards have a UID: the same for the same text, and nothing can be read from it."""
    return sha256(text.encode()).digest()[:UID_BYTES].hex().upper()


def present_code(text: str, verify: Verify, moment: Moment) -> Told:
    """What a code comes to. A box that does not know the time leaves that to the decider, which refuses."""
    uid = uid_of(text)
    if not is_ours(text):
        return Told(bare(uid, Reason.FOREIGN), NO_CODE_OF_OURS)
    try:
        code = decode_code(text, verify)
    except PeerFault:
        return Told(bare(uid, Reason.GRANT_FORGED), NOT_SIGNED)
    proven = Presentation(uid=uid, assurance=Assurance.READER, card_id=code.card_id)
    fault = fault_of(code, moment)
    if fault is None:
        return Told(proven)
    return Told(proven.model_copy(update={"fault": fault}), CODE_OVER if fault is Reason.EXPIRED else CODE_EARLY)
