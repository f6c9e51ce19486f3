"""The desk's line, with a real WebSocket server at the other end."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from card_protocol.wire.desk import Apdu, Hello, Show
from edge.drivers.ws_desk_link import MESSAGE_MAX_BYTES, WsDeskLink
from edge.ports.desk_link import LinkLost
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
