"""The card's end of a conversation, scripted: what it expects as literal bytes, and what it answers.

Its secure messaging is `firmware_sim`'s, written from the card's side, so that both ends cannot share a mistake.
"""

from dataclasses import dataclass

from card_protocol.channel.converse import converse
from card_protocol.channel.ev2 import SessionKeys
from card_protocol.channel.session import Session
from card_protocol.crypto.keys import SecretKey
from card_protocol.iso7816.apdu import CommandApdu
from firmware_sim.card.access import CommMode
from firmware_sim.card.session import Session as CardSession

ENC = bytes(range(16))
MAC = bytes(range(16, 32))
TI = bytes.fromhex("C0FFEE01")


def a_session(key_no: int = 0, counter: int = 0) -> Session:
    """Our end, as if just authenticated."""
    return Session(SessionKeys(SecretKey(ENC), SecretKey(MAC)), TI, key_no, counter)


@dataclass
class Turn:
    """One protected exchange. `header` and `data` in hex are what must arrive; `answer` is what goes back."""

    ins: int
    header: str = ""
    data: str = ""
    answer: str = ""
    mode: CommMode = CommMode.MAC
    status: int = 0x00
    bare: bool = False
    """Answer without MAC although the command had one: the session ended."""


class ScriptedCard:
    """Plays its turns in order inside one session that `a_session` is the other end of."""

    def __init__(self, *turns: Turn, counter: int = 0) -> None:
        self._turns = list(turns)
        self._session = CardSession(0, ENC, MAC, TI, counter)

    def transmit(self, raw: bytes) -> bytes:
        command = CommandApdu.decode(raw)
        turn = self._turns.pop(0)
        assert command.ins == turn.ins
        header = bytes.fromhex(turn.header)
        assert command.data.startswith(header)
        data = self._session.open(turn.ins, header, command.data[len(header) :], turn.mode)
        assert data.hex().upper() == turn.data
        if turn.status:
            return bytes((0x91, turn.status))
        answer = bytes.fromhex(turn.answer)
        return (answer if turn.bare else self._session.seal(answer, turn.mode)) + b"\x91\x00"

    def play(self, conversation):
        """Drive the conversation to its result; all turns must have been used."""
        result = converse(conversation, self.transmit)
        assert not self._turns
        return result


class PlainCard:
    """Answers literal APDUs with literal bytes, in order; no session."""

    def __init__(self, *exchanges: tuple[str, str]) -> None:
        self._exchanges = list(exchanges)

    def transmit(self, raw: bytes) -> bytes:
        expected, answer = self._exchanges.pop(0)
        assert raw.hex().upper() == expected
        return bytes.fromhex(answer)

    def play(self, conversation):
        """Drive the conversation to its result; all exchanges must have been used."""
        result = converse(conversation, self.transmit)
        assert not self._exchanges
        return result
