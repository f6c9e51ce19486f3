"""The simulation finds bugs: each of these, put into a component, is caught within a few histories."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
import structlog

from card_protocol.wire.ack import Ack
from card_protocol.wire.sealed import unseal
from gateway.core import station
from gateway.core.journals import Journals
from gateway.core.policy_intake import Course, Judgement
from gateway.core.station import Station
from gateway.core.sync import SyncMachine
from gateway.core.sync_words import Acked, SaveAcked, Send
from gateway.drivers import journal_schema
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.journal_file import JournalFile
from gateway.ports.journal import Head
from server.intake import core, messages
from tests.simulation.center import Down, ModelCenter, Up
from tests.simulation.play import outcome, with_center
from tests.simulation.script import What, draw
from tests.simulation.town import Town

SEEDS_MAX = 200

Patch = pytest.MonkeyPatch


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    before = structlog.get_config()["wrapper_class"]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(wrapper_class=before)


def caught(make: Callable[[int], Town] = Town, needs: What = What.RUN) -> str:
    """The first problem that some history with this step shows; empty when none does."""
    for seed in range(SEEDS_MAX):
        history = draw(seed)
        if any(step.what is needs for step in history) and (problems := outcome(seed, history, make)):
            return problems[0]
    return ""


class AckBeforeCommit(ModelCenter):
    """Answers, and commits with the next transaction."""

    def process(self, group: Sequence[Up], credit: int | None) -> list[Down]:
        committed = self.ledger
        if (pending := getattr(self, "_pending", None)) is not None:
            self.ledger = pending
        answers = super().process(group, credit)
        self._pending, self.ledger = self.ledger, committed
        return answers


class TakesAnyHash(ModelCenter):
    """Does not look whether a batch continues the chain that it holds."""

    def process(self, group: Sequence[Up], credit: int | None) -> list[Down]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(core, "take", _take_without_chain)
            return super().process(group, credit)


def _take_without_chain(
    position: core.Position,
    previous: bytes,
    links: tuple[core.Link, ...],
    known: Mapping[int, bytes],
    *_gap: object,
) -> core.Taken:
    fresh = [link for link in links if link.seq > position.watermark]
    sorting = core._Sorting()
    for link in fresh:
        core._accept(sorting, link)
    end = core.Position(fresh[-1].seq, fresh[-1].hash) if fresh else position
    return core.Taken(end, tuple(sorting.events), tuple(sorting.dead))


class BelievesAnybody(ModelCenter):
    """Does not check signatures."""

    def process(self, group: Sequence[Up], credit: int | None) -> list[Down]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(messages, "read", _read_without_check)
            return super().process(group, credit)


_READ = messages.read


def _read_without_check(topic: str, payload: bytes, verifier_of: messages.VerifierOf) -> messages.Read:
    class Trusting:
        public_bytes = bytes(32)

        @staticmethod
        def verify(*_: bytes) -> bool:
            return True

    return _READ(topic, payload, lambda gateway: Trusting())  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("center", [AckBeforeCommit, TakesAnyHash])
def test_a_server_that(center: type[ModelCenter]) -> None:
    assert caught(with_center(center))


def test_a_server_that_believes_anybody() -> None:
    assert "took a forged message" in caught(with_center(BelievesAnybody), What.FORGE_UP)


def test_a_journal_that_calls_durable_what_it_has_not_written(monkeypatch: Patch) -> None:
    """What waits is in the program's memory, and goes with it."""
    real = JournalFile.append

    def lazily(self: JournalFile, *events: Any) -> Head:
        waiting = self.__dict__.setdefault("waiting", [])
        if b"reader_lost" in events[0].to_bytes() and len(waiting) < 3:
            waiting.extend(events)
            return self.head()
        late, waiting[:] = list(waiting), []
        return real(self, *late, *events)

    monkeypatch.setattr(JournalFile, "append", lazily)
    assert "is lost" in caught()


def test_a_journal_that_gives_a_pruned_number_again(monkeypatch: Patch) -> None:
    """As ours once did."""

    def insert_behind(connection: Any, entry: Any) -> bool:
        try:
            journal_schema.insert(connection, [entry])
        except Exception:
            return False
        return True

    monkeypatch.setattr(journal_schema, "insert_behind", insert_behind)
    assert caught(needs=What.DISK_SMALL)


def test_a_journal_that_goes_on_in_a_file_that_is_older_than_what_the_server_holds(monkeypatch: Patch) -> None:
    """As ours once did: another history was refused, and refused, and refused."""
    real = SyncMachine._settle

    def settle(self: SyncMachine, given: Acked) -> list[Any]:
        return [] if self._other_history(given) else real(self, given)

    monkeypatch.setattr(SyncMachine, "_settle", settle)
    assert caught(needs=What.DISK_LIES)


def test_a_sync_that_takes_what_was_sent_for_what_was_received(monkeypatch: Patch) -> None:
    real = SyncMachine._send

    def send(self: SyncMachine, given: Any) -> list[Any]:
        effects = real(self, given)
        for effect in [one for one in effects if isinstance(one, Send)]:
            entry = next(entry for entry in given.entries if entry.seq == effect.last_seq)
            self.acked = Head(self.acked.epoch, entry.seq, entry.hash)
            effects.append(SaveAcked(self.acked))
        return effects

    monkeypatch.setattr(SyncMachine, "_send", send)
    assert caught(needs=What.WEATHER)


def test_a_sync_that_passes_over_gaps_in_silence(monkeypatch: Patch) -> None:
    monkeypatch.setattr(SyncMachine, "_tell", lambda *_: [])
    assert "not told by any event" in caught(needs=What.SERVER_RESTORED)


def test_a_gateway_that_forgets_what_it_has_set_aside(monkeypatch: Patch) -> None:
    """As ours once did: a server that was put back asked for the journal in use only."""
    monkeypatch.setattr(Journals, "past", property(lambda _: {}))
    assert "still on the box" in caught(needs=What.FILE_ROTS)


def test_a_gateway_that_believes_any_ack(monkeypatch: Patch) -> None:
    def trusting(kind: str, message: bytes, of: Any, verify: Any) -> Any:
        return unseal(kind, message, of, (lambda *_: True) if of is Ack else verify)  # type: ignore[arg-type]

    monkeypatch.setattr(station, "unseal", trusting)
    assert "without a word" in caught(needs=What.FORGE_DOWN)


def test_a_gateway_that_follows_an_older_policy(monkeypatch: Patch) -> None:
    def follow(manifest: Any, gateway: str, standing: Any, moment: Any) -> Judgement:
        return Judgement(Course.KEEP if manifest.version == standing.version else Course.FETCH)

    monkeypatch.setattr(station, "judge_manifest", follow)
    assert "is in force after" in caught(needs=What.REPLAY_DOWN)


def test_a_gateway_that_refuses_in_silence(monkeypatch: Patch) -> None:
    monkeypatch.setattr(Station, "_refuse", lambda *_: [])
    assert "without a word" in caught(needs=What.FORGE_DOWN)


def test_a_book_that_forgets_revocations_with_every_policy(monkeypatch: Patch) -> None:
    real = BookWriterFile.flip

    def flip(self: BookWriterFile, staged: Any) -> Any:
        standing = real(self, staged)
        self._connection.execute("DELETE FROM revocation")
        return standing

    monkeypatch.setattr(BookWriterFile, "flip", flip)
    assert "let in again" in caught(needs=What.REVOKE)
