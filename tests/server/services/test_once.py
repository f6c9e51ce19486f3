"""Keys of requests: claimed before, kept after, given back, forgotten after a day."""

import pytest
from sqlmodel import select

from server.services import once
from server.services.once import Answer, Refusal
from server.tables import OnceRow
from tests.server.build import Community

ANSWER = Answer(201, "application/json", "/api/v1/holders/x", b'{"id":"x"}')


def claim(community: Community, key: str = "k", print_: str = "p", caller: str = "me") -> Answer | Refusal | None:
    return once.claim(community.transactions, caller, key, print_)


def test_the_first_carries_it_out_and_the_next_hears_what_was_answered(community: Community) -> None:
    assert claim(community) is None
    assert claim(community) is Refusal.UNDER_WAY
    once.keep(community.transactions, "me", "k", ANSWER)
    assert claim(community) == ANSWER
    assert claim(community, print_="q") is Refusal.OTHER_REQUEST
    assert claim(community, caller="somebody else") is None


def test_what_was_not_carried_out_may_be_tried_again(community: Community) -> None:
    assert claim(community) is None
    once.give_back(community.transactions, "me", "k")
    assert claim(community) is None


def test_a_long_answer_is_not_kept_but_that_it_was_done_is(community: Community) -> None:
    assert claim(community) is None
    once.keep(community.transactions, "me", "k", Answer(200, "text/plain", "", b"x" * (once.BODY_MAX_BYTES + 1)))
    assert claim(community) == Answer(200, "text/plain", "", None)


def test_a_key_is_forgotten_after_a_day(community: Community) -> None:
    assert claim(community) is None
    community.real[0] += once.KEPT_MS + 1
    assert claim(community, key="another") is None
    with community.transactions.read() as session:
        assert [row.key for row in session.exec(select(OnceRow))] == ["another"]
    once.keep(community.transactions, "me", "k", ANSWER)  # forgotten meanwhile: nothing to keep it in


@pytest.mark.parametrize(
    "other", [("PUT", "/a", b"", b""), ("POST", "/b", b"", b""), ("POST", "/a", b"x", b""), ("POST", "/a", b"", b"x")]
)
def test_requests_differ_by_method_address_and_body(other: tuple[str, str, bytes, bytes]) -> None:
    one = once.fingerprint("POST", "/a", b"", b"")
    assert one == once.fingerprint("POST", "/a", b"", b"")
    assert once.fingerprint(*other) != one
