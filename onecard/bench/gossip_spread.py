"""How a revocation spreads: the cards and doors of one run, by the real arithmetic of `card_protocol.profiles`.

What cards carry are real signed files, `sign_delta` to `check_delta` with Ed25519. A file that was checked once is
known by its bytes afterwards, so that millions of taps do not verify the same signature again.
"""

from collections.abc import Iterable
from functools import lru_cache
from random import Random
from typing import Final

from card_protocol.crypto.signing import SEED_BYTES, Signer
from card_protocol.profiles.gossip import Adoption, Knowledge, adopt, worth_writing
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.revocation_delta import RevocationDelta, check_delta, make_delta, sign_delta
from card_protocol.words.card import CardState
from card_protocol.words.grant import GRANT_DAYS
from card_protocol.words.ids import new_ulid
from card_protocol.words.moment import DAY_MS
from card_protocol.words.revocation import Revocation
from onecard.bench.gossip_town import Tap

COMMUNITY: Final = "330105001001"
MONDAY_MS: Final = 1_772_380_800_000
"""A Monday, 00:00 in Shanghai; the times of taps count from here."""
GRANT_MS: Final = GRANT_DAYS * DAY_MS
DELTAS_MAX: Final = 4096
"""Distinct files whose check is remembered."""

_SIGNER: Final = Signer(bytes(SEED_BYTES))


@lru_cache(maxsize=DELTAS_MAX)
def checked(raw: bytes) -> RevocationDelta | CardRefusal | None:
    """What a card carries, as a door sees it."""
    return check_delta(raw, COMMUNITY, _SIGNER.verifier.verify) if raw else None


class Server:
    """Gives out revocations; every online door knows the newest file at once."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(f"server {seed}")  # noqa: S311 - a model, not a secret
        self._given: list[Revocation] = []
        self.raw = b""

    def revoke(self, at_ms: int) -> str:
        """One more card is lost; its id."""
        now_ms = MONDAY_MS + at_ms
        card_id = new_ulid(now_ms, self._dice.randbytes(10))
        self._given.append(
            Revocation(
                rev_seq=len(self._given) + 1,
                card_id=card_id,
                state=CardState.LOST,
                at_ms=now_ms,
                expires_ms=now_ms + GRANT_MS,
            )
        )
        self.raw = sign_delta(make_delta(COMMUNITY, len(self._given), self._given, now_ms), _SIGNER.sign)
        return card_id


class OfflineDoor:
    """A door that hears nothing but cards. It cannot sign: it hands on the newest file that it was shown."""

    def __init__(self) -> None:
        self.knowledge = Knowledge()
        self._held = b""

    def meet(self, carried: bytes, at_ms: int) -> bytes:
        """Read what a card carries, adopt it; what the card carries afterwards."""
        if carried is self._held:
            return carried
        delta = checked(carried)
        if isinstance(delta, RevocationDelta):
            adoption = adopt(self.knowledge, delta, MONDAY_MS + at_ms)
            if isinstance(adoption, Adoption):
                self.knowledge = adoption.knowledge
                if worth_writing(checked(self._held), delta):
                    self._held = carried
        return hand_on(carried, self._held)


def hand_on(carried: bytes, held: bytes) -> bytes:
    """What a card carries after a door that holds `held`."""
    delta = checked(held)
    return held if isinstance(delta, RevocationDelta) and worth_writing(checked(carried), delta) else carried


class Spread:
    """The state of one run."""

    def __init__(self, server: Server, offline: Iterable[int]) -> None:
        self.server = server
        self.offline = {number: OfflineDoor() for number in offline}
        self.last_online_ms: dict[int, int] = {}
        """When each resident last passed an online door: there their grant was renewed."""
        self._cards: dict[int, bytes] = {}

    def tap(self, tap: Tap) -> OfflineDoor | None:
        """Play one tap; the offline door at which it was."""
        door = self.offline.get(tap.door)
        if not tap.hasty:
            carried = self._cards.get(tap.who, b"")
            self._cards[tap.who] = hand_on(carried, self.server.raw) if door is None else door.meet(carried, tap.at_ms)
            if door is None:
                self.last_online_ms[tap.who] = tap.at_ms
        return door
