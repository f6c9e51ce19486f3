"""Contactless readers through nfcpy: the only file that imports it (unmaintained since 2022, untyped).

    nfc:udp:127.0.0.1:54321        a field in memory or on a bench (nfcpy's own UDP framing)
    nfc:tty:/dev/ttyUSB0:pn532     a PN532 on a serial port
    nfc:usb:072f:2200              whatever else nfcpy can find, in its own notation

What nfcpy leaves open is closed here: an empty UDP field costs it 1.0 s a poll (we wait 0.1 s); a stray datagram
ends its conversation or its thread (we drop it); an answer that comes late is taken for the next one's, and a part of a
command is sent twice (we drop it before we ask); a card that asks for more time for ever, or answers without end,
is followed for ever (we stop after ANSWER_TIMEOUT_MS or ANSWER_MAX_FRAMES); a short frame raises IndexError.
"""

import logging
import re
import select
import socket
import time
from binascii import unhexlify
from typing import Any, Final

import nfc.clf
import nfc.clf.pn53x
import nfc.clf.pn532
import nfc.clf.transport
import nfc.clf.udp
import nfc.tag.tt4

from card_protocol.errors import CardGone, CardSilent, EquipmentFault
from edge.ports.reader import CardKind

ANSWER_TIMEOUT_MS: Final = 2000
"""Bound of one APDU, waiting-time extensions and retries included."""

ANSWER_MAX_FRAMES: Final = 64
"""Bound of one APDU in frames. The longest answer of DESFire takes 2 frames of 256 bytes."""

EMPTY_FIELD_POLL_MS: Final = 100
PRESENCE_POLL_MS: Final = 50

AWAY_MS: Final = 600
"""A card that does not answer a presence check but to its name has been reset: by noise, or because it left and came
back. Within this time of its last sign of life it is the same presentation; no hand is that quick. After longer (a
busy machine did not look) it counts as gone, and its return is a tap: nobody shall stand before a door unanswered."""

ACTIVATION_TRIES: Final = 3
PORT_MAX: Final = 65_535
DATAGRAM_MAX_BYTES: Final = 1024
LATE_MAX_DATAGRAMS: Final = 64
_SAK_ISO_DEP: Final = 0x20
_UID_BYTES: Final = frozenset({4, 7, 10})
"""ISO/IEC 14443-3 § 6.5.4. nfcpy takes whatever a line without checksums (UDP) brings."""

_TTY = re.compile(r"tty:(?P<port>/dev/[\w./-]+):pn532")
_UDP = re.compile(r"udp:(?P<host>[\w.-]+):(?P<port>\d{1,5})")

# nfcpy writes whole APDUs to its log; ours has no place for them.
logging.getLogger("nfc").setLevel(logging.CRITICAL)


class _OutOfPatience(Exception):
    """Passes through nfcpy, which knows and retries only its own exceptions."""


class _Frontend(nfc.clf.ContactlessFrontend):  # type: ignore[misc]
    """nfcpy's front end with a bound on each APDU."""

    frames_left = 0
    deadline = 0.0

    def allow_one_apdu(self) -> None:
        """Start counting anew."""
        self.frames_left = ANSWER_MAX_FRAMES
        self.deadline = time.monotonic() + ANSWER_TIMEOUT_MS / 1000

    def exchange(self, send_data: Any, timeout: float) -> Any:
        """One frame there and back."""
        left_s = self.deadline - time.monotonic()
        if self.frames_left <= 0 or left_s <= 0:
            raise _OutOfPatience
        self.frames_left -= 1
        return super().exchange(send_data, min(timeout, left_s))


