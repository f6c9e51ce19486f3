"""The watch: a revocation reaches the broker's folder by itself, and a certificate that runs out raises an alarm."""

from pathlib import Path

import pytest

from card_protocol.wire.identity import ALARM_LEFT_MS, GATEWAY_LIFE_MS
from server.config import BrokerConfig
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.gateways import gateways
from server.services.gateways.broker_files import ACL
from server.services.gateways.identity_watch import IdentityWatch, sound_alarms
from server.services.keys.own_tls import OwnTls
from server.services.sight import of as sight_of
from server.tables.engine import make_engine
from tests.server.build import ADMIN, Community, make_community
from tests.support.patience import eventually


@pytest.fixture
def community(tmp_path: Path) -> Community:
    return make_community(make_engine(f"sqlite:///{tmp_path / 'server.db'}"))


def test_who_is_revoked_is_in_the_brokers_folder_soon_after(community: Community, tmp_path: Path) -> None:
    community.box()
    folder = tmp_path / "broker"
    tls = OwnTls(community.transactions, community.house.keystore)
    watch = IdentityWatch(community.transactions, community.house.keystore, tls, BrokerConfig(folder=folder))
    watch.start()
    assert watch.running
    # The folder is not there yet; that is told, and tried again until somebody has made it.
    folder.mkdir()
    community.transactions.signals.wish()
    eventually((folder / ACL).exists)
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    eventually(lambda: "user g-1\ntopic deny" in (folder / ACL).read_text())
    watch.stop()
    assert not watch.running


def test_a_certificate_that_nobody_renewed_is_an_alarm_once(community: Community) -> None:
    community.box("g-1")
    gone = community.box("g-2")
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, gone.name)
    community.real[0] += GATEWAY_LIFE_MS - ALARM_LEFT_MS
    assert sound_alarms(community.transactions) == []
    community.real[0] += 1
    assert sound_alarms(community.transactions) == ["g-1"]
    assert sound_alarms(community.transactions) == ["g-1"]
    with community.transactions.read() as session:
        standing = alarms.listing(session, sight=sight_of(ADMIN)).items
    assert [(alarm.kind, alarm.gateway_id) for alarm in standing] == [(AlarmKind.CERTIFICATE, "g-1")]
