"""A reader as an OSDP peripheral: one packet in, one or none out. No I/O, no clock but the one it is given.

Source: SIA OSDP 2.2 § 6 (commands), § 7 (replies), annex D (secure channel). Spoken: POLL ID CAP LSTAT ISTAT OSTAT OUT
LED BUZ TEXT KEYSET CHLNG SCRYPT.
"""

from collections import deque
from collections.abc import Callable
from enum import IntEnum

from firmware_sim.card.entropy import Entropy
from firmware_sim.osdp.frame import ALL_ADDRESSES, REPLY_FLAG, BadFrame, Frame, close, head, parse
from firmware_sim.osdp.hardware import INPUTS, OUTPUTS, Lamp, Terminals
from firmware_sim.osdp.secure import BLOCK_BYTES, DEFAULT_KEY, RANDOM_BYTES, SecureChannel

EVENTS_MAX = 64
SESSION_TIMEOUT_MS = 8000
BARE_HEAD = 0x00


class Command(IntEnum):
    """Codes of commands."""

    POLL = 0x60
    ID = 0x61
    CAP = 0x62
    LSTAT = 0x64
    ISTAT = 0x65
    OSTAT = 0x66
    OUT = 0x68
    LED = 0x69
    BUZ = 0x6A
    TEXT = 0x6B
    KEYSET = 0x75
    CHLNG = 0x76
    SCRYPT = 0x77


class Reply(IntEnum):
    """Codes of replies."""

    ACK = 0x40
    NAK = 0x41
    PDID = 0x45
    PDCAP = 0x46
    LSTATR = 0x48
    ISTATR = 0x49
    OSTATR = 0x4A
    RAW = 0x50
    KEYPAD = 0x53
    CCRYPT = 0x76
    RMAC_I = 0x78


class Nak(IntEnum):
    """Why a command was refused."""

    LENGTH = 2
    UNKNOWN_COMMAND = 3
    SEQUENCE = 4
    NO_SECURITY_BLOCK = 5
    NEEDS_SECURITY = 6
    REFUSED = 9


Answer = tuple[Reply, bytes]
BEFORE_SECURITY = frozenset({Command.ID, Command.CAP, Command.CHLNG, Command.SCRYPT})
CAPABILITIES = bytes((1, 1, INPUTS, 2, 1, OUTPUTS, 3, 1, 0, 4, 1, 1, 5, 1, 1, 6, 1, 1, 8, 1, 0, 9, 1, 1))
IDENTITY = bytes.fromhex("0A0B0C 01 01 01020304 010000")
CLIENT_UID = bytes(8)
KEY_CODES = {"*": 0x7F, "#": 0x0D}
"""SIA OSDP 2.2 § 7.12; digits are ASCII."""


