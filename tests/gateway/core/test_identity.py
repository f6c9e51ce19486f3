"""The fingerprint that an operator compares by eye."""

from gateway.core.identity import fingerprint


def test_it_is_the_beginning_of_the_key_in_groups() -> None:
    assert fingerprint(bytes(range(0x10, 0x30))) == "1011-1213-1415-1617"
