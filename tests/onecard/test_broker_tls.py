"""The embedded broker with certificates: the same as mosquitto with the same files (test_broker_files)."""

import ssl
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from card_protocol.wire.identity import BROKER_NAME
from card_protocol.wire.topics import Channel, topic
from gateway.drivers.tls_files import client_context
from server.services.gateways import gateways
from server.services.keys.own_tls import OwnTls
from tests.server.build import ADMIN
from tests.server.services.gateways.test_broker_files import Dial, Scene, dial, turned_away
from tests.support.daemon import Daemon
from tests.support.patience import eventually

__all__ = ["dial"]


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    made = Scene(tmp_path)
    made.write()
    return made


@pytest.fixture
def broker(scene: Scene, tmp_path: Path) -> Iterator[Daemon]:
    words = ["broker", "--port", str(scene.config.port), "--folder", str(scene.folder)]
    running = Daemon([sys.executable, "-m", "onecard", *words], scene.config.port, tmp_path / "broker.log")
    running.start()
    yield running
    running.stop()


def test_everybody_in_their_branch_and_who_is_revoked_nowhere(scene: Scene, broker: Daemon, dial: Dial) -> None:
    one, other = scene.community.box("g-1"), scene.community.box("g-2")
    tls = OwnTls(scene.community.transactions, scene.community.house.keystore)
    server = dial(broker.port, tls.dialling, "onecard-server")
    assert server.subscribe("onecard/v1/g/+/ev")
    good = dial(broker.port, scene.context(one), "gateway-g-1")
    bad = dial(broker.port, scene.context(other), "gateway-g-2")
    assert good.subscribe(topic("g-1", Channel.ACK))
    assert not bad.subscribe(topic("g-1", Channel.ACK))
    assert not bad.subscribe("#")
    bad.publish(topic("g-1", Channel.EVENTS), b"forged")
    good.publish(topic("g-1", Channel.EVENTS), b"batch")
    eventually(lambda: bool(server.came))
    assert server.came == [(topic("g-1", Channel.EVENTS), b"batch")]
    assert turned_away(broker.port, client_context(BROKER_NAME, scene.bundle())), "without a certificate"
    assert turned_away(broker.port, scene.context(one)), "under a client id that is not its own"
    with scene.community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    scene.write()
    good.publish(topic("g-1", Channel.EVENTS), b"from the thief's bench")
    bad.publish(topic("g-2", Channel.EVENTS), b"honest")
    eventually(lambda: len(server.came) > 1)
    assert server.came[1:] == [(topic("g-2", Channel.EVENTS), b"honest")]
    good.close()
    eventually(lambda: turned_away_by_tls(broker.port, scene.context(one)))


def turned_away_by_tls(port: int, tls: ssl.SSLContext) -> bool:
    """The broker has read its list again: not even the handshake comes to an end."""
    return turned_away(port, tls)
