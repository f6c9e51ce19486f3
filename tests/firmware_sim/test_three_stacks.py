"""The same job over three reader stacks: pyscard on a real pcscd, nfcpy over UDP, nfcpy's PN532 driver on a
pseudo terminal. Seeded cards make the dice repeat, so the APDU transcripts must be equal byte by byte."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import nfc
import nfc.clf
import pytest
from nfc.clf import RemoteTarget, pn532, transport

from firmware_sim.card.card import Card
from firmware_sim.field.field import Field
from firmware_sim.field.pcscd import VirtualReaders
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Visit
from firmware_sim.field.vpcd import VpcdField
from firmware_sim.pn532.field import Pn532Field
from tests.firmware_sim.jobs import AID, backup, commit, cyclic, login, read_full, standard, write_full
from tests.firmware_sim.reader import FULL, UID, Reader, le3, stock_card

CONNECT_TRIES = 200
Transcript = list[tuple[bytes, bytes]]
Transmit = Callable[[bytes], bytes]


def job(reader: Reader) -> None:
    """Make an application and use it: chained commands and answers, every mode, a transaction."""
    reader.ok(0x60)
    reader.ok(0xCA, le3(AID) + b"\x0f\x85")
    reader.select(AID)
    login(reader, 0)
    standard(reader, 1, 230, mode=0)
    backup(reader, 2, 192)
    cyclic(reader, 4, 24, 16)
    login(reader, 3)
    reader.command(0x3D, b"\x01" + le3(0) + le3(230), bytes(range(230)), "plain", 55)
    write_full(reader, 2, 0, b"G" * 192)
    reader.command(0x8B, b"\x04" + le3(0) + le3(24), b"r" * 24, FULL)
    commit(reader)
    assert reader.command(0xBD, b"\x01" + bytes(6), mode="plain") == bytes(range(230))
    assert reader.command(0xAD, b"\x01" + bytes(6), mode="plain") == bytes(range(230))
    assert read_full(reader, 2, 0, 0) == b"G" * 192
    assert reader.command(0x51, mode=FULL) == UID


def recorded(card: Card) -> tuple[Visit, Transcript]:
    transcript: Transcript = []
    return Visit(card, recorder=lambda command, answer: transcript.append((command, answer))), transcript


def through(field: Field, reach: Callable[[], Transmit]) -> Transcript:
    card = stock_card("three stacks")
    card.power_off()
    visit, transcript = recorded(card)
    field.place(visit)
    job(Reader(reach()))
    field.clear()
    assert visit.exchanges == len(transcript)
    return transcript


@contextmanager
def nfcpy_frontend(device: str | None = None, tty: str | None = None) -> Iterator[nfc.clf.ContactlessFrontend]:
    logging.getLogger("nfc").setLevel(logging.CRITICAL)
    frontend = nfc.clf.ContactlessFrontend(device) if device else nfc.clf.ContactlessFrontend()
    if tty:
        frontend.device = pn532.init(transport.TTY(tty))
    try:
        yield frontend
    finally:
        frontend.close()


def tag_in(frontend: nfc.clf.ContactlessFrontend) -> Transmit:
    tag = nfc.tag.activate(frontend, frontend.sense(RemoteTarget("106A"), iterations=3))
    return lambda apdu: bytes(tag.transceive(apdu))


def over_udp() -> Transcript:
    field = UdpField()
    try:
        with nfcpy_frontend(f"udp:127.0.0.1:{field.port}") as frontend:
            return through(field, lambda: tag_in(frontend))
    finally:
        field.close()


def over_pn532() -> Transcript:
    field = Pn532Field()
    try:
        with nfcpy_frontend(tty=field.path) as frontend:
            return through(field, lambda: tag_in(frontend))
    finally:
        field.close()


def bare() -> Transcript:
    """No stack at all: the reader of the tests at the card."""
    visit, transcript = recorded(stock_card("three stacks"))
    visit.chip.power_off()
    visit.chip.power_on()
    job(Reader(visit.transmit))
    return transcript


@contextmanager
def pcsc_card(name: str) -> Iterator[Transmit]:
    """The card in the reader of that name, as soon as pcscd sees it: its poll may still hold the one before.

    A context of its own each time: pyscard's comfortable classes keep one that dies with the service.
    """
    from smartcard import scard

    code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    assert code == scard.SCARD_S_SUCCESS
    for _ in range(CONNECT_TRIES):
        code, card, protocol = scard.SCardConnect(context, name, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_T1)
        if code == scard.SCARD_S_SUCCESS:
            break
        time.sleep(0.05)
    assert code == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(code)

    def transmit(apdu: bytes) -> bytes:
        code, answer = scard.SCardTransmit(card, protocol, list(apdu))
        assert code == scard.SCARD_S_SUCCESS, scard.SCardGetErrorMessage(code)
        return bytes(answer)

    try:
        yield transmit
    finally:
        scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)
        scard.SCardReleaseContext(context)


def test_nfcpy_stacks_and_the_bare_card_agree() -> None:
    expected = bare()
    assert over_udp() == expected
    assert over_pn532() == expected


@pytest.mark.pcscd
def test_pcsc_agrees(virtual_readers: VirtualReaders) -> None:
    card = stock_card("three stacks")
    card.power_off()
    visit, transcript = recorded(card)
    field = VpcdField(virtual_readers.ports[0])
    try:
        field.place(visit)
        with pcsc_card(virtual_readers.names[0]) as transmit:
            assert transmit(bytes.fromhex("FFCA000000")) == UID + b"\x90\x00"
            job(Reader(transmit))
    finally:
        field.close()
    assert transcript == bare()


@pytest.mark.pcscd
def test_pcsc_readers_work_side_by_side(virtual_readers: VirtualReaders) -> None:
    """Each reader shows its own card, at the same time."""
    fields = [VpcdField(port) for port in virtual_readers.ports]
    try:
        for number, field in enumerate(fields):
            card = stock_card(number)
            card.state.silicon = type(card.state.silicon)(uid=UID[:-1] + bytes((number,)))
            field.place(Visit(card))
        for number, name in enumerate(virtual_readers.names):
            with pcsc_card(name) as transmit:
                assert transmit(bytes.fromhex("FFCA000000")) == UID[:-1] + bytes((number,)) + b"\x90\x00"
    finally:
        for field in fields:
            field.close()