class _UdpDevice(nfc.clf.udp.Device):  # type: ignore[misc]
    """nfcpy's UDP device that hears its peer only, skips noise and looks into an empty field ten times a second."""

    def __init__(self, host: str, port: int) -> None:
        # Not nfcpy's own __init__: it asks for the port's name, and a port that has one ("discard") stops it.
        if port > PORT_MAX:
            raise ValueError(f"a port is at most {PORT_MAX}")
        self.addr = (socket.gethostbyname(host), port)
        self._path = f"{host}:{port}"
        self._vendor_name, self._device_name, self._chipset_name = "nfcpy", "UDP", "UDP"
        self._patience_s: float | None = None
        self.socket: Any = None
        self._create_socket()

    def _create_socket(self) -> None:
        is_new = self.socket is None
        super()._create_socket()
        if is_new:
            # Connected, the kernel drops what others send, and tells us when nobody listens there.
            self.socket.connect(self.addr)

    def _send_data(self, technology: str, data: Any, address: Any) -> None:
        # What came after we had given up waiting answers nothing that is asked from now on. On the air it cannot come.
        for _ in range(LATE_MAX_DATAGRAMS):
            if not select.select([self.socket], [], [], 0)[0]:
                break
            self.socket.recv(DATAGRAM_MAX_BYTES)
        super()._send_data(technology, data, address)

    def sense_tta(self, target: Any) -> Any:
        self._patience_s = EMPTY_FIELD_POLL_MS / 1000
        try:
            return super().sense_tta(target)
        finally:
            self._patience_s = None

    def _recv_data(self, timeout: float, *brty_list: str) -> tuple[str, bytearray, tuple[str, int]]:
        deadline = time.monotonic() + min(timeout, self._patience_s or timeout)
        while (left_s := deadline - time.monotonic()) > 0:
            if not select.select([self.socket], [], [], left_s)[0]:
                break
            frame = _parse_datagram(self.socket.recv(DATAGRAM_MAX_BYTES))
            if frame is not None and frame[0] in brty_list:
                self.rcvd_data += len(frame[1])
                return *frame, self.addr
        raise nfc.clf.TimeoutError("no data received")


def _parse_datagram(data: bytes) -> tuple[str, bytearray] | None:
    """`106A 0400` -> its parts; None for noise. A frame that the air destroyed comes without octets."""
    if data.startswith(b"RFOFF"):
        raise nfc.clf.BrokenLinkError("RFOFF")
    technology, *octets = data.split()[:3] or [b""]
    if technology == b"106A" and not octets:
        raise nfc.clf.TransmissionError("destroyed frame")
    try:
        [text] = octets
        return technology.decode("ascii"), bytearray(unhexlify(text))
    except ValueError:
        return None


class NfcCard:
    """A card that nfcpy has selected."""

    def __init__(self, frontend: _Frontend, target: Any, seen_ns: int, tag: Any | None) -> None:
        self.uid: str = bytes(target.sdd_res).hex().upper()
        self.kind = CardKind.UID_ONLY if tag is None else CardKind.ISO_DEP
        self.seen_ns = seen_ns
        self._frontend = frontend
        self._tag = tag
        self._alive_s = time.monotonic()
        """When it last gave a sign of life."""
        self._was_told = False
        """Whether a conversation was begun."""
        self._was_reset = False
        """Whether it was activated anew since, and has forgotten what was said."""

    def transmit(self, command: bytes) -> bytes:
        """See `CardInField.transmit`."""
        if self._tag is None:
            raise CardGone("this card takes no commands")
        if self._was_reset:
            raise CardGone("the card was without a field between two commands")
        self._was_told = True
        self._frontend.allow_one_apdu()
        try:
            answer = bytes(self._tag.transceive(command))
        except _OutOfPatience:
            raise CardSilent("the card kept the reader waiting for too long") from None
        except (nfc.tag.TagCommandError, nfc.clf.CommunicationError) as error:
            raise CardGone(f"the card left the field ({type(error).__name__})") from None
        except (IndexError, TypeError, ValueError):
            raise CardGone("the card answered with a broken frame") from None
        except (OSError, nfc.clf.pn53x.Chipset.Error) as error:
            raise EquipmentFault(f"the reader failed: {error}") from error
        self._alive_s = time.monotonic()
        return answer

    def wait_for_removal(self, timeout_ms: int) -> bool:
        """See `CardInField.wait_for_removal`. One missed presence check is not believed: the card is called by name."""
        deadline = time.monotonic() + timeout_ms / 1000
        while time.monotonic() < deadline:
            if not self._answers() and (not self._answers_to_its_name() or self._was_away()):
                return True
            self._alive_s = time.monotonic()
            time.sleep(PRESENCE_POLL_MS / 1000)
        return False

    def _was_away(self) -> bool:
        """Whether it may have left since its last sign of life. A chip without APDUs only ever answers to its name."""
        return self._tag is not None and time.monotonic() - self._alive_s > AWAY_MS / 1000

    def _answers(self) -> bool:
        """R(NAK) as a presence check, ISO/IEC 14443-4 rule 11 of block handling."""
        if self._tag is None:
            return False
        self._frontend.allow_one_apdu()
        try:
            return bool(self._tag.is_present)
        except (IndexError, TypeError, ValueError):
            return False
        except (OSError, nfc.clf.pn53x.Chipset.Error) as error:
            raise EquipmentFault(f"the reader failed: {error}") from error

    def _answers_to_its_name(self) -> bool:
        target = _sense(self._frontend, bytes.fromhex(self.uid))
        if target is None or bytes(target.sdd_res).hex().upper() != self.uid:
            return False
        if self._tag is not None:
            self._tag = _activate(self._frontend, target) or self._tag
            self._was_reset = self._was_told
        return True


