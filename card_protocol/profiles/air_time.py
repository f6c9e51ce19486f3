"""How long a conversation takes on the air: a model, computed from the APDUs that were exchanged.

Physics (ISO/IEC 14443-2 and -3, type A): one bit takes 128/fc at 106 kbit/s and half of it at each doubling; a byte
has 9 bits (8 and parity), a frame begins and ends with one bit's time each. Between a frame and its answer lies a
turnaround, measured on readers at about 0.1 ms each way.

Transport (ISO/IEC 14443-4): an APDU travels in I-blocks of at most FSC bytes towards the card and FSD bytes towards
the reader, each with one byte PCB and two bytes CRC. A chained block is acknowledged by an R-block of three bytes.

The card's own time is an *assumption*, not a measurement: see `CardSpeed`. It is reported apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from card_protocol.channel import applications, card, card_keys, files, transaction
from card_protocol.errors import CallerFault
from card_protocol.iso7816.status import Status

CARRIER_HZ: Final = 13_560_000
RATES_KBIT: Final = (106, 212, 424, 848)
BLOCK_OVERHEAD_BYTES: Final = 3
BITS_PER_BYTE: Final = 9
FRAME_BITS: Final = 2
TURNAROUND_US: Final = 100

FSD_BYTES: Final = 256
"""Largest frame that readers accept (PN532 and PC/SC readers say so in RATS)."""
FSC_BYTES: Final = 64
"""Largest frame that the card accepts, as the ATS of an EV2 as delivered says (FSCI 5)."""

Exchange: TypeAlias = tuple[bytes, bytes]
"""A command APDU and its answer, as bytes."""


@dataclass(frozen=True, slots=True)
class CardSpeed:
    """Assumed time inside the card. A command costs `command_us`, every 16 bytes that cross the air two AES
    operations (cipher and MAC), the second frame of an authentication the key derivation on top, and a command that
    changes memory for good one write."""

    command_us: int = 300
    aes_us: int = 40
    derivation_aes: int = 12
    write_us: int = 3000


@dataclass(frozen=True, slots=True)
class AirTime:
    """The sum over a conversation. `bytes_on_air` counts frames whole, with PCB and CRC."""

    rate_kbit: int
    round_trips: int
    frames: int
    bytes_on_air: int
    air_us: int
    card_us: int

    @property
    def air_ms(self) -> float:
        """Milliseconds on the air, one decimal."""
        return round(self.air_us / 1000, 1)

    @property
    def whole_ms(self) -> float:
        """With the card's assumed own time."""
        return round((self.air_us + self.card_us) / 1000, 1)


_WRITES: Final = frozenset(
    (
        applications.CREATE_APPLICATION,
        applications.DELETE_APPLICATION,
        card.SET_CONFIGURATION,
        card.FORMAT_CARD,
        card_keys.CHANGE_KEY,
        card_keys.CHANGE_KEY_EV2,
        card_keys.CHANGE_KEY_SETTINGS,
        card_keys.INITIALIZE_KEY_SET,
        card_keys.FINALIZE_KEY_SET,
        card_keys.ROLL_KEY_SET,
        files.CREATE_STANDARD,
        files.CREATE_BACKUP,
        files.CREATE_VALUE,
        files.CREATE_CYCLIC,
        files.CREATE_TRANSACTION_MAC,
        transaction.COMMIT_TRANSACTION,
    )
)


def air_time(
    exchanges: Iterable[Exchange],
    rate_kbit: int = 106,
    *,
    fsd_bytes: int = FSD_BYTES,
    fsc_bytes: int = FSC_BYTES,
    speed: CardSpeed = CardSpeed(),
) -> AirTime:
    """Model a conversation at one of `RATES_KBIT` in both directions."""
    if rate_kbit not in RATES_KBIT:
        raise CallerFault(f"{rate_kbit} kbit/s is no rate of ISO/IEC 14443")
    carriers_per_bit = 128 >> RATES_KBIT.index(rate_kbit)
    trips = frames = total = card_us = 0
    for command, answer in exchanges:
        sizes = _frames(len(command), fsc_bytes) + _frames(len(answer), fsd_bytes)
        trips += 1
        frames += len(sizes)
        total += sum(sizes)
        card_us += _card_us(command, answer, speed)
    bits = total * BITS_PER_BYTE + frames * FRAME_BITS
    air_us = round(bits * carriers_per_bit * 1_000_000 / CARRIER_HZ) + frames * TURNAROUND_US
    return AirTime(rate_kbit, trips, frames, total, air_us, card_us)


def _frames(payload: int, limit: int) -> list[int]:
    """Sizes of all frames that carry a payload one way, the acknowledgements between them included."""
    room = limit - BLOCK_OVERHEAD_BYTES
    sizes = []
    while payload > room:
        sizes += [limit, BLOCK_OVERHEAD_BYTES]
        payload -= room
    return [*sizes, payload + BLOCK_OVERHEAD_BYTES]


def _card_us(command: bytes, answer: bytes, speed: CardSpeed) -> int:
    ins = command[1]
    aes = 2 * -(-(len(command) + len(answer)) // 16)
    # The second frame of an authentication is the only additional frame that brings something.
    if ins == Status.ADDITIONAL_FRAME and len(command) > 5:
        aes += speed.derivation_aes
    return speed.command_us + aes * speed.aes_us + (speed.write_us if ins in _WRITES else 0)
