"""A visit: who, in which language and colours, and what they may do."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pages.i18n import Language
from server.pages.visit import Visit, safe_back
from server.services.roles import Role
from server.services.sessions import SignedIn

GUARD = SignedIn(user_id="u", name="li", role=Role.GUARD, org="330105008001", must_change=False)
VISIT = Visit(Language.EN, "light", "/live", "/live", "the secret", False, 0, GUARD)


def test_the_secret_does_not_print():
    assert "the secret" not in repr(VISIT)
    assert "the secret" not in str(VISIT)
    assert repr(VISIT) == "Visit('/live', user='li')"


def test_what_a_role_may():
    assert VISIT.may("cards.revoke")
    assert not VISIT.may("cards.issue")
    assert not dataclasses.replace(VISIT, user=None).may("live.read")
    with pytest.raises(ValueError, match=r"cards\.eat"):
        VISIT.may("cards.eat")
    assert VISIT.role_name == "Guard"
    assert dataclasses.replace(VISIT, language=Language.ZH).role_name == "门卫"


def test_the_stream_has_another_name_for_another_session_or_language():
    names = {
        VISIT.stream_name,
        dataclasses.replace(VISIT, language=Language.ZH).stream_name,
        dataclasses.replace(VISIT, secret="another").stream_name,
    }
    assert len(names) == 3
    assert not any("secret" in name for name in names)


@pytest.mark.parametrize(
    "bad",
    ["//evil.example", "https://evil.example", "/\\evil.example", "live", "", "/" + "a" * 600, "/a\r\nb", "/中"],
)
def test_a_way_back_never_leaves_the_site(bad):
    assert safe_back(bad) == "/"


@given(st.text())
def test_a_way_back_is_always_one_of_ours(text):
    back = safe_back(text)
    assert back.startswith("/")
    assert not back.startswith("//")
    assert back in (text, "/")
    assert "\n" not in back


def test_a_good_way_back_stays():
    assert safe_back("/events?point=a&since=2026-03-01T08:00") == "/events?point=a&since=2026-03-01T08:00"
