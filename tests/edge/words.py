"""Words that the edge's tests share: one card, one gate, one moment."""

from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, LateCommit
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation, Verdict
from edge.core.tap_words import TapSettings

UID = "04112233445566"
OTHER_UID = "04665544332211"
CARD_ID = "01JD0000000000000000000001"
HOLDER = "00112233445566AA"
GATE = "south-gate-in"


def moment(mono_ns: int = 5_000_000_000) -> Moment:
    return Moment(wall_ms=1_780_000_000_000, mono_ns=mono_ns, boot="b1", clock=ClockQuality.SERVER)


def settings(late: LateCommit = LateCommit.STAY_CLOSED) -> TapSettings:
    return TapSettings(point=GATE, unlock_ms=3000, commit_deadline_ms=250, late_commit=late)


def presentation(uid: str = UID, fault: Reason | None = None) -> Presentation:
    if fault is not None:
        return Presentation(uid=uid, assurance=Assurance.UID, fault=fault)
    return Presentation(uid=uid, assurance=Assurance.CARD, card_id=CARD_ID)


def verdict(reason: Reason = Reason.GRANTED) -> Verdict:
    return Verdict(reason=reason, point=GATE, card_id=CARD_ID, holder=HOLDER, policy_version=3)
