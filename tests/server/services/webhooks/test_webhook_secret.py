"""Signatures of deliveries, against the vector that the Standard Webhooks libraries are tested with."""

import base64

from card_protocol.crypto.signing import Signer
from server.services.webhooks import webhook_secret

SIGN = Signer(bytes(32)).sign


def test_the_published_vector() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    assert webhook_secret.shown(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert webhook_secret.headers(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}') == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_secret_is_the_address_own_and_always_the_same() -> None:
    assert webhook_secret.secret_of(SIGN, "a") == webhook_secret.secret_of(SIGN, "a")
    assert webhook_secret.secret_of(SIGN, "a") != webhook_secret.secret_of(SIGN, "b")
    assert webhook_secret.secret_of(Signer(bytes([1]) * 32).sign, "a") != webhook_secret.secret_of(SIGN, "a")
    assert len(webhook_secret.secret_of(SIGN, "a")) == 32
