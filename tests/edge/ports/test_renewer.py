"""Where nobody looks, the card stays."""

from edge.ports.renewer import stays


def test_where_nobody_looks_the_card_stays() -> None:
    assert not stays(0)
    assert not stays(1000)
