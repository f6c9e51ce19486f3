"""What an installer may write."""

import pytest
from pydantic import ValidationError

from gateway.config import GatewayConfig, is_loopback

GOOD = {"state_dir": "/var/lib/onecard", "server_url": "https://onecard.example"}


def test_the_least_that_is_needed() -> None:
    config = GatewayConfig.model_validate(GOOD)
    assert (config.broker.host, config.broker.port, config.clock) == ("127.0.0.1", 8883, None)
    assert not config.broker.plain


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:80", "https://a.b"])
def test_urls_that_are_safe(url: str) -> None:
    assert GatewayConfig.model_validate(GOOD | {"server_url": url}).server_url == url


@pytest.mark.parametrize(
    ("changed", "key", "words"),
    [
        ({"server_url": "http://onecard.example"}, ("server_url",), "write https://"),
        ({"server_url": "http://10.0.0.1"}, ("server_url",), "write https://"),
        ({"server_url": "ftp://onecard.example"}, ("server_url",), "pattern"),
        ({"broker": {"host": "10.0.0.1", "plain": True}}, ("broker", "plain"), "allowed on this machine only"),
        ({"broker": {"host": "broker.example", "plain": True}}, ("broker", "plain"), "allowed on this machine only"),
        ({"verify_signatures": False}, ("verify_signatures",), "Extra inputs"),
        ({"broker": {"port": 0}}, ("broker", "port"), "greater than or equal to 1"),
        ({"disk": {"warn_percent": 95}}, ("disk",), "must rise in this order"),
        ({"disk": {"when_full": "explode"}}, ("disk", "when_full"), "keep"),
        ({"disk": {"reserve_mib": 1}}, ("disk", "reserve_mib"), "greater than or equal to 4"),
        ({"brooker": {}}, ("brooker",), "Extra inputs"),
    ],
)
def test_what_is_refused_names_its_key(changed: dict[str, object], key: tuple[str, ...], words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        GatewayConfig.model_validate(GOOD | changed)
    (error,) = caught.value.errors()
    assert error["loc"] == key
    assert words in error["msg"]


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_never_leaves_the_machine(host: str, answer: bool) -> None:
    assert is_loopback(host) is answer
