"""A session with a card: one more layer around native frames that adds and checks protection.

A session lives until anything goes wrong. The card forgets it at the first error and so do we: what follows a
fault is a new authentication or nothing, never a weaker mode.
"""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode, SessionKeys, open_response, seal_command
from card_protocol.channel.native import exchange
from card_protocol.errors import CallerFault

LAST_COUNTER: Final = 0xFFFE
"""The response to the next counter would have to wrap: authenticate again instead."""


class Session:
    """Keys, transaction identifier and counter of one EV2 authentication with `key_no`."""

    __slots__ = ("_alive", "_counter", "_keys", "key_no", "ti")

    def __init__(self, keys: SessionKeys, ti: bytes, key_no: int, counter: int = 0) -> None:
        self._keys = keys
        self._counter = counter
        self._alive = True
        self.ti = ti
        self.key_no = key_no

    @property
    def alive(self) -> bool:
        """Whether the card still knows this session, as far as we can tell."""
        return self._alive

    @property
    def counter(self) -> int:
        """The command counter, carried over by AuthenticateEV2NonFirst."""
        return self._counter

    def end(self) -> None:
        """Forget the session: the card was reset, selected another application, or was given another key."""
        self._alive = False

    def run(
        self, ins: int, header: bytes = b"", data: bytes = b"", *, mode: Mode, doing: str, ends: bool = False
    ) -> Conversation[bytes]:
        """One protected command and its checked answer.

        `ends` is for commands whose success ends the session on the card, so that their answer carries no MAC.
        Any fault ends the session too.
        """
        if not self._alive or self._counter > LAST_COUNTER:
            raise CallerFault(f"{doing}: there is no session with the card any more")
        frame = seal_command(self._keys, self.ti, self._counter, mode, ins, header, data)
        # From here until the answer proved right the session counts as lost.
        self._alive = False
        body = yield from exchange(frame, doing)
        answer = open_response(self._keys, self.ti, self._counter, Mode.PLAIN if ends else mode, body)
        self._counter += 1
        self._alive = not ends
        return answer

    def __repr__(self) -> str:
        return f"<Session key {self.key_no}, counter {self._counter}, {'alive' if self._alive else 'ended'}>"
