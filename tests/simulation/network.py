"""The broker and the wires: messages that are lost, doubled, late, forged and shown again. It holds no truth."""

import random
from dataclasses import dataclass, field

from card_protocol.crypto.signing import Signer
from card_protocol.wire.ack import Ack
from card_protocol.wire.batch import Batch
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.sealed import seal, unseal
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel, topic
from card_protocol.words.card import CardState
from card_protocol.words.event import GENESIS
from card_protocol.words.revocation import Revocation
from tests.gateway.policies import card_id, snapshot
from tests.gateway.world import NOON_MS
from tests.simulation.center import Down, Key, Up

LOG_MAX = 300
QUEUE_MAX = 3000
STRANGER = Signer(bytes(range(64, 96)))


@dataclass
class Weather:
    """Shares of messages that are lost, doubled, and put behind later ones."""

    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0


@dataclass
class Parcel:
    """A message on its way. `forged`: nobody who may, signed it."""

    message: Up | Down
    forged: bool = False


@dataclass
class Network:
    """Both directions of one gateway, and what the broker retains."""

    gateway: str
    weather: Weather = field(default_factory=Weather)
    up: list[Parcel] = field(default_factory=list)
    down: list[Parcel] = field(default_factory=list)
    retained: Down | None = None
    log_up: list[Up] = field(default_factory=list)
    log_down: list[Down] = field(default_factory=list)
    signed_away: set[Key] = field(default_factory=set)
    """What batches of the box declared as gone, wherever these are now: they may still arrive."""

    def publish_up(self, channel: Channel, payload: bytes) -> None:
        """From the box."""
        message = Up(topic(self.gateway, channel), payload)
        self.log_up = [*self.log_up[-LOG_MAX:], message]
        if channel is Channel.EVENTS:
            batch = unseal("batch", payload, Batch, _anybody)
            gap = range(batch.gap_from or batch.first_seq, batch.first_seq)
            self.signed_away |= {(batch.epoch, seq) for seq in gap}
        self._post(self.up, Parcel(message))

    def publish_down(self, message: Down) -> None:
        """From the server."""
        self.log_down = [*self.log_down[-LOG_MAX:], message]
        if message.retain:
            self.retained = message
        self._post(self.down, Parcel(message))

    def subscribed(self) -> None:
        """The box is (back) on the broker, which says what it retains."""
        if self.retained is not None:
            self._post(self.down, Parcel(self.retained))

    def take(self, queue: list[Parcel], dice: random.Random) -> list[Parcel]:
        """What arrives now; what is late stays."""
        arrived: list[Parcel] = []
        waiting, queue[:] = list(queue), []
        for parcel in waiting:
            if dice.random() < self.weather.late:
                queue.append(parcel)
            elif dice.random() >= self.weather.lost:
                arrived += [parcel] * (1 + (dice.random() < self.weather.doubled))
        return arrived

    def drop_all(self, *, retained: bool) -> None:
        """The broker lost its memory, or one side its session."""
        self.up.clear()
        self.down.clear()
        if retained:
            self.retained = None

    def forge_up(self, dice: random.Random) -> None:
        """Somebody without the box's key speaks for it, or the box speaks for another."""
        kind = dice.randrange(3)
        if kind == 0:
            forged = Up(topic(self.gateway, Channel.EVENTS), dice.randbytes(200))
        elif kind == 1:
            said = State(
                gateway=self.gateway, online=True, boot="x", at_ms=NOON_MS, epoch="ee" * 8, head_seq=9, acked_seq=9,
                policy_version=99, rev_seq=99,
            )  # fmt: skip
            forged = Up(topic(self.gateway, Channel.STATE), seal("state", said, STRANGER.sign))
        else:
            genuine = [message for message in self.log_up if message.topic.endswith("/ev")]
            payload = dice.choice(genuine).payload if genuine else b""
            forged = Up(topic("other-box", Channel.EVENTS), payload)
        self._post(self.up, Parcel(forged, forged=True))

    def forge_down(self, dice: random.Random, epoch: str) -> None:
        """Somebody without the server's key."""
        kind = dice.randrange(4)
        if kind == 0:
            forged = Down(Channel.ACK, dice.randbytes(100))
        elif kind == 1:
            ack = Ack(gateway=self.gateway, epoch=epoch, upto=0, head_hash=GENESIS.hex(), server_ms=1)
            forged = Down(Channel.ACK, seal("ack", ack, STRANGER.sign))
        elif kind == 2:
            forged = Down(Channel.POLICY, seal("manifest", snapshot(999)[0], STRANGER.sign))
        else:
            one = Revocation(rev_seq=900, card_id=card_id(1), state=CardState.ACTIVE, at_ms=0, expires_ms=NOON_MS)
            word = Revocations(gateway=self.gateway, after=0, upto=900, entries=(one,))
            forged = Down(Channel.REVOCATIONS, seal("revocations", word, STRANGER.sign))
        self._post(self.down, Parcel(forged, forged=True))

    def replay_up(self, dice: random.Random, count: int) -> None:
        """Recorded messages, shown again."""
        for message in dice.choices(self.log_up, k=count) if self.log_up else []:
            self._post(self.up, Parcel(message))

    def replay_down(self, dice: random.Random, count: int) -> None:
        """The same for the box: old acks, old manifests, old revocations."""
        for _ in range(count):
            channel = dice.choice((Channel.ACK, Channel.POLICY, Channel.REVOCATIONS))
            if recorded := [message for message in self.log_down if message.channel is channel]:
                self._post(self.down, Parcel(dice.choice(recorded)))

    @staticmethod
    def _post(queue: list[Parcel], parcel: Parcel) -> None:
        if len(queue) < QUEUE_MAX:
            queue.append(parcel)


def _anybody(_message: bytes, _signature: bytes) -> bool:
    """It was just signed: only what it says is asked."""
    return True
