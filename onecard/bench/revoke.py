"""How long a revocation takes to every gateway and back: from the admin's commit to the applied acknowledgement in the
server's data base, for a thousand gateways with connections of their own on a real broker.

The floor beside it: the same fan-out and echo over the same broker and the same connections, without signatures and
without anything of ours. Rounds of both take turns. Beside them stand the processor seconds that server, broker and all
gateways together needed from the revocation to its last acknowledgement.
"""

import multiprocessing
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from card_protocol.words.card import CardState
from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import Direction, PointKind
from card_protocol.words.schedule import always
from onecard.bench.figures import percentile, rounded
from onecard.bench.mqtt_clients import HOST, Hub, room_for
from onecard.bench.processor import processor_s
from onecard.bench.revoke_fleet import BARE_DOWN, BARE_UP, name_of, serve, signer_of
from onecard.free_ports import free_port
from server.intake.mqtt import MqttLink
from server.intake.service import IntakeService
from server.services.access import access
from server.services.access.access import LevelIn, PointIn
from server.services.cards import cards
from server.services.gateways.broker_files import INFLIGHT_MAX_MESSAGES
from server.services.keys.keystore import Keystore, from_secrets, new_secrets
from server.services.live import Channel, Fact
from server.services.people import holders
from server.services.people.holders import HolderIn
from server.services.policies.publisher import Publisher
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.work import SYSTEM, Transactions
from server.tables import GatewayRow
from server.tables.engine import make_engine
from server.tables.migrate import migrate

COMMUNITY: Final = "330105008001"
GOAL_S: Final = 1.0
BARE_BYTES: Final = 600
"""About what a signed message of one revocation weighs."""

PATIENCE_S: Final = 120.0
LEVEL_POINTS: Final = 100
Progress = Callable[[int, int], None]


class Town:
    """A server with that many gateways, and who notes when each has applied a revocation."""

    def __init__(self, folder: Path, count: int) -> None:
        self.count = count
        self.engine = make_engine(f"sqlite:///{folder / 'server.db'}")
        migrate(self.engine)
        clock = _real_ms
        self.transactions = Transactions(self.engine, clock=clock, real_clock=clock, entropy=os.urandom)
        self.keystore: Keystore = from_secrets(new_secrets(COMMUNITY, os.urandom))
        self.news = threading.Condition()
        self.applied: dict[str, float] = {}
        self.there: set[str] = set()
        self.published = 0
        """Policies since it was quiet last."""
        self._wanted = 1
        self._people(count)
        self.transactions.feed.listen(self._hear)

    def make_a_card(self, number: int) -> str:
        """One that works; its id."""
        with self.transactions.work(SYSTEM) as work:
            person = holders.add(work, COMMUNITY, HolderIn(name="王秀英", house="3-1-502"))
            uid = f"04{number:012X}"
            row = cards.reserve(work, person.id, uid, ["level-0"], valid_to_ms=work.now_ms + 365 * DAY_MS)
            return cards.change_state(work, row.id, CardState.ACTIVE).id

    def lose(self, card_id: str) -> float:
        """Revoke it; the moment before the transaction [s]."""
        with self.news:
            self.applied.clear()
        began = time.perf_counter()
        with self.transactions.work(SYSTEM) as work:
            cards.change_state(work, card_id, CardState.LOST)
        return began

    def wait_for(self, what: Callable[[], bool]) -> None:
        """TimeoutError when it does not come."""
        with self.news:
            if not self.news.wait_for(what, PATIENCE_S):
                raise TimeoutError(f"{len(self.there)} gateways there, {len(self.applied)} applied, of {self.count}")

    def settle(self) -> None:
        """The policies that follow a change are all on their way: what is measured begins when it is quiet."""
        self.wait_for(lambda: self.published >= self.count)
        with self.news:
            self.published = 0

    def next_round(self) -> None:
        """From now on the next number counts."""
        with self.news:
            self._wanted += 1

    def _hear(self, channel: Channel, fact: Fact) -> None:
        now = time.perf_counter()
        with self.news:
            self.published += channel == "policy"
            self.news.notify_all()
            if channel != "gateway":
                return
            self.there.add(fact["id"])
            if fact["rev_seq"] >= self._wanted and fact["id"] not in self.applied:
                self.applied[fact["id"]] = now

    def _people(self, count: int) -> None:
        with self.transactions.work(SYSTEM) as work:
            org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
            access.set_schedule(work, always("always"))
            for number in range(count):
                row = GatewayRow(id=name_of(number), org=COMMUNITY, enrolled_ms=work.now_ms)
                row.signing_key = signer_of(number).verifier.public_bytes.hex()
                work.session.add(row)
            work.session.flush()
            for number in range(count):
                access.set_point(work, COMMUNITY, _gate(number))
            for first in range(0, count, LEVEL_POINTS):
                names = frozenset(f"gate-{n}" for n in range(first, min(first + LEVEL_POINTS, count)))
                title = f"level-{first // LEVEL_POINTS}"
                level = LevelIn(id=title, name_zh=title, name_en=title, points=names, schedule="always")
                access.set_level(work, level)


