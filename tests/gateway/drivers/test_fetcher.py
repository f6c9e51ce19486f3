"""Fetching and staging a policy: right, wrong, and from a server that is away."""

from pathlib import Path
from queue import Queue

import pytest

from card_protocol.policy.book import Book
from card_protocol.wire.enrol import Enrolment, EnrolRequest
from card_protocol.wire.manifest import Manifest
from card_protocol.wire.offer import Blob, BlobRequest
from card_protocol.wire.sealed import unseal
from card_protocol.words.card import CardState
from gateway.core.station_words import Fetched
from gateway.drivers.book_file import BookFile
from gateway.drivers.book_writer import BookWriterFile
from gateway.drivers.fetcher import Fetcher
from gateway.ports.server import ServerAway, ServerRefused
from tests.gateway.policies import Shelf, card, card_id, cards_delta, cards_index, head, manifest_of, offer, snapshot
from tests.gateway.world import BOX, COMMUNITY, GATEWAY, SERVER, HandClock

PLACE = Enrolment(
    gateway=GATEWAY,
    community=COMMUNITY,
    server_key=SERVER.verifier.public_bytes.hex(),
    grant_key=SERVER.verifier.public_bytes.hex(),
    wrapped_keys="00",
)
MANIFEST, DATA = snapshot(3, [card(n) for n in range(1, 8)])


class Server:
    """A server that gives what is on its shelf, or one answer to everything."""

    def __init__(self, answer: Shelf | bytes | Exception) -> None:
        self.answer = answer
        self.requests: list[BlobRequest] = []

    def enrol(self, request: EnrolRequest) -> Enrolment:
        raise AssertionError("not here")

    def blob(self, gateway: str, blob: Blob, request: bytes) -> bytes:
        self.requests.append(unseal("request", request, BlobRequest, BOX.verifier.verify))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer if isinstance(self.answer, bytes) else self.answer[blob.sha256]

    @property
    def given(self) -> list[str]:
        """Digests in the order in which they were asked for."""
        return [request.sha256 for request in self.requests]


def fetcher(folder: Path, server: Server, told: "Queue[Fetched]") -> Fetcher:
    return Fetcher(PLACE, BOX.sign, server, BookWriterFile(folder), HandClock(), told.put)


def outcome(folder: Path, answer: Shelf | bytes | Exception, manifest: Manifest = MANIFEST) -> Fetched:
    return fetcher(folder, Server(answer), Queue()).outcome(manifest)


def test_a_policy_is_asked_for_by_signed_requests_and_staged(tmp_path: Path) -> None:
    server = Server(DATA)
    found = fetcher(tmp_path, server, Queue()).outcome(MANIFEST)
    assert found.staged is not None
    assert (found.staged.head.version, found.staged.digest) == (3, MANIFEST.digest)
    assert server.given[:2] == [MANIFEST.head.sha256, MANIFEST.cards.index.sha256]
    assert set(server.given) == set(DATA)
    assert {(request.gateway, request.at_ms) for request in server.requests} == {(GATEWAY, HandClock().wall_ms)}


def applied(folder: Path, manifest: Manifest, shelf: Shelf) -> tuple[Server, Book]:
    """Fetch and flip; who was asked for what, and the book afterwards."""
    server, writer = Server(shelf), BookWriterFile(folder)
    found = Fetcher(PLACE, BOX.sign, server, writer, HandClock(), lambda _: None).outcome(manifest)
    assert found.staged is not None, found.why
    writer.flip(found.staged)
    return server, BookFile(folder).current()


def numbers_in(book: Book) -> list[int]:
    return [number for number in range(20) if book.card(card_id(number)) is not None]


def test_a_change_is_fetched_as_a_delta_alone(tmp_path: Path) -> None:
    shelf = Shelf()
    index = cards_index(shelf, [card(n) for n in range(1, 8)], seq=10)
    applied(tmp_path, manifest_of(shelf, head(1), offer(shelf, index)), shelf)
    for version, seq, gone in ((2, 11, [3]), (3, 12, [3, 4])):
        manifest = manifest_of(shelf, head(version), offer(shelf, index, cards_delta(10, seq, [card(9)], gone)))
        server, book = applied(tmp_path, manifest, shelf)
        assert server.given == [manifest.head.sha256, manifest.cards.deltas[0].blob.sha256]
        assert numbers_in(book) == sorted({1, 2, 3, 4, 5, 6, 7, 9} - set(gone))
    same = manifest_of(shelf, head(4), offer(shelf, index))
    server, book = applied(tmp_path, same, shelf)
    assert server.given == [same.head.sha256], "new rules for the same cards"
    assert numbers_in(book) == [1, 2, 3, 4, 5, 6, 7]


