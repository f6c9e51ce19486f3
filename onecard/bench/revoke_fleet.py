"""The gateways of the revocation benchmark: a process with many boxes, each the real station on its connection.

Real are the keys, the signatures both ways, the intake of revocations and the state that says what was applied; what
a box would do on its disk (book, journal) is not measured here.
"""

import hashlib
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import Final

from card_protocol.crypto.signing import Signer, Verifier
from card_protocol.wire.topics import Channel, parse_topic, topic
from card_protocol.words.event import GENESIS
from card_protocol.words.moment import ClockQuality, Moment
from gateway.core import station_words as words
from gateway.core import sync_words as sync
from gateway.core.station import Place, Station
from gateway.ports.book import Standing
from gateway.ports.journal import Head
from onecard.bench.mqtt_clients import Fleet

BARE_DOWN: Final = "bare/down"
BARE_UP: Final = "bare/up"
_EPOCH = "00000000000000e1"


def name_of(number: int) -> str:
    """The gateway's name."""
    return f"bench-{number}"


def signer_of(number: int) -> Signer:
    """Its key: the same in both processes."""
    return Signer(hashlib.sha256(f"bench gateway {number}".encode()).digest())


class Box:
    """One gateway without a disk."""

    def __init__(self, number: int, server_key: bytes, now_ms: int) -> None:
        self.name = name_of(number)
        self._now_ms = now_ms
        self._mono_ns = 0
        head = Head(_EPOCH, 0, GENESIS)
        place = Place(self.name, signer_of(number).sign, Verifier(server_key).verify)
        self._station = Station(place, Standing(), words.JournalSeen(head, head), None, lambda: 0.5, run=1)

    def hear(self, given: words.Input) -> list[tuple[str, bytes, bool]]:
        """One input and all that follows; what is published."""
        said: list[tuple[str, bytes, bool]] = []
        inputs = [given]
        while inputs:
            self._mono_ns += 1000
            moment = Moment(
                wall_ms=self._now_ms + self._mono_ns // 1_000_000,
                mono_ns=self._mono_ns,
                boot="bench",
                clock=ClockQuality.NTP,
            )
            for effect in self._station.step(inputs.pop(0), moment):
                if isinstance(effect, words.Revoke):
                    standing = self._station.standing._replace(rev_seq=effect.upto)
                    inputs.append(words.Revoked(effect.entries, standing))
                elif isinstance(effect, words.Publish):
                    said.append((topic(self.name, effect.channel), effect.message, effect.retain))
        return said


def serve(port: int, count: int, server_key: bytes, now_ms: int, line: Connection) -> None:
    """The process: says "ready" on `line` when all boxes have reported, and ends when something comes on it."""
    boxes = [Box(number, server_key, now_ms) for number in range(count)]

    def heard(number: int, where: str, payload: bytes) -> Sequence[tuple[str, bytes, bool]]:
        if where.startswith(BARE_DOWN):
            return [(f"{BARE_UP}/{number}", payload, True)]
        parsed = parse_topic(where)
        return boxes[number].hear(words.Received(parsed[1], payload)) if parsed else []

    down = (Channel.ACK, Channel.REVOCATIONS, Channel.COMMAND)
    topics = [[*(topic(box.name, channel) for channel in down), f"{BARE_DOWN}/{n}"] for n, box in enumerate(boxes)]
    fleet = Fleet(port, topics, heard)
    for number, box in enumerate(boxes):
        for where, message, retain in box.hear(sync.LinkUp()):
            fleet.say(number, where, message, retain=retain)
    line.send("ready")
    while not line.poll():
        fleet.turn()
    fleet.close()