class NfcReader:
    """A reader that nfcpy drives."""

    def __init__(self, path: str) -> None:
        """Open it by nfcpy's path (see the top of this file); EquipmentFault when that fails."""
        self.name = path
        self._frontend = _Frontend()
        self._failed_uid, self._failures = "", 0
        try:
            self._open(path)
        except (OSError, ValueError, AttributeError, nfc.clf.Error, nfc.clf.pn53x.Chipset.Error) as error:
            raise EquipmentFault(f"the reader {path} cannot be opened: {error}") from error

    def _open(self, path: str) -> None:
        if found := _UDP.fullmatch(path):
            self._frontend.device = _UdpDevice(found["host"], int(found["port"]))
        elif found := _TTY.fullmatch(path):
            self._frontend.device = nfc.clf.pn532.init(nfc.clf.transport.TTY(found["port"]))
        elif not self._frontend.open(path):
            raise EquipmentFault(f"no reader at {path}")

    def wait_for_card(self, timeout_ms: int) -> NfcCard | None:
        """See `Reader.wait_for_card`."""
        deadline = time.monotonic() + timeout_ms / 1000
        while time.monotonic() < deadline:
            target = _sense(self._frontend, None)
            if target is not None and (card := self._meet(target, time.monotonic_ns())) is not None:
                return card
        return None

    def _meet(self, target: Any, seen_ns: int) -> NfcCard | None:
        """Activate what was found. A card that says it takes APDUs and never does is known by its UID alone."""
        if not target.sel_res[0] & _SAK_ISO_DEP:
            return NfcCard(self._frontend, target, seen_ns, None)
        tag = _activate(self._frontend, target)
        card = NfcCard(self._frontend, target, seen_ns, tag)
        if tag is not None:
            self._failures = 0
            return card
        self._failures = self._failures + 1 if card.uid == self._failed_uid else 1
        self._failed_uid = card.uid
        return card if self._failures >= ACTIVATION_TRIES else None

    def close(self) -> None:
        """See `Reader.close`."""
        device, self._frontend.device = self._frontend.device, None
        try:
            if device is not None:
                device.close()
        except (OSError, AttributeError, nfc.clf.Error, nfc.clf.pn53x.Chipset.Error):
            return


def _sense(frontend: _Frontend, uid: bytes | None) -> Any | None:
    """Anticollision: any card, or the one of a UID. None for an empty field and for answers that make no sense."""
    wanted = nfc.clf.RemoteTarget("106A")
    if uid is not None:
        wanted.sel_req = bytearray(uid)
    try:
        target = frontend.sense(wanted, iterations=1)
        return target if target and target.sel_res and len(target.sdd_res or b"") in _UID_BYTES else None
    except (nfc.clf.Error, IndexError, TypeError, ValueError):
        return None
    except (OSError, nfc.clf.pn53x.Chipset.Error) as error:
        raise EquipmentFault(f"the reader failed: {error}") from error


def _activate(frontend: _Frontend, target: Any) -> Any | None:
    """RATS; None when the card does not follow."""
    frontend.allow_one_apdu()
    try:
        return nfc.tag.tt4.Type4ATag(frontend, target)
    except (nfc.clf.Error, _OutOfPatience, IndexError, TypeError, ValueError):
        return None
    except (OSError, nfc.clf.pn53x.Chipset.Error) as error:
        raise EquipmentFault(f"the reader failed: {error}") from error
