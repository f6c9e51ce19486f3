"""A provider, and one that lies. The real one is oidc-provider-mock, over HTTP."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwk, jwt
from oidc_provider_mock import run_server_in_thread

from card_protocol.errors import EquipmentFault, PeerFault
from server.services.oidc.provider import LEEWAY_S, Client, Provider, challenge_of, check_claims

BACK = "http://127.0.0.1/login/provider/back"
CLIENT = Client("https://id.example", "onecard", "s3cret")
NOW_S = 1_800_000_000
GOOD = {"iss": CLIENT.issuer, "aud": "onecard", "sub": "77", "exp": NOW_S + 60, "nonce": "n"}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


def signed_in_there(address: str, sub: str) -> dict[str, str]:
    """What the provider sends back with a person's browser."""
    answer = httpx.post(address, data={"sub": sub}, trust_env=False)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def now_s() -> int:
    import time

    return int(time.time())


def test_a_real_provider_says_who_it_is_once(issuer: str) -> None:
    provider = Provider(Client(issuer, "onecard", "s3cret"), httpx.HTTPTransport())
    there = signed_in_there(provider.address(BACK, "state-1", "nonce-1", "v" * 43), "wang-of-the-city")
    assert there["state"] == "state-1"
    assert provider.subject(there["code"], BACK, "nonce-1", "v" * 43, now_s()) == "wang-of-the-city"
    with pytest.raises(PeerFault):
        provider.subject(there["code"], BACK, "nonce-1", "v" * 43, now_s())
    provider.close()


def test_a_token_of_another_sign_in_is_worthless(issuer: str) -> None:
    provider = Provider(Client(issuer, "onecard", "s3cret"), httpx.HTTPTransport())
    there = signed_in_there(provider.address(BACK, "s", "nonce-2", "v" * 43), "wang")
    with pytest.raises(PeerFault, match="another sign-in"):
        provider.subject(there["code"], BACK, "nonce-3", "v" * 43, now_s())


def test_the_challenge_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["onecard", "another"]},
        {"azp": "another"},
        {"exp": NOW_S - LEEWAY_S},
        {"exp": None},
        {"nonce": "old"},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
    ],
)
def test_a_token_that_is_not_ours_of_now_names_nobody(lie: dict[str, Any]) -> None:
    assert check_claims(GOOD, CLIENT, "n", NOW_S) == "77"
    assert check_claims(GOOD | {"aud": ["onecard", "other"], "azp": "onecard"}, CLIENT, "n", NOW_S) == "77"
    with pytest.raises(PeerFault):
        check_claims(GOOD | lie, CLIENT, "n", NOW_S)


def lying(**answers: Any) -> Provider:
    about = {
        "issuer": CLIENT.issuer,
        "authorization_endpoint": "https://id.example/a",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/keys",
    }
    answers = {"openid-configuration": about} | answers

    def answer(request: httpx.Request) -> httpx.Response:
        found = answers[request.url.path.rpartition("/")[2]]
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    return Provider(CLIENT, httpx.MockTransport(answer))


def test_another_key_or_no_signature_is_not_believed() -> None:
    ours, strangers = jwk.RSAKey.generate_key(2048), jwk.RSAKey.generate_key(2048)
    keys = {"keys": [ours.as_dict(private=False)]}
    good = jwt.encode({"alg": "RS256"}, GOOD, ours)
    assert lying(token={"id_token": good}, keys=keys).subject("c", BACK, "n", "v", NOW_S) == "77"
    forged = jwt.encode({"alg": "RS256"}, GOOD, strangers)
    unsigned = "eyJhbGciOiJub25lIn0." + good.split(".")[1] + "."
    for token in (forged, unsigned, good[:-4], "", "x.y.z"):
        with pytest.raises(PeerFault):
            lying(token={"id_token": token}, keys=keys).subject("c", BACK, "n", "v", NOW_S)


def test_a_provider_that_is_away_or_another_is_told_apart() -> None:
    with pytest.raises(EquipmentFault):
        lying(**{"openid-configuration": httpx.Response(503)}).address(BACK, "s", "n", "v")
    for odd in ({"issuer": "https://evil.example"}, [], {"issuer": CLIENT.issuer}):
        with pytest.raises(PeerFault):
            lying(**{"openid-configuration": odd}).address(BACK, "s", "n", "v")


def test_the_secret_does_not_print() -> None:
    assert "s3cret" not in repr(CLIENT)