def run(folder: Path, count: int, rounds: int, progress: Progress, mosquitto: str) -> dict[str, Any]:
    """The figures. OSError, TimeoutError when the machine does not carry it."""
    room_for(count)
    town = Town(folder, count)
    with _broker(folder, mosquitto) as (port, broker_pid):
        link = MqttLink(HOST, port, "onecard-server")
        publisher = Publisher(town.transactions, town.keystore, link)
        intake = IntakeService(
            town.transactions,
            town.keystore,
            link,
            me="bench",
            here=True,
            on_state=publisher.gateways_said,
            on_broker=publisher.broker_back,
        )
        intake.start()
        publisher.start()
        try:
            with _fleet(port, town, progress) as fleet_pid:
                town.settle()
                processes = {"server": os.getpid(), "broker": broker_pid, "gateways": fleet_pid}
                ours, bare, used = _rounds(town, port, rounds, progress, processes)
        finally:
            publisher.stop()
            intake.stop()
            town.engine.dispose()
    return _figures(count, rounds, ours, bare) | _used(used)


def _rounds(
    town: Town, port: int, rounds: int, progress: Progress, processes: Mapping[str, int]
) -> tuple[list[float], list[float], dict[str, list[float]]]:
    """Latencies of both [s], and processor seconds of each process in each round."""
    ours: list[float] = []
    bare: list[float] = []
    used: dict[str, list[float]] = {name: [] for name in processes}
    for number in range(rounds):
        card_id = town.make_a_card(number)
        town.settle()
        before = {name: processor_s(pid) for name, pid in processes.items()}
        began = town.lose(card_id)
        town.wait_for(lambda: len(town.applied) >= town.count)
        for name, pid in processes.items():
            used[name].append(processor_s(pid) - before[name])
        ours += [at - began for at in town.applied.values()]
        town.next_round()
        town.settle()
        bare += _bare_round(port, town.count, number)
        progress(number + 1, rounds)
    return ours, bare, used


def _bare_round(port: int, count: int, number: int) -> list[float]:
    done = threading.Condition()
    arrived: list[float] = []

    def heard(_topic: str) -> None:
        with done:
            arrived.append(time.perf_counter())
            done.notify_all()

    hub = Hub(port, f"{BARE_UP}/+", heard)
    try:
        time.sleep(0.5)  # what the broker kept of the round before comes first, and is not counted
        with done:
            arrived.clear()
        payload = os.urandom(BARE_BYTES)
        began = time.perf_counter()
        for n in range(count):
            hub.publish(f"{BARE_DOWN}/{n}", payload)
        with done:
            if not done.wait_for(lambda: len(arrived) >= count, PATIENCE_S):
                raise TimeoutError(f"bare round {number}: {len(arrived)} of {count} came back")
            return [at - began for at in arrived[:count]]
    finally:
        hub.close()


@contextmanager
def _fleet(port: int, town: Town, progress: Progress) -> Iterator[int]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    key = town.keystore.server.verifier.public_bytes
    process = context.Process(target=serve, args=(port, town.count, key, _real_ms(), theirs), daemon=True)
    process.start()
    try:
        if not ours.poll(PATIENCE_S) or ours.recv() != "ready":
            raise TimeoutError("the gateways did not connect")
        town.wait_for(lambda: len(town.there) >= town.count)
        progress(0, 1)
        assert process.pid is not None
        yield process.pid
    finally:
        ours.send("over")
        process.join(PATIENCE_S)
        if process.is_alive():
            process.kill()


@contextmanager
def _broker(folder: Path, mosquitto: str) -> Iterator[tuple[int, int]]:
    """Its port and its process."""
    port = free_port()
    lines = [f"listener {port} {HOST}", "allow_anonymous true", "persistence false", "log_dest none"]
    lines += ["max_queued_messages 100000", f"max_inflight_messages {INFLIGHT_MAX_MESSAGES}", "set_tcp_nodelay true"]
    lines += ["user root"] if os.geteuid() == 0 else []
    settings = folder / "mosquitto.conf"
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    room_for(0)
    command = [mosquitto, "-c", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as it:  # noqa: S603
        try:
            yield port, it.pid
        finally:
            it.terminate()


def _used(used: Mapping[str, list[float]]) -> dict[str, float]:
    """Processor seconds of a round: the median of all."""
    return {f"{name}_cpu_s": rounded(median(seconds)) for name, seconds in used.items()}


def _figures(count: int, rounds: int, ours: list[float], bare: list[float]) -> dict[str, Any]:
    return {
        "gateways": count,
        "rounds": rounds,
        "p50_s": rounded(percentile(ours, 50)),
        "p99_s": rounded(percentile(ours, 99)),
        "max_s": rounded(max(ours)),
        "bare_p50_s": rounded(percentile(bare, 50)),
        "bare_p99_s": rounded(percentile(bare, 99)),
        "ratio": rounded(percentile(ours, 99) / percentile(bare, 99)),
        "goal_s": GOAL_S,
        "met": percentile(ours, 99) < GOAL_S,
    }


def _gate(number: int) -> PointIn:
    name = f"gate-{number}"
    return PointIn(
        id=name,
        kind=PointKind.GATE,
        name_zh=name,
        name_en=name,
        area="compound",
        direction=Direction.IN,
        gateway_id=name_of(number),
    )


def _real_ms() -> int:
    return time.time_ns() // 1_000_000
