"""What a batch does to what we have (design § 6.2 to 6.4). Pure: a position and a batch in, what to write out.

| the batch | what happens |
|---|---|
| continues our chain | its events are new; the watermark moves to its end |
| overlaps what we have | the same hashes again: nothing; other hashes: those events go to quarantine |
| begins behind a gap | nothing is taken; the ack asks for what is missing |
| begins behind a gap that it declares as lost for good | the hole is recorded and the chain goes on behind it |
| the same, and we hold another event before that gap | a fork: its events go to quarantine |
| does not continue our chain | a fork: its events go to quarantine, the watermark stays |
| is or meets a fork, or lies behind us | the ack says up to where the two histories are the same |
| holds a body that is no event | that one is a dead letter with its bytes; the watermark moves over it |

The answer always says where we stand, so that a lost acknowledgement is repaired by any later batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from card_protocol.wire.batch import Batch
from card_protocol.words.event import EVENT_MAX_BYTES, GENESIS, Event


@dataclass(frozen=True)
class Position:
    """Everything of one journal file up to `watermark` is committed; `head` is the hash of that event."""

    watermark: int = 0
    head: bytes = GENESIS


@dataclass(frozen=True)
class Link:
    """One event of a batch: its place, its exact bytes, its hash."""

    seq: int
    body: bytes
    hash: bytes


@dataclass(frozen=True)
class Fork:
    """An event under a key where we hold another one, or none that leads to it (`known` is None)."""

    link: Link
    known: bytes | None


@dataclass(frozen=True)
class Taken:
    """What to write for one batch, and where we stand afterwards."""

    position: Position
    events: tuple[tuple[Link, Event], ...] = ()
    dead: tuple[tuple[Link, str], ...] = ()
    forks: tuple[Fork, ...] = ()
    hole: range | None = None
    """Numbers over which the watermark moved because the gateway declared them lost."""
    need_from: int | None = None
    same: Position | None = None
    """Of a batch that brought nothing new: up to here it is what we hold."""

    @property
    def forked(self) -> bool:
        """Whether another history is held than the one that the batch tells."""
        return bool(self.forks)


@dataclass
class _Sorting:
    events: list[tuple[Link, Event]] = field(default_factory=list)
    dead: list[tuple[Link, str]] = field(default_factory=list)
    forks: list[Fork] = field(default_factory=list)


def links_of(batch: Batch) -> tuple[Link, ...] | None:
    """The events of a batch with their hashes; None when these do not lead to the batch's own head."""
    links = tuple(Link(seq, body, digest) for seq, body, digest in batch.links())
    return links if links[-1].hash.hex() == batch.head_hash else None


def overlap(position: Position, links: tuple[Link, ...], gap_from: int | None = None) -> range:
    """Which numbers of the batch we should have already, and the one before them: `take` wants to know their hashes."""
    if links[0].seq > position.watermark:
        return range(max(1, gap_from - 1), gap_from) if gap_from and gap_from <= position.watermark else range(0)
    return range(max(1, links[0].seq - 1), min(links[-1].seq, position.watermark) + 1)


def take(
    position: Position,
    previous: bytes,
    links: tuple[Link, ...],
    known: Mapping[int, bytes],
    gap_from: int | None = None,
    gap_hash: bytes | None = None,
) -> Taken:
    """Sort a batch. `previous` is its prev_hash; `known` has our hash of every number in `overlap`.

    `gap_from`: the gateway has signed that everything from there to the batch is gone; `gap_hash` is the hash that it
    has of the event before that.
    """
    hole = None
    had = position
    if links[0].seq > position.watermark + 1:
        if gap_from is None or gap_from > position.watermark + 1:
            return Taken(position, need_from=position.watermark + 1)
        held = {0: GENESIS, **known, position.watermark: position.head}.get(gap_from - 1)
        if gap_hash is not None and held is not None and gap_hash != held:
            return Taken(position, forks=tuple(Fork(link, None) for link in links))
        hole = range(position.watermark + 1, links[0].seq)
        position = Position(links[0].seq - 1, previous)
    sorting = _Sorting()
    before = previous
    ours = True
    for link in links:
        if link.seq <= position.watermark:
            if known.get(link.seq) != link.hash:
                sorting.forks.append(Fork(link, known.get(link.seq)))
        else:
            ours = ours and before == position.head
            if not ours:
                sorting.forks.append(Fork(link, None))
            else:
                _accept(sorting, link)
                position = Position(link.seq, link.hash)
        before = link.hash
    same = None
    if sorting.forks or position.watermark > links[-1].seq:
        same = _same(had, previous, links, known)
    return Taken(position, tuple(sorting.events), tuple(sorting.dead), tuple(sorting.forks), hole, same=same)


def still_lacking(earlier: Taken, later: Taken) -> Taken:
    """Two batches answered at once: what the first one lacked is still asked for when the second did not bring it."""
    if earlier.forked:
        agreed = [one.same for one in (earlier, later) if one.forked and one.same is not None]
        same = min(agreed, key=lambda position: position.watermark, default=None)
        later = replace(later, forks=later.forks or earlier.forks, same=same)
    lacked = earlier.need_from
    if later.need_from is None and lacked is not None and lacked > later.position.watermark:
        return replace(later, need_from=lacked)
    return later


def _same(had: Position, previous: bytes, links: tuple[Link, ...], known: Mapping[int, bytes]) -> Position | None:
    """The last event under which batch and we agree, the one before the batch included; None when there is none."""
    before = links[0].seq - 1
    ours = {0: GENESIS, had.watermark: had.head, **known}
    agreed = [Position(before, previous)] if previous == ours.get(before) else []
    agreed += [Position(link.seq, link.hash) for link in links if known.get(link.seq) == link.hash]
    return agreed[-1] if agreed else None


def _accept(sorting: _Sorting, link: Link) -> None:
    """An event, or a dead letter: one bad event never blocks a gateway."""
    if len(link.body) > EVENT_MAX_BYTES:
        sorting.dead.append((link, f"{len(link.body)} bytes; an event has at most {EVENT_MAX_BYTES}"))
        return
    try:
        sorting.events.append((link, Event.from_bytes(link.body)))
    except ValueError as error:
        sorting.dead.append((link, str(error)))
