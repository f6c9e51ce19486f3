"""The card as its antenna sees it: power, an id, and APDUs."""

from firmware_sim.card import dispatch, iso_select
from firmware_sim.card.apdu import parse
from firmware_sim.card.context import Context, Volatile
from firmware_sim.card.entropy import Entropy
from firmware_sim.card.state import CardState

NATIVE_CLASS = 0x90
ISO_CLASS = 0x00
SELECT = 0xA4
RANDOM_ID_PREFIX = b"\x08"

WRONG_LENGTH = bytes.fromhex("6700")
WRONG_PARAMETERS = bytes.fromhex("6A86")
UNKNOWN_INSTRUCTION = bytes.fromhex("6D00")
UNKNOWN_CLASS = bytes.fromhex("6E00")


class Card:
    """A DESFire EV2-like card. Not safe for several threads: a card has one antenna.

    ``state`` survives power_off, everything else does not; whoever wants it on disk dumps it with
    :mod:`firmware_sim.card.store`. Only ISO-wrapped native commands (class 90) and ISO SELECT are spoken.
    """

    atqa_double = bytes.fromhex("4403")
    atqa_single = bytes.fromhex("0403")
    sak = 0x20

    def __init__(self, state: CardState, entropy: Entropy) -> None:
        self.state = state
        self._entropy = entropy
        self._volatile: Volatile | None = None
        self._id = state.silicon.uid

    @property
    def powered(self) -> bool:
        """True while in a field."""
        return self._volatile is not None

    @property
    def uid(self) -> bytes:
        """The id of this activation: 7 bytes, or 4 random ones (08 …) when random id is on."""
        return self._id

    @property
    def atqa(self) -> bytes:
        """ATQA as sent, least significant byte first."""
        return self.atqa_single if len(self._id) == 4 else self.atqa_double

    @property
    def ats(self) -> bytes:
        """Answer to select, configurable."""
        return self.state.configuration.ats or self.state.silicon.ats

    def power_on(self) -> None:
        """The field comes up: PICC level, not authenticated, a fresh random id where that is on."""
        self._volatile = Volatile()
        random_id = self.state.configuration.random_id
        self._id = RANDOM_ID_PREFIX + self._entropy(3) if random_id else self.state.silicon.uid

    def power_off(self) -> None:
        """The field goes away, at any moment: session, chaining and the running transaction are gone."""
        self._volatile = None

    def transmit(self, apdu: bytes) -> bytes:
        """One command APDU to one response APDU. A card without power does not answer: ``b""``."""
        if self._volatile is None:
            return b""
        context = Context(self.state, self._volatile, self._entropy)
        command = parse(apdu)
        if command is None:
            return WRONG_LENGTH
        if command.cla == NATIVE_CLASS:
            if command.p1 or command.p2:
                return WRONG_PARAMETERS
            status, data = dispatch.execute(context, command.ins, command.data)
            return data + bytes((0x91, status))
        if command.cla != ISO_CLASS:
            return UNKNOWN_CLASS
        if command.ins != SELECT:
            return UNKNOWN_INSTRUCTION
        return iso_select.run(context, command).to_bytes(2, "big")
