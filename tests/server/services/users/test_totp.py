"""TOTP against the vectors of RFC 6238, appendix B (SHA-1, the last six of their eight digits)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.users.totp import STEP_S, address, secret_text, step_of

SECRET = b"12345678901234567890"
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.mark.parametrize(("at_s", "code"), VECTORS.items())
def test_the_vectors_of_the_standard(at_s: int, code: str) -> None:
    assert step_of(SECRET, code, at_s * 1000, 0) == at_s // STEP_S


@pytest.mark.parametrize(("away_s", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_away(away_s: int, taken: bool) -> None:
    at_s = 1111111111
    assert (step_of(SECRET, VECTORS[at_s], (at_s + away_s) * 1000, 0) is not None) is taken


def test_a_step_that_was_used_or_passed_is_not_taken_again() -> None:
    step = 1111111111 // STEP_S
    assert step_of(SECRET, "050471", 1111111111_000, step - 1) == step
    assert step_of(SECRET, "050471", 1111111111_000, step) is None
    assert step_of(SECRET, "050471", 1111111111_000, step + 1) is None


@pytest.mark.parametrize("code", ["", "50471", "0050471", "05047a", "٠٥٠٤٧١", "05 0471", "-50471"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert step_of(SECRET, code, 1111111111_000, 0) is None


@given(st.binary(min_size=20, max_size=20), st.integers(0, 4_000_000_000_000), st.text(max_size=12))
def test_nothing_that_people_type_is_a_fault(secret: bytes, now_ms: int, code: str) -> None:
    assert step_of(secret, code, now_ms, 1 << 60) is None


def test_the_address_in_the_qr_code() -> None:
    told = address(SECRET, "wang", "330105008001")
    assert secret_text(SECRET) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert told.startswith("otpauth://totp/onecard:wang%40330105008001?")
    assert "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" in told
    assert "issuer=onecard" in told
