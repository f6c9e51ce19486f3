"""Conversations with a card, and the two loops that drive them.

A conversation is a generator: it yields commands, receives answers and returns its result, and so reads from
top to bottom like the data sheet. It does no I/O. The driver passes `transmit`, which takes and returns raw
bytes and may raise an `EquipmentFault` (`CardGone`).

Whatever goes wrong with an answer (the card left, too many bytes, no status word) is *thrown into* the
conversation where it waits. It may turn the fault into a value (a refusal with a reason) and return; it may not
go on talking to a card that is not there.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import Final, Generic, TypeAlias, TypeVar

from card_protocol.errors import CallerFault, Fault, TooLong
from card_protocol.iso7816.apdu import CommandApdu, ResponseApdu

T = TypeVar("T")

Conversation: TypeAlias = Generator[CommandApdu, ResponseApdu, T]
"""Yields commands, receives answers, returns a T."""

Transmit: TypeAlias = Callable[[bytes], bytes]
AsyncTransmit: TypeAlias = Callable[[bytes], Awaitable[bytes]]

MAX_ROUNDS: Final = 2000
"""Bound of any conversation, in commands. Personalisation of all applications takes fewer than 200."""


class _Turns(Generic[T]):
    """What both drivers share: the turn-taking without the transport."""

    def __init__(self, conversation: Conversation[T], max_rounds: int) -> None:
        self._conversation = conversation
        self._rounds_left = max_rounds

    def first(self) -> bytes:
        """The first command; StopIteration carries the result if there is none."""
        return self._ask(next(self._conversation))

    def answer(self, raw: bytes) -> bytes:
        """Hand over an answer and get the next command, or StopIteration with the result."""
        try:
            response = ResponseApdu.decode(raw)
        except Fault as fault:
            return self.fail(fault)
        return self._ask(self._conversation.send(response))

    def fail(self, fault: Fault) -> bytes:
        """Throw a fault into the conversation: it re-raises, or ends by StopIteration with its result."""
        self._conversation.throw(fault)
        self._conversation.close()
        raise CallerFault("a conversation went on talking after its card had failed") from fault

    def _ask(self, command: CommandApdu) -> bytes:
        if not self._rounds_left:
            return self.fail(TooLong("the conversation took more rounds than it may take"))
        self._rounds_left -= 1
        return command.encode()


def converse(conversation: Conversation[T], transmit: Transmit, *, max_rounds: int = MAX_ROUNDS) -> T:
    """Drive a conversation over a blocking `transmit` to its result. Faults that it does not handle are raised."""
    turns = _Turns(conversation, max_rounds)
    try:
        command = turns.first()
        while True:
            try:
                raw = transmit(command)
            except Fault as fault:
                command = turns.fail(fault)
            else:
                command = turns.answer(raw)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def aconverse(conversation: Conversation[T], transmit: AsyncTransmit, *, max_rounds: int = MAX_ROUNDS) -> T:
    """The same over an awaitable `transmit`: for a desk that relays APDUs to a server."""
    turns = _Turns(conversation, max_rounds)
    try:
        command = turns.first()
        while True:
            try:
                raw = await transmit(command)
            except Fault as fault:
                command = turns.fail(fault)
            else:
                command = turns.answer(raw)
    except StopIteration as stop:
        result: T = stop.value
        return result
