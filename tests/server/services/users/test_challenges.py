"""Challenges: for one browser, for five minutes, by this keystore."""

from hypothesis import given
from hypothesis import strategies as st

from server.services.keys.keystore import from_secrets, new_secrets
from server.services.users import challenges
from server.services.users.challenges import LIFE_MS
from tests.server.build import COMMUNITY, NOW_MS, Dice

KEYSTORE = from_secrets(new_secrets(COMMUNITY, Dice()))
OTHER = from_secrets(new_secrets(COMMUNITY, Dice(99)))


def test_it_holds_for_its_browser_and_time_alone() -> None:
    made = challenges.make(KEYSTORE, Dice(), NOW_MS, "browser")
    assert len(made) == 56
    assert challenges.made_ms(KEYSTORE, made, NOW_MS, "browser") == NOW_MS
    assert challenges.made_ms(KEYSTORE, made, NOW_MS + LIFE_MS - 1, "browser") == NOW_MS
    assert challenges.made_ms(KEYSTORE, made, NOW_MS + LIFE_MS, "browser") is None
    assert challenges.made_ms(KEYSTORE, made, NOW_MS - 1, "browser") is None
    assert challenges.made_ms(KEYSTORE, made, NOW_MS, "another") is None
    assert challenges.made_ms(OTHER, made, NOW_MS, "browser") is None


def test_a_browser_without_a_secret_has_none() -> None:
    assert challenges.made_ms(KEYSTORE, challenges.make(KEYSTORE, Dice(), NOW_MS, ""), NOW_MS, "") is None


@given(st.binary(max_size=80))
def test_nothing_else_is_one(noise: bytes) -> None:
    assert challenges.made_ms(KEYSTORE, noise, NOW_MS, "browser") is None


@given(st.integers(0, 56 * 8 - 1))
def test_no_bit_of_it_may_change(bit: int) -> None:
    made = int.from_bytes(challenges.make(KEYSTORE, Dice(), NOW_MS, "browser"), "big")
    bent = (made ^ (1 << bit)).to_bytes(56, "big")
    assert challenges.made_ms(KEYSTORE, bent, NOW_MS, "browser") is None
