"""The memory as a value."""

from firmware_sim.card.keys import Key, KeySet, KeySettings
from firmware_sim.card.state import Application, Silicon, factory


def test_factory() -> None:
    state = factory(Silicon(uid=b"1234567"))
    assert state.memory_free == 8192
    assert state.picc.keys == [Key()]
    assert state.applications == {}


def test_application_bytes() -> None:
    keys = KeySet([Key() for _ in range(5)])
    application = Application(1, KeySettings(), 5, [keys, None], roll_key=1, iso_files=True)
    assert application.crypto_byte() == 0xA5
    assert application.memory_bytes() == 64 + 160
    assert application.transaction_mac() is None
    assert application.keys is keys.keys
