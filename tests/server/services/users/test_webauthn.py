"""The standard's half of passkeys. The literal answers came from Chromium 156 with its virtual authenticator."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.problems import Code, Problem
from server.services.users import webauthn
from server.services.users.webauthn import Place, place_of
from tests.server.soft_key import SoftKey, b64, from_b64

HERE = Place("localhost", "http://localhost:8443")
USER = "01HZZZZZZZZZZZZZZZZZZZZZZZ"
CHALLENGE = bytes(range(56))


@pytest.mark.parametrize(
    ("host", "secure", "place"),
    [
        ("onecard.example", True, Place("onecard.example", "https://onecard.example")),
        ("OneCard.Example:8443", True, Place("onecard.example", "https://onecard.example:8443")),
        ("localhost:8443", False, HERE),
        ("localhost", True, Place("localhost", "https://localhost")),
        ("onecard.example", False, None),
        ("127.0.0.1:8443", False, None),
        ("192.168.1.9", True, None),
        ("[::1]:8443", True, None),
        ("[::1]", True, None),
        ("", True, None),
        (":8443", True, None),
        ("社区.example", True, None),
    ],
)
def test_passkeys_are_for_names_over_https_and_localhost(host: str, secure: bool, place: Place | None) -> None:
    assert place_of(host, secure=secure) == place


def test_what_a_browser_is_asked_for_a_new_one() -> None:
    asked = webauthn.ask_new(HERE, USER, "wang", [], CHALLENGE)
    assert asked["challenge"] == b64(CHALLENGE)
    assert asked["user"] == {"id": b64(USER.encode()), "name": "wang", "displayName": "wang"}
    assert {"type": "public-key", "alg": -7} in asked["pubKeyCredParams"]
    assert asked.get("attestation", "none") == "none"


def test_both_ends() -> None:
    key = SoftKey()
    made = webauthn.made(HERE, key.create(dict(webauthn.ask_new(HERE, USER, "wang", [], CHALLENGE)), HERE.origin))
    assert (made.credential_id, made.challenge, made.sign_count) == (key.credential_id, CHALLENGE, 0)
    asked = dict(webauthn.ask_known(HERE, [made.credential], CHALLENGE))
    assert asked["userVerification"] == "required"
    answer = key.get(asked, HERE.origin)
    assert webauthn.credential_id_in(answer) == key.credential_id
    shown = webauthn.shown(HERE, made.credential, answer)
    assert (shown.sign_count, shown.challenge) == (1, CHALLENGE)


THERE = Place("localhost", "http://localhost:55041")
CHROMIUM_MADE = {
    "id": "ZbPnEvn1xc2bNOJhUyBVdhzCpnViaUJtHe6HFexCzL4",
    "rawId": "ZbPnEvn1xc2bNOJhUyBVdhzCpnViaUJtHe6HFexCzL4",
    "type": "public-key",
    "response": {
        "clientDataJSON": (
            "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQUFBQm5LYXgzQUZUU19RR0VpT1JVZUxWWkRMUUJwSjht"
            "a091S2hEbGhneWd4MkxQVlVGeWhVSldENnI2LTRQVHdqNWlaSkVjcHVFIiwib3JpZ2luIjoiaHR0cDovL2xvY2FsaG9zdDo1"
            "NTA0MSIsImNyb3NzT3JpZ2luIjpmYWxzZSwib3RoZXJfa2V5c19jYW5fYmVfYWRkZWRfaGVyZSI6ImRvIG5vdCBjb21wYXJl"
            "IGNsaWVudERhdGFKU09OIGFnYWluc3QgYSB0ZW1wbGF0ZS4gU2VlIGh0dHBzOi8vZ29vLmdsL3lhYlBleCJ9"
        ),
        "attestationObject": (
            "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQF"
            "BgcIAQIDBAUGBwgAIGWz5xL59cXNmzTiYVMgVXYcwqZ1YmlCbR3uhxXsQsy-pQECAyYgASFYIK0tBy9M33tVYn9_a-sW93UW"
            "EUdaGJqB50nOpysmcUc9IlggPhyRIvIeRbcpsPbpFZJujYy-bMq1t2dbm0Ajqxiwf8Q"
        ),
    },
}
CHROMIUM_SHOWN = {
    "id": "ZbPnEvn1xc2bNOJhUyBVdhzCpnViaUJtHe6HFexCzL4",
    "rawId": "ZbPnEvn1xc2bNOJhUyBVdhzCpnViaUJtHe6HFexCzL4",
    "type": "public-key",
    "response": {
        "clientDataJSON": (
            "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQUFBQm5LYXgzQUtYaFp3QUlMZHV0ZEg1ZGtyUU9FcmwwWVJy"
            "ajBhaEJqMWRvQWpKLWJZYUNsSnZ0R19oeVNHWWlTOGxyaEUtWEFZIiwib3JpZ2luIjoiaHR0cDovL2xvY2FsaG9zdDo1NTA0"
            "MSIsImNyb3NzT3JpZ2luIjpmYWxzZX0"
        ),
        "authenticatorData": ("SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg"),
        "signature": (
            "MEUCIFJH6y_zPRBX8oycUvNEbF5Zq7cVHuuTxlGipoGCimyiAiEApopIybTzqn5MaZCCWHBxsfq77ZmrrdGp8FKqYyVgUN8"
        ),
        "userHandle": ("MDFLSktCM1EwME5CRjBRWDFTOTBDUTBCWlQ"),
    },
}


def test_the_bytes_that_a_real_browser_made() -> None:
    made = webauthn.made(THERE, json.dumps(CHROMIUM_MADE))
    assert b64(made.credential_id) == CHROMIUM_MADE["id"]
    assert made.credential[:16].hex() == "01020304050607080102030405060708", "the AAGUID of the virtual authenticator"
    shown = webauthn.shown(THERE, made.credential, json.dumps(CHROMIUM_SHOWN))
    assert (made.sign_count, shown.sign_count) == (1, 2)
    told_ms = [int.from_bytes(one.challenge[:8], "big") - 1_772_323_200_000 for one in (made, shown)]
    assert told_ms == [1, 2], "the browser hands the challenges back untouched"
    with pytest.raises(Problem):
        webauthn.shown(HERE, made.credential, json.dumps(CHROMIUM_SHOWN))


def refused(answer: str, credential: bytes) -> None:
    for judge in (lambda: webauthn.made(HERE, answer), lambda: webauthn.shown(HERE, credential, answer)):
        with pytest.raises(Problem) as told:
            judge()
        assert told.value.code is Code.PASSKEY_REFUSED


KEY = SoftKey(seed=5)
MADE = webauthn.made(HERE, KEY.create(dict(webauthn.ask_new(HERE, USER, "wang", [], CHALLENGE)), HERE.origin))
SHOWN = KEY.get(dict(webauthn.ask_known(HERE, [], CHALLENGE)), HERE.origin)
JSON = st.recursive(
    st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.text() | JSON.map(json.dumps))
def test_noise_is_refused_and_never_a_fault(noise: str) -> None:
    refused(noise, MADE.credential)


@given(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), st.data())
def test_no_bit_of_an_answer_may_change(part: str, data: st.DataObject) -> None:
    answer = json.loads(SHOWN)
    true = from_b64(answer["response"][part])
    bit = data.draw(st.integers(0, len(true) * 8 - 1))
    bent = (int.from_bytes(true, "big") ^ (1 << bit)).to_bytes(len(true), "big")
    answer["response"][part] = b64(bent)
    with pytest.raises(Problem):
        webauthn.shown(HERE, MADE.credential, json.dumps(answer))


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_deep_nesting_and_length_are_refused(part: str) -> None:
    answer = json.loads(SHOWN)
    answer["response"][part] = b64(b"\x81" * 9000)
    refused(json.dumps(answer), MADE.credential)
    refused("[" * 20_000, MADE.credential)
    refused(" " * (webauthn.ANSWER_MAX_CHARS + 1), MADE.credential)
