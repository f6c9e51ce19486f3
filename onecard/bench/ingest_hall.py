"""The server's side of `onecard bench ingest` and `catchup`: the real intake on a real data base."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from card_protocol.crypto.signing import Signer
from onecard.logs import set_up_logs
from server.intake.mqtt import MqttLink
from server.intake.service import IntakeService
from server.services.keys.keystore import from_secrets
from server.services.live import Channel, Fact
from server.services.opening import transactions_on
from server.services.policies.publisher import Publisher
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.work import SYSTEM
from server.tables import GatewayRow
from server.tables.engine import is_sqlite, make_engine
from server.tables.migrate import migrate

COMMUNITY = "330105009012"


@dataclass(frozen=True)
class HallPlan:
    """What the server's process needs to know. `boxes`: gateway -> the seed of its signing key."""

    database_url: str
    broker_port: int
    secrets: Mapping[str, str]
    boxes: Mapping[str, bytes]


@dataclass
class HallReport:
    """How it went."""

    cpu_s: float
    alarms: dict[tuple[str, int], float] = field(default_factory=dict)
    """(gateway, seq) of each live alarm -> when it was told, on the machine's monotonic clock [s]."""


def run_hall(plan: HallPlan, pipe: Connection) -> None:
    """In a process of its own: take in until the pipe says stop."""
    set_up_logs("bench", "error")
    engine = make_engine(plan.database_url)
    migrate(engine)
    transactions = transactions_on(engine)
    keystore = from_secrets(plan.secrets)
    with transactions.work(SYSTEM) as work:
        org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
        for name, seed in plan.boxes.items():
            key = Signer(seed).verifier.public_bytes.hex()
            work.session.add(GatewayRow(id=name, org=COMMUNITY, signing_key=key, enrolled_ms=work.now_ms))
    told: dict[tuple[str, int], float] = {}

    def hear(channel: Channel, fact: Fact) -> None:
        if channel == "alarm" and "seq" in fact["detail"]:
            told.setdefault((fact["gateway_id"], fact["detail"]["seq"]), time.monotonic())

    transactions.feed.listen(hear)
    link = MqttLink(
        "127.0.0.1", plan.broker_port, "onecard-server", gateways=None if is_sqlite(engine) else frozenset()
    )
    publisher = Publisher(transactions, keystore, link)
    intake = IntakeService(
        transactions, keystore, link, me="bench", here=True, on_state=publisher.gateways_said, on_broker=lambda: None
    )
    intake.start()
    while not (link.connected and (intake.keeper is None or intake.keeper.shards)):
        time.sleep(0.05)
    pipe.send("ready")
    cpu = time.process_time()
    while (word := pipe.recv()) != "stop":
        pipe.send(HallReport(time.process_time() - cpu, dict(told)))
        assert word == "report"
    intake.stop()
    engine.dispose()
