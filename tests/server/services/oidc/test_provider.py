"""A provider, and one that lies. The real one is oidc-provider-mock, over HTTP."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwk, jwt
from oidc_provider_mock import run_server_in_thread

from card_protocol.errors import EquipmentFault, PeerFault
from server.services.oidc.provider import (
    ANSWER_MAX_BYTES,
    ENDPOINTS,
    LEEWAY_S,
    SILENCE_S,
    TALKS_MAX,
    Client,
    Provider,
    challenge_of,
    check_claims,
)

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
        {"exp": float("nan")},
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


class Clock:
    """Seconds that pass when somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def lying(clock: Clock | None = None, asked: list[str] | None = None, **answers: Any) -> Provider:
    about = {
        "issuer": CLIENT.issuer,
        "authorization_endpoint": "https://id.example/a",
        "token_endpoint": "https://id.example/token",
        "jwks_uri": "https://id.example/keys",
    }
    answers = {"openid-configuration": about} | answers

    def answer(request: httpx.Request) -> httpx.Response:
        what = request.url.path.rpartition("/")[2]
        if asked is not None:
            asked.append(what)
        found = answers[what]
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    return Provider(CLIENT, httpx.MockTransport(answer), clock or Clock())


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


def test_a_silent_provider_is_asked_once_and_then_left_alone_for_a_while() -> None:
    """Anybody may press the button: waiting for a provider that is away must not tie up the console."""
    clock, asked = Clock(), list[str]()
    provider = lying(clock, asked, **{"openid-configuration": httpx.Response(503)})
    for _ in range(3):
        with pytest.raises(EquipmentFault):
            provider.address(BACK, "s", "n", "v")
    assert len(asked) == 1
    clock.now += SILENCE_S
    with pytest.raises(EquipmentFault, match="503"):
        provider.address(BACK, "s", "n", "v")
    assert len(asked) == 2


def test_no_more_than_a_few_wait_for_the_provider_at_once() -> None:
    """The wait for a seat is real time; four who talk with a provider that does not answer, and a fifth."""
    held, entered = threading.Event(), threading.Semaphore(0)

    def answer(_request: httpx.Request) -> httpx.Response:
        entered.release()
        assert held.wait(60)
        return httpx.Response(503)

    provider = Provider(CLIENT, httpx.MockTransport(answer))
    provider._about = dict.fromkeys(ENDPOINTS, "https://id.example/x")

    def talk() -> str:
        with pytest.raises(EquipmentFault) as told:
            provider.subject("c", BACK, "n", "v", NOW_S)
        return str(told.value)

    with ThreadPoolExecutor(TALKS_MAX) as people:
        talking = [people.submit(talk) for _ in range(TALKS_MAX)]
        for _ in talking:
            assert entered.acquire(timeout=60)
        assert "too many" in talk()
        held.set()
        assert all("503" in one.result(60) for one in talking)


def test_a_provider_that_drips_or_floods_is_hung_up_on() -> None:
    clock = Clock()

    class Drip(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                clock.now += 9
                yield b" "

    with pytest.raises(EquipmentFault, match="not over"):
        lying(clock, **{"openid-configuration": httpx.Response(200, stream=Drip())}).address(BACK, "s", "n", "v")
    flood = httpx.Response(200, content=b" " * (ANSWER_MAX_BYTES + 1))
    with pytest.raises(PeerFault, match="bytes"):
        lying(**{"openid-configuration": flood}).address(BACK, "s", "n", "v")


@pytest.mark.parametrize("place", ["http://id.example/token", "javascript:alert(1)", 7])
def test_a_description_that_leads_elsewhere_than_https_is_not_followed(place: object) -> None:
    good = dict.fromkeys(ENDPOINTS, "https://id.example/x") | {"issuer": CLIENT.issuer}
    assert lying(**{"openid-configuration": good}).address(BACK, "s", "n", "v")
    for name in ENDPOINTS:
        with pytest.raises(PeerFault, match="https"):
            lying(**{"openid-configuration": good | {name: place}}).address(BACK, "s", "n", "v")


def test_a_provider_that_has_moved_is_read_anew_after_one_failure() -> None:
    asked = list[str]()
    provider = lying(None, asked, token=httpx.Response(404))
    for _ in range(2):
        with pytest.raises(PeerFault):
            provider.subject("c", BACK, "n", "v", NOW_S)
    assert asked == ["openid-configuration", "token"] * 2


def test_the_secret_does_not_print() -> None:
    assert "s3cret" not in repr(CLIENT)
