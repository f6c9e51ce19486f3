"""Fetching and staging a policy: right, wrong, and from a server that is away."""

from pathlib import Path
from queue import Queue

import pytest

from card_protocol.wire.enrol import Enrolment, EnrolRequest
from card_protocol.wire.manifest import Manifest, SnapshotRequest
from card_protocol.wire.sealed import unseal
from gateway.core.station_words import Fetched
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.fetcher import Fetcher
from gateway.ports.server import ServerAway, ServerRefused
from tests.gateway.policies import card, snapshot
from tests.gateway.world import BOX, COMMUNITY, GATEWAY, SERVER, HandClock

PLACE = Enrolment(
    gateway=GATEWAY,
    community=COMMUNITY,
    server_key=SERVER.verifier.public_bytes.hex(),
    grant_key=SERVER.verifier.public_bytes.hex(),
    wrapped_keys="00",
)
MANIFEST, DATA = snapshot(3, [card(1)])


class Shelf:
    """A server that gives what is on it."""

    def __init__(self, answer: bytes | Exception) -> None:
        self.answer = answer
        self.requests: list[SnapshotRequest] = []

    def enrol(self, request: EnrolRequest) -> Enrolment:
        raise AssertionError("not here")

    def snapshot(self, manifest: Manifest, request: bytes) -> bytes:
        self.requests.append(unseal("request", request, SnapshotRequest, BOX.verifier.verify))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def fetcher(folder: Path, shelf: Shelf, told: "Queue[Fetched]") -> Fetcher:
    return Fetcher(PLACE, BOX.sign, shelf, BookWriterFile(folder), HandClock(), told.put)


def outcome(folder: Path, answer: bytes | Exception, manifest: Manifest = MANIFEST) -> Fetched:
    return fetcher(folder, Shelf(answer), Queue()).outcome(manifest)


def test_a_policy_is_asked_for_by_a_signed_request_and_staged(tmp_path: Path) -> None:
    shelf = Shelf(DATA)
    found = fetcher(tmp_path, shelf, Queue()).outcome(MANIFEST)
    assert found.staged is not None
    assert (found.staged.head.version, found.staged.digest) == (3, MANIFEST.snapshot_sha256)
    (request,) = shelf.requests
    assert (request.gateway, request.snapshot_sha256) == (GATEWAY, MANIFEST.snapshot_sha256)
    assert request.at_ms == HandClock().wall_ms


@pytest.mark.parametrize("error", [ServerAway("nobody there"), ServerRefused("the clock is wrong")])
def test_a_server_that_does_not_give_it_is_asked_again(tmp_path: Path, error: Exception) -> None:
    assert outcome(tmp_path, error) == Fetched(MANIFEST, None, str(error), again=True)


@pytest.mark.parametrize(
    ("answer", "manifest", "why"),
    [
        (ValueError("not the one that its manifest names"), MANIFEST, "not the one"),
        (b"rubbish", MANIFEST, "no zlib stream"),
        (DATA[:-5], MANIFEST, "cut short"),
        (DATA, MANIFEST.model_copy(update={"version": 4}), "its manifest says 4"),
        (snapshot(3, community="330105009013")[1], MANIFEST, "for the community 330105009013"),
        (snapshot(3, [card(1), card(1)])[1], MANIFEST, "twice"),
    ],
)
def test_a_policy_that_is_wrong_stays_wrong(
    tmp_path: Path, answer: bytes | Exception, manifest: Manifest, why: str
) -> None:
    found = outcome(tmp_path, answer, manifest)
    assert (found.staged, found.again) == (None, False)
    assert why in found.why


def test_a_disk_that_does_not_take_it_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    fetching = fetcher(folder, Shelf(DATA), Queue())
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    found = fetching.outcome(MANIFEST)
    assert (found.staged, found.again) == (None, True)


def test_it_works_on_a_thread_of_its_own(tmp_path: Path) -> None:
    told: Queue[Fetched] = Queue()
    fetching = fetcher(tmp_path, Shelf(DATA), told)
    fetching.start()
    assert fetching.alive()
    fetching.fetch(MANIFEST)
    assert told.get(timeout=20).staged is not None
    fetching.stop()
    assert not fetching.alive()
