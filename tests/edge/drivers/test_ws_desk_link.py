"""The desk's line, with a real WebSocket server at the other end."""

import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from queue import Queue

import pytest
from websockets.sync.server import serve

from card_protocol.crypto.signing import Signer
from card_protocol.wire.desk import Apdu, Hello, Show
from edge.drivers import ws_desk_link
from edge.drivers.ws_desk_link import MESSAGE_MAX_BYTES, WsDeskLink, WsRenewer
from edge.ports.desk_link import LinkLost
from edge.ports.renewer import Renewed
from tests.edge.console import PATIENCE_MS, TOKEN, Console


@pytest.fixture
def console() -> Iterator[Console]:
    console = Console()
    yield console
    console.close()


@pytest.fixture
def link(console: Console) -> Iterator[WsDeskLink]:
    link = WsDeskLink(console.address, TOKEN)
    link.send(Hello(desk="desk-1", reader="table"))
    yield link
    link.close()


def test_the_line_carries_words_both_ways(console: Console, link: WsDeskLink) -> None:
    assert console.heard.get(timeout=30) == '{"desk":"desk-1","reader":"table","say":"hello"}'
    console.says.put('{"say":"apdu","turn":7,"data":"90600000"}')
    assert link.receive(PATIENCE_MS) == Apdu(turn=7, data="90600000")
    console.says.put('{"say":"show","zh":"请放卡","en":"Put the card","good":true}'.encode().decode())
    assert link.receive(PATIENCE_MS) == Show(zh="请放卡", en="Put the card", good=True)
    assert link.receive(1) is None


@pytest.mark.parametrize(
    "nonsense",
    ["", "{}", '{"say":"apdu"}', '{"say":"unlock"}', '{"say":"apdu","turn":1,"data":"9"}', b"\xff", "x" * 9000],
)
def test_what_is_not_of_the_protocol_ends_the_line(console: Console, link: WsDeskLink, nonsense: str | bytes) -> None:
    assert len("x" * 9000) > MESSAGE_MAX_BYTES
    console.says.put(nonsense)
    with pytest.raises(LinkLost):
        link.receive(PATIENCE_MS)


def test_a_server_that_hangs_up_is_a_lost_line(console: Console, link: WsDeskLink) -> None:
    console.says.put(None)
    with pytest.raises(LinkLost, match="broke"):
        link.receive(PATIENCE_MS)
    with pytest.raises(LinkLost, match="broke"):
        link.send(Hello(desk="desk-1", reader="table"))


def test_a_token_that_is_not_accepted_is_told(console: Console) -> None:
    with pytest.raises(LinkLost, match="does not accept the desk's token"):
        WsDeskLink(console.address, "another token of enough length")


def test_a_server_that_cannot_be_had_is_told(console: Console) -> None:
    console.refuses_with = HTTPStatus.SERVICE_UNAVAILABLE
    with pytest.raises(LinkLost, match="status 503"):
        WsDeskLink(console.address, TOKEN)
    with pytest.raises(LinkLost, match="cannot be reached"):
        WsDeskLink("http://127.0.0.1:9", TOKEN)


def looked(times: int) -> Callable[[int], bool]:
    """A card that leaves while we look for the `times`-th time."""
    looks = itertools.count(1)
    return lambda _wait_ms: next(looks) >= times


def never(_command: bytes) -> bytes:
    raise AssertionError("nobody asked the card anything")


def renewed(port: int, left: Callable[[int], bool]) -> Renewed:
    renewer = WsRenewer(f"http://127.0.0.1:{port}", "g-1", Signer(bytes(32)).sign, lambda: 1)
    return renewer.renew("gate", "01JD0000000000000000000001", "04010203040506", never, left)


def test_a_server_that_does_not_even_answer_holds_up_nobody_when_the_card_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ws_desk_link, "RENEWAL_OPEN_TIMEOUT_S", 5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        assert renewed(deaf.getsockname()[1], looked(3)) is Renewed.CARD_GONE


def test_a_server_that_thinks_for_long_holds_up_nobody_when_the_card_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ws_desk_link, "RENEWAL_OPEN_TIMEOUT_S", 30)
    monkeypatch.setattr(ws_desk_link, "RENEWAL_TIMEOUT_MS", 30_000)
    heard: Queue[str] = Queue()
    with serve(lambda line: heard.put(str(line.recv())), "127.0.0.1", 0) as slow:
        threading.Thread(target=slow.serve_forever, daemon=True).start()
        assert renewed(slow.socket.getsockname()[1], looked(3)) is Renewed.CARD_GONE
        assert heard.get(timeout=30) == '{"say":"gone"}'


def test_without_a_server_nobody_is_renewed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert renewed(port, looked(1000)) is Renewed.AWAY
