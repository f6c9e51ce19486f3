"""The far side of the readers in a process of its own: fields and cards, so that they do not share our interpreter."""

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

from firmware_sim.card.card import Card
from firmware_sim.card.entropy import seeded
from firmware_sim.card.store import dump, load
from firmware_sim.field.field import Field
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from firmware_sim.field.vpcd import VpcdField

ANSWER_TIMEOUT_S: Final = 20.0
TAP, FLOOR = 0, 1
"""The two fields."""


def no_chance(count: int) -> bytes:
    """A card without chance answers a recording as it answered the conversation."""
    return bytes(count)


class FarSide:
    """Orders to the other process; each returns when it is done."""

    def __init__(self, pipe: Connection, ports: Sequence[int]) -> None:
        self._pipe = pipe
        self.ports = ports

    def place(self, field: int) -> None:
        """Hold the card to a reader."""
        self._order((field, True))

    def clear(self, field: int) -> None:
        """Take it away."""
        self._order((field, False))

    def _order(self, order: tuple[int, bool]) -> None:
        self._pipe.send(order)
        if not self._pipe.poll(ANSWER_TIMEOUT_S):
            raise RuntimeError("the simulated cards do not answer")
        self._pipe.recv()


@contextmanager
def far_side(card: Card, vpcd_ports: Sequence[int]) -> Iterator[FarSide]:
    """Two fields behind nfcpy's UDP driver, or behind the ports of two virtual PC/SC readers."""
    context = multiprocessing.get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_serve, args=(far, dump(card.state), list(vpcd_ports)), daemon=True)
    process.start()
    try:
        if not near.poll(ANSWER_TIMEOUT_S):
            raise RuntimeError("the simulated cards do not come")
        yield FarSide(near, near.recv())
    finally:
        near.close()
        process.join(ANSWER_TIMEOUT_S)


def _serve(pipe: Connection, state: str, vpcd_ports: list[int]) -> None:
    # Ctrl-C reaches the whole group; the near side ends us by closing the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cards = Card(load(state), seeded("bench")), Card(load(state), no_chance)
    fields: list[Field] = [VpcdField(port) for port in vpcd_ports] or [UdpField(), UdpField()]
    pipe.send([field.port for field in fields if isinstance(field, UdpField)])
    try:
        while True:
            number, here = pipe.recv()
            if here:
                fields[number].place(Visit(cards[number]))
            else:
                fields[number].clear()
            pipe.send(None)
    except EOFError:
        for field in fields:
            field.close()
