"""A reader's replies to bare packets. Its secure channel is judged by libosdp: tests/edge/drivers/test_osdp_bus.py."""

import pytest

from firmware_sim.osdp.frame import close, crc16, head, parse
from firmware_sim.osdp.hardware import Lamp, Terminals
from firmware_sim.osdp.peripheral import (
    EVENTS_MAX,
    SESSION_TIMEOUT_MS,
    Command,
    Nak,
    Peripheral,
    Reply,
)
from firmware_sim.osdp.secure import DEFAULT_KEY, SecureChannel, cbc, ecb, pad

KEY = bytes(range(16))
PANEL_RANDOM = bytes(8)


def fixed(count: int) -> bytes:
    return bytes(range(count))


class Panel:
    """The other end, in the fewest lines; shares only AES with the reader."""

    def __init__(self, reader: Peripheral, key: bytes = KEY) -> None:
        self.reader, self.key, self.sequence, self.now_ms = reader, key, 0, 0
        self.mac = b""
        self.enc = self.mac1 = self.mac2 = b""

    def bare(self, code: int, data: bytes = b"", security: bytes = b"") -> tuple[int, bytes, bytes]:
        raw = self.reader.receive(close(head(1, self.sequence, security, code, data, with_mac=False)), self.now_ms)
        assert raw is not None
        reply = parse(raw)
        self.sequence = self.sequence % 3 + 1
        return reply.code, reply.data, reply.security

    def open(self, which: int = 1) -> bool:
        self.sequence = 0
        code, data, _ = self.bare(Command.CHLNG, PANEL_RANDOM, bytes((0x11, which)))
        if code != Reply.CCRYPT:
            return False
        own = data[8:16]
        self.enc, self.mac1, self.mac2 = (
            ecb(self.key, bytes((1, kind)) + PANEL_RANDOM[:6] + bytes(8)) for kind in (0x82, 1, 2)
        )
        assert data[16:] == ecb(self.enc, PANEL_RANDOM + own)
        proof = ecb(self.enc, own + PANEL_RANDOM)
        code, data, security = self.bare(Command.SCRYPT, proof, bytes((0x13, which)))
        self.mac = data
        return code == Reply.RMAC_I and security == b"\x14\x01"

    def secured(self, code: int, data: bytes = b"") -> tuple[int, bytes]:
        sealed = cbc(self.enc, bytes(~b & 0xFF for b in self.mac), pad(data)) if data else b""
        security = b"\x17" if sealed else b"\x15"
        signed = head(1, self.sequence, security, code, sealed, with_mac=True)
        self.mac = self._chain(signed)
        raw = self.reader.receive(close(signed + self.mac[:4]), self.now_ms)
        assert raw is not None
        reply = parse(raw)
        self.sequence = self.sequence % 3 + 1
        if not reply.mac:
            return reply.code, reply.data
        iv = bytes(~b & 0xFF for b in self.mac)
        self.mac = self._chain(reply.signed)
        assert reply.mac == self.mac[:4]
        return reply.code, cbc(self.enc, iv, reply.data, decrypt=True).rstrip(b"\0")[:-1] if reply.data else b""

    def _chain(self, message: bytes) -> bytes:
        padded = message if len(message) % 16 == 0 else pad(message)
        iv = self.mac
        if len(padded) > 16:
            iv = cbc(self.mac1, iv, padded[:-16])[-16:]
        return cbc(self.mac2, iv, padded[-16:])


@pytest.fixture
def reader() -> Peripheral:
    return Peripheral(1, KEY, fixed)


@pytest.fixture
def panel(reader: Peripheral) -> Panel:
    panel = Panel(reader)
    assert panel.open()
    return panel


def test_who_it_is_it_says_to_anybody_and_nothing_else(reader: Peripheral) -> None:
    panel = Panel(reader)
    assert panel.bare(Command.ID, b"\0")[0] == Reply.PDID
    assert panel.bare(Command.CAP, b"\0")[0] == Reply.PDCAP
    for code in (Command.POLL, Command.OUT, Command.KEYSET, Command.ISTAT):
        assert panel.bare(code)[:2] == (Reply.NAK, bytes((Nak.NEEDS_SECURITY,)))


def test_events_come_with_polls_in_order(panel: Panel, reader: Peripheral) -> None:
    assert panel.secured(Command.POLL) == (Reply.ACK, b"")
    reader.present(bytes.fromhex("A1B2C3D4"))
    reader.set_input(2, True)
    reader.set_input(2, True)
    reader.set_tamper(True)
    reader.type("7#")
    assert panel.secured(Command.POLL) == (Reply.RAW, bytes.fromhex("0000 2000 A1B2C3D4"))
    assert panel.secured(Command.POLL) == (Reply.ISTATR, bytes((0, 0, 1, 0)))
    assert panel.secured(Command.POLL) == (Reply.LSTATR, bytes((1, 0)))
    assert panel.secured(Command.POLL) == (Reply.KEYPAD, bytes.fromhex("00 01 37"))
    assert panel.secured(Command.POLL) == (Reply.KEYPAD, bytes.fromhex("00 01 0D"))
    assert panel.secured(Command.POLL) == (Reply.ACK, b"")


