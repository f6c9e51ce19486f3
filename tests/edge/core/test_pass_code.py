"""A visitor's code at a point, from the text to the verdict."""

from hypothesis import given
from hypothesis import strategies as st

from card_protocol.wire.pass_code import EARLY_MS, PREFIX, PassCode, encode_code
from card_protocol.words.moment import ClockQuality
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from edge.core.pass_code import CODE_EARLY, CODE_OVER, NO_CODE_OF_OURS, NOT_SIGNED, present_code, uid_of
from tests.edge.carried import STRANGER
from tests.edge.issued import SIGNER
from tests.edge.words import CARD_ID, moment

NOW = moment()
CODE = PassCode(card_id=CARD_ID, from_ms=NOW.wall_ms // 1000 * 1000 - 1000, to_ms=NOW.wall_ms // 1000 * 1000 + 900_000)
TEXT = encode_code(CODE, SIGNER.sign)


def at(wall_ms: int):
    return NOW.model_copy(update={"wall_ms": wall_ms})


def test_a_good_code_names_its_pass_and_counts_as_vouched_for() -> None:
    told = present_code(TEXT, SIGNER.verifier.verify, NOW)
    assert (told.presentation.card_id, told.presentation.assurance, told.presentation.fault, told.cause) == (
        CARD_ID,
        Assurance.READER,
        None,
        "",
    )
    assert told.presentation.uid == uid_of(TEXT)
    assert told.reading is None


def test_a_code_is_good_in_its_own_time_alone() -> None:
    verify = SIGNER.verifier.verify
    over = present_code(TEXT, verify, at(CODE.to_ms))
    assert (over.presentation.fault, over.cause) == (Reason.EXPIRED, CODE_OVER)
    assert present_code(TEXT, verify, at(CODE.to_ms - 1)).cause == ""
    early = present_code(TEXT, verify, at(CODE.from_ms - EARLY_MS - 1))
    assert (early.presentation.fault, early.cause) == (Reason.NOT_YET_VALID, CODE_EARLY)
    assert present_code(TEXT, verify, at(CODE.from_ms - EARLY_MS)).cause == ""


def test_a_box_without_the_time_leaves_it_to_the_decider() -> None:
    blind = NOW.model_copy(update={"clock": ClockQuality.UNKNOWN})
    assert present_code(TEXT, SIGNER.verifier.verify, blind).presentation.fault is None


def test_a_forged_code_and_a_payment_code_are_told_apart() -> None:
    forged = present_code(encode_code(CODE, STRANGER.sign), SIGNER.verifier.verify, NOW)
    assert (forged.presentation.fault, forged.presentation.card_id, forged.cause) == (
        Reason.GRANT_FORGED,
        None,
        NOT_SIGNED,
    )
    other = present_code("https://pay.example/123", SIGNER.verifier.verify, NOW)
    assert (other.presentation.fault, other.cause) == (Reason.FOREIGN, NO_CODE_OF_OURS)


@given(st.text(max_size=80) | st.text(max_size=80).map(PREFIX.__add__))
def test_whatever_a_scanner_types_is_answered(text: str) -> None:
    assert present_code(text, SIGNER.verifier.verify, NOW).presentation.fault in (Reason.FOREIGN, Reason.GRANT_FORGED)
