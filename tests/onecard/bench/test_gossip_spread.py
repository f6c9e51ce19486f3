"""Doors and cards of the gossip bench, tap by tap."""

from card_protocol.profiles.revocation_delta import RevocationDelta
from card_protocol.words.moment import DAY_MS
from onecard.bench.gossip_spread import GRANT_MS, OfflineDoor, Server, Spread, checked, hand_on
from onecard.bench.gossip_town import Tap

ONLINE, OFFLINE, FAR = 0, 1, 2


def spread() -> Spread:
    return Spread(Server(1), [OFFLINE, FAR])


def tap(at_ms: int, who: int, door: int, *, hasty: bool = False) -> Tap:
    return Tap(at_ms, who, door, hasty)


def test_what_the_server_gives_is_signed_and_genuine():
    server = Server(1)
    card_id = server.revoke(1000)
    delta = checked(server.raw)
    assert isinstance(delta, RevocationDelta)
    assert (delta.upto, [entry.card_id for entry in delta.entries]) == (1, [card_id])
    forged = server.raw[:-1] + bytes([server.raw[-1] ^ 1])
    assert not isinstance(checked(forged), RevocationDelta)
    assert checked(b"") is None


def test_from_an_online_door_by_one_card_to_a_door_and_by_another_further():
    town = spread()
    card_id = town.server.revoke(0)
    assert town.tap(tap(1, 7, ONLINE)) is None
    door = town.tap(tap(2, 7, OFFLINE))
    assert door is town.offline[OFFLINE]
    assert door.knowledge.about(card_id) is not None
    town.tap(tap(3, 8, OFFLINE))
    far = town.tap(tap(4, 8, FAR))
    assert far is not None
    assert far.knowledge.about(card_id) is not None


def test_a_hasty_tap_moves_nothing():
    town = spread()
    card_id = town.server.revoke(0)
    town.tap(tap(1, 7, ONLINE, hasty=True))
    town.tap(tap(2, 7, OFFLINE))
    town.tap(tap(3, 8, ONLINE))
    town.tap(tap(4, 8, OFFLINE, hasty=True))
    assert town.offline[OFFLINE].knowledge.about(card_id) is None
    assert town.last_online_ms == {8: 3}


def test_a_forged_file_is_not_adopted_and_is_written_over():
    server, door = Server(1), OfflineDoor()
    card_id = server.revoke(0)
    assert door.meet(server.raw, 1) is server.raw
    old = server.raw
    server.revoke(2)
    forged = server.raw[:-1] + bytes([server.raw[-1] ^ 1])
    assert door.meet(forged, 3) is old
    assert list(door.knowledge.entries) == [card_id]


def test_an_older_file_is_replaced_by_the_newer_one():
    server, door = Server(1), OfflineDoor()
    server.revoke(0)
    old = server.raw
    server.revoke(1)
    door.meet(server.raw, 2)
    assert door.meet(old, 3) is server.raw
    assert door.knowledge.version == 2
    assert hand_on(server.raw, old) is server.raw
    assert hand_on(b"", b"") == b""


def test_an_entry_dies_with_the_last_grant():
    server, door = Server(1), OfflineDoor()
    first = server.revoke(0)
    door.meet(server.raw, 1)
    server.revoke(GRANT_MS + DAY_MS)
    door.meet(server.raw, GRANT_MS + DAY_MS)
    assert door.knowledge.about(first) is None
