"""Contactless readers through PC/SC: the only file that imports pyscard, which is optional.

    pcsc:Virtual PCD 00 00         a reader by the name that pcscd gives it

PC/SC Workgroup, part 3 (UID by FF CA 00 00 00, storage cards by their ATR) and part 5 (resource manager).
"""

import time
from typing import Any, Final

from card_protocol.errors import CardGone, EquipmentFault
from edge.ports.reader import CardKind

try:
    from smartcard import scard
except ImportError:
    scard = None

GET_UID: Final = bytes.fromhex("FFCA000000")
_OK: Final = b"\x90\x00"
_UID_BYTES: Final = (4, 7, 10)
_STORAGE_CARD: Final = bytes.fromhex("804F0CA000000306")
"""Historical bytes of a card without a microprocessor, part 3 section 3.1.3.2.3.1."""

MEET_AGAIN_MS: Final = 100
ANSWER_MAX_BYTES: Final = 65_538


def _need_scard() -> Any:
    if scard is None:
        raise EquipmentFault("PC/SC readers need pyscard, which is not installed (make setup)")
    return scard


def _said(code: int) -> str:
    return str(scard.SCardGetErrorMessage(code)).rstrip(".")


def _open_context() -> Any:
    code, context = _need_scard().SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if code != scard.SCARD_S_SUCCESS:
        raise EquipmentFault(f"no PC/SC service (pcscd): {_said(code)}")
    return context


def reader_names() -> list[str]:
    """The readers that pcscd knows now; EquipmentFault when it does not run or pyscard is absent."""
    context = _open_context()
    try:
        return _names(context)
    finally:
        scard.SCardReleaseContext(context)


def _names(context: Any) -> list[str]:
    code, names = scard.SCardListReaders(context, [])
    if code == scard.SCARD_E_NO_READERS_AVAILABLE:
        return []
    if code != scard.SCARD_S_SUCCESS:
        raise EquipmentFault(f"pcscd does not list its readers: {_said(code)}")
    return list(names)


class PcscCard:
    """A card that pcscd has powered."""

    def __init__(self, reader: "PcscReader", handle: Any, protocol: int, uid: str, kind: CardKind, seen_ns: int):
        self.uid = uid
        self.kind = kind
        self.seen_ns = seen_ns
        self._reader = reader
        self._handle = handle
        self._protocol = protocol

    def transmit(self, command: bytes) -> bytes:
        """See `CardInField.transmit`."""
        if self._handle is None:
            raise CardGone("the card has left the reader")
        return _transmit(self._handle, self._protocol, command)

    def wait_for_removal(self, timeout_ms: int) -> bool:
        """See `CardInField.wait_for_removal`."""
        if self._handle is not None and self._reader.wait_until_changed(timeout_ms):
            self.let_go()
        return self._handle is None

    def let_go(self) -> None:
        """Give the card back to pcscd; it counts as gone."""
        if self._handle is not None:
            scard.SCardDisconnect(self._handle, scard.SCARD_UNPOWER_CARD)
            self._handle = None


