"""Tokens of forms, and what browsers say of where a form came from."""

from hypothesis import given
from hypothesis import strategies as st

from server.pages import csrf

SECRETS = st.text(min_size=1, max_size=80)


def test_the_token_is_the_hmac_that_anyone_can_check():
    # HMAC-SHA-256(key "secret", "onecard.form"), computed with `openssl dgst -sha256 -hmac secret`
    assert csrf.form_token("secret") == "976483083ec93fdecc4a81cd9171e7bf71c08515993abf1618814531a2fa5222"


@given(SECRETS, SECRETS)
def test_a_token_belongs_to_one_secret(mine, other):
    assert csrf.is_ours(mine, csrf.form_token(mine))
    assert csrf.is_ours(other, csrf.form_token(mine)) == (mine == other)


def test_nothing_is_never_ours():
    token = csrf.form_token("")
    assert not csrf.is_ours("", token)
    assert not csrf.is_ours(None, token)
    assert not csrf.is_ours("secret", "")
    assert not csrf.is_ours("secret", None)
    assert not csrf.is_ours("secret", "é")


def test_two_browsers_have_two_secrets():
    assert csrf.new_browser_secret() != csrf.new_browser_secret()


def test_where_a_form_came_from():
    assert csrf.same_origin(None, "same-origin", "a.example")
    assert csrf.same_origin(None, "none", "a.example")
    assert not csrf.same_origin(None, "cross-site", "a.example")
    assert not csrf.same_origin(None, "same-site", "a.example")
    assert csrf.same_origin("https://a.example", None, "a.example")
    assert not csrf.same_origin("https://b.example", None, "a.example")
    assert not csrf.same_origin("null", None, "a.example")
    assert csrf.same_origin(None, None, "a.example")
