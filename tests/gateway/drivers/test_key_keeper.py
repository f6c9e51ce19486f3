"""The box asks for its card keys anew when it is time, and keeps what opens."""

from pathlib import Path

from card_protocol.policy.book import MemoryBook
from card_protocol.policy.rules import PolicyHead
from card_protocol.profiles.layout import Holder
from card_protocol.wire.enrol import Enrolment, KeysRequest
from card_protocol.wire.sealed import unseal
from card_protocol.words.point import PointKind
from gateway.drivers.key_keeper import KeyKeeper
from gateway.drivers.key_ring import KeyRing
from gateway.ports.server import ServerAway
from tests.gateway.key_places import LEASE_MS, enrolled, place
from tests.gateway.policies import GATE, head
from tests.gateway.world import BOX, GATEWAY, NOON_MS, HandClock
from tests.support.patience import eventually

CLINIC = GATE.model_copy(update={"kind": PointKind.CLINIC})


class Server:
    """Gives what `fresh` says."""

    def __init__(self, fresh: Enrolment | None) -> None:
        self.fresh = fresh
        self.asked: list[tuple[str, KeysRequest]] = []

    def keys(self, gateway: str, request: bytes) -> Enrolment:
        self.asked.append((gateway, unseal("request", request, KeysRequest, BOX.verifier.verify)))
        if self.fresh is None:
            raise ServerAway("nobody there")
        return self.fresh


def policy(*points: object) -> MemoryBook:
    found: PolicyHead = head(1)
    return MemoryBook(found.model_copy(update={"points": points, "levels": ()}))


def keeper(folder: Path, server: Server, book: MemoryBook, *holders: Holder, lease_ms: int = LEASE_MS) -> KeyKeeper:
    state, opener = enrolled(folder, *holders, lease_ms=lease_ms)
    return KeyKeeper(state, opener, BOX.sign, server, lambda: book, HandClock())  # type: ignore[arg-type]


def test_nothing_is_asked_while_nothing_is_lacking(tmp_path: Path) -> None:
    server = Server(None)
    assert not keeper(tmp_path, server, policy(GATE)).look()
    assert server.asked == []


def test_a_clinic_was_added(tmp_path: Path) -> None:
    server = Server(None)
    keys = keeper(tmp_path, server, policy(CLINIC))
    assert keys.look(), "the server is away: try again later"
    state, opener = enrolled(tmp_path)
    server.fresh = place(opener, Holder.CLINIC_POINT)
    assert not keys.look()
    assert list(state.enrolment().point_keys) == ["clinic_point"]
    assert server.asked[-1] == (GATEWAY, KeysRequest(gateway=GATEWAY, at_ms=NOON_MS))
    assert not keys.look()
    assert len(server.asked) == 2


def test_half_of_the_lease_is_over(tmp_path: Path) -> None:
    server = Server(None)
    keys = keeper(tmp_path, server, policy(GATE), lease_ms=NOON_MS + 1)
    state, opener = enrolled(tmp_path, lease_ms=NOON_MS + 1)
    server.fresh = place(opener, lease_ms=LEASE_MS)
    assert not keys.look()
    assert not keys.look()
    assert len(server.asked) == 1
    assert state.enrolment().wrapped_keys == server.fresh.wrapped_keys


def test_a_version_was_raised(tmp_path: Path) -> None:
    server = Server(None)
    raised = MemoryBook(head(2, keys_oldest=1, keys_newest=2))
    keys = keeper(tmp_path, server, raised)
    state, opener = enrolled(tmp_path)
    server.fresh = place(opener)
    assert keys.look(), "the server itself has not heard of it: not again at once"
    server.fresh = place(opener, versions=(1, 2))
    assert not keys.look()
    assert KeyRing(state, opener).held().newest == 2
    assert not keys.look()
    assert len(server.asked) == 2


def test_keys_that_do_not_open_are_not_kept(tmp_path: Path) -> None:
    server = Server(None)
    keys = keeper(tmp_path, server, policy(CLINIC))
    state, _ = enrolled(tmp_path)
    before = state.enrolment()
    _, stranger = enrolled(tmp_path / "stranger")
    server.fresh = place(stranger, Holder.CLINIC_POINT)
    assert keys.look()
    assert state.enrolment() == before


def test_the_thread_asks_by_itself_and_ends(tmp_path: Path) -> None:
    server = Server(None)
    keys = keeper(tmp_path, server, policy(CLINIC))
    keys.start()
    assert keys.alive()
    eventually(lambda: server.asked)
    keys.stop()
    assert not keys.alive()