def test_what_happens_while_nobody_asks_has_a_bound(reader: Peripheral) -> None:
    for _ in range(EVENTS_MAX + 5):
        reader.present(bytes(4))
    assert len(reader._events) == EVENTS_MAX


def test_commands_reach_the_hardware(panel: Panel, reader: Peripheral) -> None:
    assert panel.secured(Command.OUT, bytes((1, 5, 30, 0)))[0] == Reply.ACK
    assert panel.secured(Command.LED, bytes((0, 0, 2, 1, 0, 2, 0, 20, 0, 0, 0, 0, 0, 0)))[0] == Reply.ACK
    assert panel.secured(Command.BUZ, bytes((0, 2, 1, 1, 3)))[0] == Reply.ACK
    assert panel.secured(Command.TEXT, bytes((0, 2, 3, 1, 1, 2)) + b"Hi")[0] == Reply.ACK
    there = reader.terminals
    assert (there.outputs, there.lamps, there.beeps, there.texts) == ([False, True], [Lamp(2, 2000)], [3], ["Hi"])
    assert panel.secured(Command.OSTAT) == (Reply.OSTATR, bytes((0, 1)))


@pytest.mark.parametrize(
    ("code", "data", "why"),
    [
        (Command.OUT, bytes((9, 5, 30, 0)), Nak.REFUSED),
        (Command.LED, b"\0", Nak.LENGTH),
        (Command.BUZ, b"\0", Nak.LENGTH),
        (Command.TEXT, bytes((0, 2, 3, 1, 1, 9)) + b"Hi", Nak.LENGTH),
        (Command.KEYSET, b"\x01\x10short", Nak.REFUSED),
        (0x99, b"", Nak.UNKNOWN_COMMAND),
    ],
)
def test_what_makes_no_sense_is_refused(panel: Panel, code: int, data: bytes, why: Nak) -> None:
    assert panel.secured(code, data) == (Reply.NAK, bytes((why,)))


def test_a_new_key_counts_from_the_next_session_on(panel: Panel, reader: Peripheral) -> None:
    assert panel.secured(Command.KEYSET, b"\x01\x10" + bytes(16))[0] == Reply.ACK
    assert panel.secured(Command.POLL)[0] == Reply.ACK
    assert Panel(reader, bytes(16)).open()


def test_the_installation_key_opens_a_fresh_reader_only() -> None:
    fresh = Peripheral(1, None, fixed)
    assert Panel(fresh, DEFAULT_KEY).open(which=0)
    assert not Panel(fresh, KEY).open(which=1)
    assert not Panel(Peripheral(1, KEY, fixed), DEFAULT_KEY).open(which=0)


def test_a_panel_that_cannot_prove_itself_gets_no_session(reader: Peripheral) -> None:
    panel = Panel(reader)
    panel.bare(Command.CHLNG, PANEL_RANDOM, b"\x11\x01")
    assert panel.bare(Command.SCRYPT, bytes(16), b"\x13\x01")[2] == b"\x14\xff"
    assert not reader.is_secure


def test_a_packet_that_comes_again_is_answered_as_before(panel: Panel, reader: Peripheral) -> None:
    reader.present(bytes(4))
    raw = close(head(1, 3, b"", Command.ID, b"\0", with_mac=False))
    first = reader.receive(raw, 0)
    assert reader.receive(raw, 0) == first


def test_a_session_does_not_outlive_silence_or_a_forged_packet(panel: Panel, reader: Peripheral) -> None:
    panel.now_ms = SESSION_TIMEOUT_MS + 1
    assert panel.secured(Command.POLL) == (Reply.NAK, bytes((Nak.NEEDS_SECURITY,)))
    assert panel.open()
    panel.mac = bytes(16)
    assert panel.secured(Command.POLL) == (Reply.NAK, bytes((Nak.NEEDS_SECURITY,)))
    assert not reader.is_secure


def test_others_and_noise_are_not_answered(reader: Peripheral) -> None:
    other = close(head(2, 0, b"", Command.ID, b"\0", with_mac=False))
    assert reader.receive(other, 0) is None
    assert reader.receive(other[:-1], 0) is None
    assert reader.receive(b"", 0) is None
    assert crc16(b"") == 0x1D0F


@pytest.mark.parametrize(("code", "on"), [(1, False), (2, True), (3, False), (4, True), (5, True), (6, False)])
def test_output_codes(code: int, on: bool) -> None:
    switched: list[tuple[int, bool, int]] = []
    terminals = Terminals(outputs=[not on], on_output=lambda *what: switched.append(what))
    assert terminals.switch(0, code, 7)
    assert switched == [(0, on, 700 if code > 4 else 0)]
    assert terminals.switch(0, 0, 0)
    assert not terminals.switch(0, 7, 0)
    assert len(switched) == 1


def test_a_channel_starts_without_a_chain() -> None:
    assert not SecureChannel(KEY, PANEL_RANDOM, fixed(8)).active
