"""A grant renewed at a door over a real WebSocket: edge, server and a simulated card."""

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.channel.converse import converse
from card_protocol.errors import CardGone
from card_protocol.profiles.grant_file import check_grant
from card_protocol.profiles.refusal import CardRefusal
from card_protocol.profiles.tap import CardReading, read_card
from card_protocol.profiles.write_back import read_grant
from card_protocol.wire.identity import SERVER_NAME
from card_protocol.words.card import CardState
from card_protocol.words.grant import Grant
from card_protocol.words.moment import DAY_MS
from edge.core.aftercare import wants_renewal
from edge.drivers import ws_desk_link
from edge.drivers.ws_desk_link import WsRenewer
from edge.ports.renewer import Renewed
from firmware_sim.card.card import Card
from gateway.drivers.linked_file import write_atomically
from gateway.drivers.tls_files import KEY_NAME, TlsFiles
from onecard.free_ports import free_port
from server.services.cards import cards
from server.services.desk.issuing import issue
from server.services.desk.renewing import reading_keys_of
from server.tables.engine import make_engine
from tests.server.build import ADMIN, Box, Community, Dice, make_community
from tests.server.desk import UID, Reader, stock_card
from tests.server.services.desk.test_issuing import order
from tests.support.boxes import boxes_door
from tests.support.identity import now_ms

POINT = "south-gate-in"


class Scene:
    """A running server, the gateway g-1's hand, and a card that was issued four days ago."""

    def __init__(self, community: Community, port: int, folder: Path) -> None:
        self.community = community
        self.card: Card = stock_card()
        self.card_id = asyncio.run(self._issue())
        community.now[0] += 4 * DAY_MS
        community.house.transactions.real_clock = now_ms
        box = community.box()
        assert box.identity is not None
        self.files = files_of(box, folder)
        self.renewer = WsRenewer(
            f"https://127.0.0.1:{port}", "g-1", box.signer.sign, lambda: community.now[0], self.tls
        )

    def tls(self) -> ssl.SSLContext:
        return self.files.context(SERVER_NAME)

    async def _issue(self) -> str:
        reader = Reader(self.community).join()
        await reader.put(self.card)
        return (await issue(self.community.house, ADMIN, order(self.community))).id

    def grant(self) -> Grant:
        """What a door would make of the card's grant."""
        keystore = self.community.house.keystore
        self.card.power_on()
        reading = converse(read_card(bytes.fromhex(UID), reading_keys_of(keystore, 1), Dice()), self.card.transmit)
        assert isinstance(reading, CardReading)
        raw = converse(read_grant(reading), self.card.transmit)
        assert isinstance(raw, bytes)
        grant = check_grant(raw, reading.uid, reading.header, keystore.grants.verifier.verify)
        assert not isinstance(grant, CardRefusal)
        return grant


def files_of(box: Box, folder: Path) -> TlsFiles:
    """What the box has on its disk."""
    (folder / "private").mkdir(mode=0o700, parents=True)
    write_atomically(folder / "private" / KEY_NAME, box.tls_key.reveal_pem())
    files = TlsFiles(folder)
    assert box.identity is not None
    files.keep(box.identity, box.name)
    return files


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setattr(ws_desk_link, "RENEWAL_OPEN_TIMEOUT_S", 120)
    monkeypatch.setattr(ws_desk_link, "RENEWAL_TIMEOUT_MS", 120_000)
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    community, port = make_community(engine), free_port()
    made = Scene(community, port, tmp_path / "box")
    with boxes_door(community.house, port):
        yield made
    engine.dispose()


def test_a_grant_past_half_its_life_is_renewed_and_then_left_alone(scene: Scene) -> None:
    before = scene.grant()
    assert wants_renewal(before, scene.community.now[0])
    assert scene.renewer.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.DONE
    after = scene.grant()
    assert (after.serial, after.valid_to_ms) == (before.serial + 1, scene.community.now[0] + 7 * DAY_MS)
    assert not wants_renewal(after, scene.community.now[0])
    assert scene.renewer.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.REFUSED


@pytest.mark.parametrize(("at", "executed"), [(1, False), (6, True), (11, True), (12, False), (12, True)])
def test_a_card_taken_away_has_its_old_grant_or_its_new_one(scene: Scene, at: int, executed: bool) -> None:
    before, said = scene.grant(), 0

    def leaving(command: bytes) -> bytes:
        nonlocal said
        said += 1
        if said < at:
            return scene.card.transmit(command)
        if executed:
            scene.card.transmit(command)
        scene.card.power_off()
        raise CardGone("gone")

    assert scene.renewer.renew(POINT, scene.card_id, UID, leaving) is Renewed.CARD_GONE
    assert (scene.grant() == before) is not (at == 12 and executed)
    assert scene.grant().serial in (before.serial, before.serial + 1)


def test_a_card_that_was_lost_is_not_renewed(scene: Scene) -> None:
    with scene.community.transactions.work(ADMIN) as work:
        cards.change_state(work, scene.card_id, CardState.LOST)
    before = scene.grant()
    assert scene.renewer.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.REFUSED
    assert scene.grant() == before


def test_who_is_not_believed_or_not_reached_hears_so(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ws_desk_link, "RENEWAL_OPEN_TIMEOUT_S", 30)
    monkeypatch.setattr(ws_desk_link, "RENEWAL_TIMEOUT_MS", 30_000)
    now = lambda: scene.community.now[0]  # noqa: E731
    stranger = WsRenewer(scene.renewer._server, "g-1", lambda _: bytes(64), now, scene.tls)
    assert stranger.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.REFUSED
    hidden = WsRenewer(
        scene.renewer._server,
        "g-1",
        scene.renewer._sign,
        now,
        lambda: scene.files.context(SERVER_NAME, shows_certificate=False),
    )
    assert hidden.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.REFUSED
    nobody = WsRenewer("http://127.0.0.1:9", "g-1", lambda _: bytes(64), lambda: scene.community.now[0])
    assert nobody.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.AWAY
    monkeypatch.setattr(ws_desk_link, "RENEWAL_TIMEOUT_MS", 0)
    assert scene.renewer.renew(POINT, scene.card_id, UID, scene.card.transmit) is Renewed.AWAY