class Peripheral:
    """One reader. `key` None: it still has the installation key and is in installation mode."""

    def __init__(self, address: int, key: bytes | None, entropy: Entropy, terminals: Terminals | None = None) -> None:
        self.address = address
        self.key = key
        self.terminals = terminals or Terminals()
        self.refuses: frozenset[int] = frozenset()
        """Commands that this model does not know."""
        self._entropy = entropy
        self._events: deque[Answer] = deque(maxlen=EVENTS_MAX)
        self._channel: SecureChannel | None = None
        self._sequence: int | None = None
        self._last_reply = b""
        self._heard_ms = 0

    @property
    def is_secure(self) -> bool:
        """Whether a secure channel is open."""
        return self._channel is not None and self._channel.active

    @property
    def has_news(self) -> bool:
        """Whether it has something to tell at the next poll."""
        return bool(self._events)

    # ---- what people and wires do to it

    def present(self, uid: bytes) -> None:
        """A card is held to it: raw data, as many bits as the UID has."""
        data = bytes((0, 0)) + (8 * len(uid)).to_bytes(2, "little") + uid
        self._events.append((Reply.RAW, data))

    def type(self, keys: str) -> None:
        """Somebody presses keys, one after the other: 0 to 9, * and #."""
        for key in keys:
            self._events.append((Reply.KEYPAD, bytes((0, 1, KEY_CODES.get(key, ord(key))))))

    def set_input(self, number: int, on: bool) -> None:
        """A wire changes; how it stands then is told at the next poll."""
        if self.terminals.inputs[number] != on:
            self.terminals.inputs[number] = on
            self._tell_status(Reply.ISTATR)

    def set_tamper(self, on: bool) -> None:
        """The housing is opened or closed."""
        if self.terminals.tamper != on:
            self.terminals.tamper = on
            self._tell_status(Reply.LSTATR)

    def _tell_status(self, reply: Reply) -> None:
        """Status is told as it is when it is asked for, not as a history of bounces."""
        if (reply, b"") not in self._events:
            self._events.append((reply, b""))

    def drop_session(self) -> None:
        """It lost power for a moment: the secure channel is gone and nobody told the panel."""
        self._channel, self._sequence = None, None

    # ---- the line

    def receive(self, raw: bytes, now_ms: int) -> bytes | None:
        """The reply to a packet; None when it is none or for somebody else."""
        try:
            frame = parse(raw)
        except BadFrame:
            return None
        if frame.address not in (self.address, ALL_ADDRESSES):
            return None
        if self.is_secure and now_ms - self._heard_ms > SESSION_TIMEOUT_MS:
            self._channel = None
        self._heard_ms = now_ms
        if frame.sequence and frame.sequence == self._sequence:
            return self._last_reply
        if frame.sequence == 0:
            self._channel = self._channel if frame.security and frame.security[0] in (0x13,) else None
        self._sequence = frame.sequence
        self._last_reply = self._react(frame)
        return self._last_reply

    def _react(self, frame: Frame) -> bytes:
        if frame.mac:
            return self._react_secured(frame)
        if frame.code not in BEFORE_SECURITY:
            self._channel = None
            return self._reply(frame, b"", (Reply.NAK, bytes((Nak.NEEDS_SECURITY,))))
        if frame.code == Command.CHLNG:
            return self._challenged(frame)
        if frame.code == Command.SCRYPT:
            return self._proven(frame)
        return self._reply(frame, b"", self._execute(frame.code, frame.data))

    def _react_secured(self, frame: Frame) -> bytes:
        channel = self._channel
        if channel is None or not channel.active or not channel.check_command(frame.signed, frame.mac):
            self._channel = None
            return self._reply(frame, b"", (Reply.NAK, bytes((Nak.NEEDS_SECURITY,))))
        data = channel.open_command(frame.data) if frame.security[0] == 0x17 else frame.data
        code, answer = self._execute(frame.code, data)
        sealed = channel.seal_reply(answer)
        security = bytes((0x18 if sealed else 0x16,))
        signed = head(self.address | REPLY_FLAG, frame.control & 3, security, code, sealed, with_mac=True)
        return close(signed + channel.sign_reply(signed))

    def _challenged(self, frame: Frame) -> bytes:
        wants_own_key = frame.security[1:2] == b"\x01"
        key = self.key if wants_own_key else (DEFAULT_KEY if self.key is None else None)
        if key is None or len(frame.data) != RANDOM_BYTES:
            return self._reply(frame, b"", (Reply.NAK, bytes((Nak.NO_SECURITY_BLOCK,))))
        own_random = self._entropy(RANDOM_BYTES)
        self._channel = SecureChannel(key, frame.data, own_random)
        proof = CLIENT_UID + own_random + self._channel.client_cryptogram
        return self._reply(frame, bytes((0x12, frame.security[1])), (Reply.CCRYPT, proof))

    def _proven(self, frame: Frame) -> bytes:
        first_mac = self._channel.accept(frame.data) if self._channel and len(frame.data) == BLOCK_BYTES else None
        if first_mac is None:
            self._channel = None
            return self._reply(frame, bytes((0x14, 0xFF)), (Reply.RMAC_I, bytes(BLOCK_BYTES)))
        return self._reply(frame, bytes((0x14, 0x01)), (Reply.RMAC_I, first_mac))

    def _reply(self, frame: Frame, security: bytes, answer: Answer) -> bytes:
        code, data = answer
        return close(head(self.address | REPLY_FLAG, frame.control & 3, security, code, data, with_mac=False))

    # ---- commands

    def _execute(self, code: int, data: bytes) -> Answer:
        action = _ACTIONS.get(code)
        if action is None or code in self.refuses:
            return Reply.NAK, bytes((Nak.UNKNOWN_COMMAND,))
        return action(self, data)

    def _poll(self, _: bytes) -> Answer:
        if not self._events:
            return Reply.ACK, b""
        code, data = self._events.popleft()
        reports = {Reply.ISTATR: self.terminals.input_report, Reply.LSTATR: self.terminals.local_report}
        return code, reports[code]() if code in reports else data

    def _out(self, data: bytes) -> Answer:
        for start in range(0, len(data), 4):
            number, code, low, high = data[start : start + 4]
            if not self.terminals.switch(number, code, low | high << 8):
                return Reply.NAK, bytes((Nak.REFUSED,))
        return Reply.ACK, b""

    def _led(self, data: bytes) -> Answer:
        if len(data) != 14:
            return Reply.NAK, bytes((Nak.LENGTH,))
        temporary, colour = data[2], data[5] if data[2] else data[12]
        self.terminals.lamps.append(Lamp(colour, (data[7] | data[8] << 8) * 100 if temporary else 0))
        return Reply.ACK, b""

    def _buzz(self, data: bytes) -> Answer:
        if len(data) != 5:
            return Reply.NAK, bytes((Nak.LENGTH,))
        self.terminals.beeps.append(data[4])
        return Reply.ACK, b""

    def _text(self, data: bytes) -> Answer:
        if len(data) < 6 or len(data) != 6 + data[5]:
            return Reply.NAK, bytes((Nak.LENGTH,))
        self.terminals.texts.append(data[6:].decode("ascii", "replace"))
        return Reply.ACK, b""

    def _keyset(self, data: bytes) -> Answer:
        if not self.is_secure or data[:2] != b"\x01\x10" or len(data) != 2 + BLOCK_BYTES:
            return Reply.NAK, bytes((Nak.REFUSED,))
        self.key = data[2:]
        return Reply.ACK, b""


_ACTIONS: dict[int, Callable[[Peripheral, bytes], Answer]] = {
    Command.POLL: Peripheral._poll,
    Command.ID: lambda _, __: (Reply.PDID, IDENTITY),
    Command.CAP: lambda _, __: (Reply.PDCAP, CAPABILITIES),
    Command.LSTAT: lambda pd, _: (Reply.LSTATR, pd.terminals.local_report()),
    Command.ISTAT: lambda pd, _: (Reply.ISTATR, pd.terminals.input_report()),
    Command.OSTAT: lambda pd, _: (Reply.OSTATR, bytes(pd.terminals.outputs)),
    Command.OUT: Peripheral._out,
    Command.LED: Peripheral._led,
    Command.BUZ: Peripheral._buzz,
    Command.TEXT: Peripheral._text,
    Command.KEYSET: Peripheral._keyset,
}