def test_of_a_new_index_only_the_buckets_that_changed_are_fetched(tmp_path: Path) -> None:
    shelf = Shelf()
    cards = [card(n) for n in range(1, 10)]
    applied(tmp_path, manifest_of(shelf, head(1), offer(shelf, cards_index(shelf, cards, seq=10))), shelf)
    cards[4] = card(5, state=CardState.LOST)
    index = cards_index(shelf, cards, seq=50)
    delta = cards_delta(50, 51, gone=[9])
    manifest = manifest_of(shelf, head(2), offer(shelf, index, delta))
    server, book = applied(tmp_path, manifest, shelf)
    assert server.given == [
        manifest.head.sha256,
        manifest.cards.index.sha256,
        manifest.cards.deltas[0].blob.sha256,
        index.buckets[1].sha256,
    ]
    assert book.card(card_id(5)) == cards[4]
    assert numbers_in(book) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_what_the_disk_has_spoiled_is_fetched_anew(tmp_path: Path) -> None:
    """Else it would be asked for again and again, and no policy would come into force until the next start."""
    shelf, cards = Shelf(), [card(n) for n in range(1, 8)]
    first = manifest_of(shelf, head(1), offer(shelf, cards_index(shelf, cards, seq=10)))
    writer, server = BookWriterFile(tmp_path), Server(shelf)
    fetching = Fetcher(PLACE, BOX.sign, server, writer, HandClock(), lambda _: None)
    staged = fetching.outcome(first).staged
    assert staged is not None
    writer.flip(staged)
    with (tmp_path / staged.place).open("r+b") as spoiled:
        spoiled.seek(100)
        spoiled.write(b"rubbish" * 2000)
    later = cards_index(shelf, [*cards, card(9)], seq=11)
    found = fetching.outcome(manifest_of(shelf, head(2), offer(shelf, later)))
    assert found.staged is not None, found.why
    writer.flip(found.staged)
    assert numbers_in(BookFile(tmp_path).current()) == [*range(1, 8), 9]


@pytest.mark.parametrize("error", [ServerAway("nobody there"), ServerRefused("the clock is wrong")])
def test_a_server_that_does_not_give_it_is_asked_again(tmp_path: Path, error: Exception) -> None:
    assert outcome(tmp_path, error) == Fetched(MANIFEST, None, str(error), again=True)


def wrong(**changes: object) -> tuple[Shelf, Manifest]:
    """A policy one of whose pieces is not what its manifest promises."""
    shelf = Shelf()
    index = cards_index(shelf, [card(1)], seq=10)
    if "index_seq" in changes:
        cards = offer(shelf, index).model_copy(update={"index_seq": changes["index_seq"], "seq": 11})
    else:
        cards = offer(shelf, index, cards_delta(10, 11, [card(2)])).model_copy(update=changes)
    return shelf, manifest_of(shelf, head(3), cards)


@pytest.mark.parametrize(
    ("answer", "manifest", "why"),
    [
        (ValueError("not the bytes that were asked for"), MANIFEST, "not the bytes"),
        (b"rubbish", MANIFEST, "no zlib stream"),
        (DATA, MANIFEST.model_copy(update={"version": 4}), "its manifest says 4"),
        (snapshot(3)[1], snapshot(3)[0].model_copy(update={"version": 9}), "its manifest says 9"),
        (*snapshot(3, community="330105009013")[::-1], "for the community 330105009013"),
        (*snapshot(3, [card(1), card(1)])[::-1], "rise by their ids"),
        (*wrong(index_seq=9), "the index is of state 10"),
        (*wrong(seq=12), "the delta leads from 10 to 11, not from 10 to 12"),
    ],
)
def test_a_policy_that_is_wrong_stays_wrong(
    tmp_path: Path, answer: Shelf | bytes | Exception, manifest: Manifest, why: str
) -> None:
    found = outcome(tmp_path, answer, manifest)
    assert (found.staged, found.again) == (None, False)
    assert why in found.why


def test_a_disk_that_does_not_take_it_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    fetching = fetcher(folder, Server(DATA), Queue())
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    found = fetching.outcome(MANIFEST)
    assert (found.staged, found.again) == (None, True)


def test_it_works_on_a_thread_of_its_own(tmp_path: Path) -> None:
    told: Queue[Fetched] = Queue()
    fetching = fetcher(tmp_path, Server(DATA), told)
    fetching.start()
    assert fetching.alive()
    fetching.fetch(MANIFEST)
    assert told.get(timeout=20).staged is not None
    fetching.stop()
    assert not fetching.alive()