class PcscReader:
    """A reader by the name that pcscd gives it."""

    def __init__(self, name: str) -> None:
        """EquipmentFault when pyscard, pcscd or the reader is not there."""
        self.name = name
        self._context = _open_context()
        self._state = 0
        self._card: PcscCard | None = None
        try:
            names = _names(self._context)
            if name not in names:
                there = ", ".join(names) or "none"
                raise EquipmentFault(f"no PC/SC reader is called {name!r} (there are: {there})")
        except EquipmentFault:
            self.close()
            raise

    def wait_for_card(self, timeout_ms: int) -> PcscCard | None:
        """See `Reader.wait_for_card`."""
        deadline = time.monotonic() + timeout_ms / 1000
        self._state = scard.SCARD_STATE_UNAWARE
        if self._card is not None:
            # Pulled away in the middle, and nobody asked whether it has left: we are not to stand in our own way.
            self._card.let_go()
            self._card = None
        while (left_ms := int((deadline - time.monotonic()) * 1000)) > 0:
            atr = self._status(left_ms)
            seen_ns = time.monotonic_ns()
            if atr is None or not self._is_usable:
                continue
            self._card = self._meet(atr, seen_ns)
            if self._card is not None:
                return self._card
            # A card that cannot be used yet changes no state when it can: ask again instead of waiting for one.
            time.sleep(MEET_AGAIN_MS / 1000)
            self._state = scard.SCARD_STATE_UNAWARE
        return None

    @property
    def _is_usable(self) -> bool:
        return bool(self._state & scard.SCARD_STATE_PRESENT) and not self._state & scard.SCARD_STATE_MUTE

    def _status(self, timeout_ms: int) -> bytes | None:
        """The ATR (empty without a card) as soon as the state is not the one we know; None when time is over."""
        code, states = scard.SCardGetStatusChange(self._context, timeout_ms, [(self.name, self._state)])
        if code == scard.SCARD_E_TIMEOUT:
            return None
        if code != scard.SCARD_S_SUCCESS:
            raise EquipmentFault(f"the reader {self.name} has gone: {_said(code)}")
        _, state, atr = states[0]
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE | scard.SCARD_STATE_IGNORE):
            raise EquipmentFault(f"the reader {self.name} has been unplugged")
        # With its upper half, the event counter, the next call notices a card that was swapped in between.
        self._state = state & ~scard.SCARD_STATE_CHANGED
        return bytes(atr)

    def _meet(self, atr: bytes, seen_ns: int) -> PcscCard | None:
        any_protocol = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        code, handle, protocol = scard.SCardConnect(self._context, self.name, scard.SCARD_SHARE_EXCLUSIVE, any_protocol)
        if code == scard.SCARD_E_SHARING_VIOLATION:
            raise EquipmentFault(f"another program uses the reader {self.name}")
        if code in _device_codes():
            raise EquipmentFault(f"the reader {self.name} has gone: {_said(code)}")
        if code != scard.SCARD_S_SUCCESS:
            return None
        try:
            answer = _transmit(handle, protocol, GET_UID)
        except CardGone:
            answer = b""
        if answer[-2:] != _OK or len(answer) - 2 not in _UID_BYTES:
            scard.SCardDisconnect(handle, scard.SCARD_UNPOWER_CARD)
            return None
        kind = CardKind.UID_ONLY if _STORAGE_CARD in atr else CardKind.ISO_DEP
        return PcscCard(self, handle, protocol, answer[:-2].hex().upper(), kind, seen_ns)

    def wait_until_changed(self, timeout_ms: int) -> bool:
        """Whether the card of the last `wait_for_card` has gone (perhaps for another one) within the time."""
        known = self._event_count
        deadline = time.monotonic() + timeout_ms / 1000
        while (left_ms := int((deadline - time.monotonic()) * 1000)) > 0:
            if self._status(left_ms) is None:
                return False
            if not self._is_usable or self._event_count != known:
                return True
        return False

    @property
    def _event_count(self) -> int:
        return self._state >> 16

    def close(self) -> None:
        """See `Reader.close`."""
        scard.SCardReleaseContext(self._context)


def _device_codes() -> frozenset[int]:
    """Codes that speak of the reader or of pcscd; all others speak of the card."""
    return frozenset(
        {
            scard.SCARD_E_INVALID_HANDLE,
            scard.SCARD_E_NO_SERVICE,
            scard.SCARD_E_READER_UNAVAILABLE,
            scard.SCARD_E_SERVICE_STOPPED,
            scard.SCARD_E_UNKNOWN_READER,
            scard.SCARD_F_INTERNAL_ERROR,
        }
    )


def _transmit(handle: Any, protocol: int, command: bytes) -> bytes:
    code, answer = scard.SCardTransmit(handle, protocol, list(command))
    if code in _device_codes():
        raise EquipmentFault(f"the reader failed: {_said(code)}")
    if code != scard.SCARD_S_SUCCESS:
        raise CardGone(f"the card left the reader: {_said(code)}")
    if not answer:
        raise CardGone("the card left the reader: it answered with nothing")
    if len(answer) > ANSWER_MAX_BYTES:
        raise CardGone("the card answered with more bytes than an APDU may have")
    return bytes(answer)
