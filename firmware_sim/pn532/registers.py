"""The registers of the contactless interface unit, as far as a host library reads them back."""

FIFO_DATA = 0x6339
TX_CONTROL = 0x6304
RF_ON = 0x83
RF_OFF = 0x80
UNANSWERED_REQA = 0x26


class Registers:
    """What was written is read back; everything else is zero."""

    def __init__(self) -> None:
        self._values: dict[int, int] = {TX_CONTROL: RF_OFF}

    def read(self, addresses: bytes) -> bytes:
        """ReadRegister: pairs of address bytes to one value each."""
        pairs = range(0, len(addresses) - 1, 2)
        return bytes(self._values.get(int.from_bytes(addresses[at : at + 2], "big"), 0) for at in pairs)

    def write(self, triples: bytes) -> None:
        """WriteRegister: address (2), value (1)."""
        for at in range(0, len(triples) - 2, 3):
            self._values[int.from_bytes(triples[at : at + 2], "big")] = triples[at + 2]

    def set(self, address: int, value: int) -> None:
        """The chip itself writes one."""
        self._values[address] = value
