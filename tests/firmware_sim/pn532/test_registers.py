"""Read back what was written."""

from firmware_sim.pn532.registers import Registers


def test_read_back() -> None:
    registers = Registers()
    registers.write(bytes.fromhex("630280" + "630380" + "6302"))
    assert registers.read(bytes.fromhex("63026303" + "6304" + "6339" + "63")) == bytes.fromhex("80808000")
    registers.set(0x6339, 0x26)
    assert registers.read(bytes.fromhex("6339")) == b"\x26"
