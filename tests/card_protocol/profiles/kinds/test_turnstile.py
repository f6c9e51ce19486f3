"""A turnstile keeps the contract of all kinds."""

from card_protocol.profiles.kinds.turnstile import TURNSTILE
from tests.card_protocol.profiles.kinds.kind_contract import KindContract


class TestTurnstile(KindContract):
    kind = TURNSTILE
