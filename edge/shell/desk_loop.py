"""The desk's one thread: puts the card on the reader at the server's disposal, and shows what the server says.

A desk without a reader is none, so the line is only up while the reader is: the server sees at once what is missing.
"""

import threading
from collections.abc import Callable
from typing import Final

import structlog

from card_protocol.errors import CardGone, EquipmentFault
from card_protocol.wire.desk import Answer, Apdu, CardHere, Hello, Show
from card_protocol.wire.desk import CardGone as CardLeft
from edge.ports.desk_link import DeskLink, Display, LinkLost
from edge.ports.reader import CardInField, Reader

CARD_SLICE_MS: Final = 200
LINK_SLICE_MS: Final = 100
REMOVAL_SLICE_MS: Final = 20
BACK_OFF_FIRST_MS: Final = 500
BACK_OFF_MAX_MS: Final = 15_000
MESSAGES_PER_SLICE_MAX: Final = 16

_log = structlog.get_logger()


class DeskLoop:
    """The life of one desk, until `stop` is set."""

    def __init__(
        self,
        desk: str,
        open_reader: Callable[[], Reader],
        open_link: Callable[[], DeskLink],
        display: Display,
        stop: threading.Event,
    ) -> None:
        self._desk = desk
        self._open_reader = open_reader
        self._open_link = open_link
        self._display = display
        self._stop = stop
        self._back_off_ms = BACK_OFF_FIRST_MS

    def run(self) -> None:
        """Blocks until `stop` is set."""
        while not self._stop.is_set():
            try:
                self._with_reader()
            except EquipmentFault as fault:
                _log.warning("desk_waits", why=str(fault), retry_after_ms=self._back_off_ms)
                self._stop.wait(self._back_off_ms / 1000)
                self._back_off_ms = min(2 * self._back_off_ms, BACK_OFF_MAX_MS)

    def _with_reader(self) -> None:
        reader = self._open_reader()
        try:
            link = self._open_link()
            try:
                link.send(Hello(desk=self._desk, reader=reader.name))
                _log.info("desk_connected", reader=reader.name)
                self._back_off_ms = BACK_OFF_FIRST_MS
                self._serve(reader, link)
            finally:
                link.close()
        finally:
            reader.close()

    def _serve(self, reader: Reader, link: DeskLink) -> None:
        while not self._stop.is_set():
            for _ in range(MESSAGES_PER_SLICE_MAX):
                if not self._hear(link, None, 0):
                    break
            card = reader.wait_for_card(CARD_SLICE_MS)
            if card is None:
                continue
            link.send(CardHere(uid=card.uid))
            try:
                self._serve_card(card, link)
            except CardGone as fault:
                # It may lie there still; then it is found anew, and the server starts over.
                _log.info("card_gone", why=str(fault))
            except LinkLost:
                raise
            except EquipmentFault:
                link.send(CardLeft())
                raise
            link.send(CardLeft())

    def _serve_card(self, card: CardInField, link: DeskLink) -> None:
        while not self._stop.is_set():
            if self._hear(link, card, LINK_SLICE_MS):
                continue
            if card.wait_for_removal(REMOVAL_SLICE_MS):
                return

    def _hear(self, link: DeskLink, card: CardInField | None, timeout_ms: int) -> bool:
        """Whether the server said something; if so, it has been done."""
        message = link.receive(timeout_ms)
        match message:
            case Show():
                self._display.show(message)
            case Apdu(turn=turn, data=data) if card is not None:
                answer = card.transmit(bytes.fromhex(data))
                link.send(Answer(turn=turn, data=answer.hex().upper()))
            case Apdu():
                link.send(CardLeft())
        return message is not None
