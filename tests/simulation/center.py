"""The server's side: the real arithmetic of intake on a ledger in memory, quick enough for thousands of histories.

`messages.read`, `core.take` and `core.still_lacking` are the product's own; what a data base does (all of a
transaction or nothing, backups) is modelled by whole copies. `real_center` puts the real data base in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from card_protocol.crypto.signing import Signer
from card_protocol.wire.ack import Ack
from card_protocol.wire.revocations import Revocations
from card_protocol.wire.sealed import Verify, seal
from card_protocol.wire.state import State
from card_protocol.wire.topics import Channel
from card_protocol.words.card import CardState
from card_protocol.words.revocation import Revocation
from server.intake import core, messages
from server.intake.core import Position
from server.intake.messages import Refused, SignedBatch
from tests.gateway.policies import Shelf, card, card_id, cards_index, head, manifest_of, offer, revocation
from tests.gateway.world import BOX, COMMUNITY, GATEWAY, SERVER
from tests.simulation.nature import TrueTime

CARDS = 12
LEAP = 1000


class Up(NamedTuple):
    """A message from below."""

    topic: str
    payload: bytes


class Down(NamedTuple):
    """A message to the box."""

    channel: Channel
    payload: bytes
    retain: bool = False


Key = tuple[str, int]
"""(epoch, seq)"""


@dataclass
class Facts:
    """What is committed."""

    events: dict[Key, tuple[bytes, bytes]] = field(default_factory=dict)
    """Body and hash, in the order of arrival."""
    dead: dict[Key, tuple[bytes, bytes]] = field(default_factory=dict)
    quarantine: dict[tuple[str, int, bytes], bytes] = field(default_factory=dict)
    holes: list[tuple[str, int, int]] = field(default_factory=list)
    watermarks: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    unexplained: int = 0

    def copied(self) -> "Facts":
        """What is in them is never changed, so that the containers are all that has to be copied."""
        return replace(
            self,
            events=dict(self.events),
            dead=dict(self.dead),
            quarantine=dict(self.quarantine),
            holes=list(self.holes),
            watermarks=dict(self.watermarks),
        )


class Center(Protocol):
    """One server for one gateway."""

    gateway: str
    community: str
    box: Signer
    believes: Verify
    """The server's signature, as the box checks it."""

    def process(self, group: Sequence[Up], credit: int | None) -> list[Down]:
        """One transaction; what goes down after it."""
        ...

    def greetings(self) -> list[Down]:
        """After a broker came back."""
        ...

    def said(self) -> list[Down]:
        """After states: what the box lacks."""
        ...

    def publish(self) -> list[Down]:
        """A new policy."""
        ...

    def revoke(self) -> tuple[str | None, list[Down]]:
        """A card that may not pass any more; None when none is left."""
        ...

    def blob(self, sha256: str) -> bytes | None:
        """A piece of a policy."""
        ...

    def back_up(self) -> None: ...

    def restore(self) -> bool:
        """Go back to the last backup, if there is one."""
        ...

    def newest_policy(self) -> int: ...

    def newest_revocation(self) -> int: ...

    def facts(self) -> Facts: ...

    def audit(self) -> list[str]:
        """What `onecard audit verify` finds that is neither complete nor a declared hole."""
        ...

    def close(self) -> None: ...


@dataclass
class Ledger:
    """What a backup holds."""

    facts: Facts = field(default_factory=Facts)
    positions: dict[str, Position] = field(default_factory=dict)
    epoch: str = ""
    acked_seq: int = 0
    applied_rev: int = 0
    applied_policy: int = 0
    said: tuple[int, int] = (0, 0)
    """Run and turn of the newest state."""
    version: int = 0
    rev_seq: int = 0
    revoked: dict[str, Revocation] = field(default_factory=dict)
    manifest: bytes = b""
    shelf: Shelf = field(default_factory=Shelf)

    def copied(self) -> "Ledger":
        """As a data base is after a backup, or in a transaction."""
        return replace(
            self,
            facts=self.facts.copied(),
            positions=dict(self.positions),
            revoked=dict(self.revoked),
            shelf=Shelf(self.shelf),
        )


class ModelCenter:
    """See `Center`."""

    def __init__(self, true: TrueTime) -> None:
        self.gateway, self.community, self.box, self.believes = GATEWAY, COMMUNITY, BOX, SERVER.verifier.verify
        self._true = true
        self.ledger = Ledger()
        self._backup: Ledger | None = None
        self._backed_up_ms = 0

    def process(self, group: Sequence[Up], credit: int | None) -> list[Down]:
        work = self.ledger.copied()
        stands: dict[str, core.Taken] = {}
        believed: dict[str, int] = {}
        for message in group:
            word = messages.read(message.topic, message.payload, self._verifier)
            match word:
                case SignedBatch():
                    self._batch(work, stands, word)
                case State():
                    if (word.run, word.turn) < work.said:
                        continue
                    if word.online and (word.epoch, word.acked_seq) != (work.epoch, work.acked_seq):
                        believed[word.epoch] = word.acked_seq
                    if word.online:
                        believed.update({one.epoch: one.acked_seq for one in word.past})
                    self._state(work, word)
                case Refused():
                    work.facts.refused += 1
                    work.facts.unexplained += not word.problem
        acks = [self._ack(epoch, taken, credit) for epoch, taken in stands.items()]
        for epoch, acked_seq in believed.items():
            held = work.positions.get(epoch, Position())
            if epoch not in stands and acked_seq > held.watermark:
                acks.append(self._ack(epoch, core.Taken(held, need_from=held.watermark + 1), credit))
        self.ledger = work
        return acks

    def greetings(self) -> list[Down]:
        ledger, down = self.ledger, []
        if ledger.epoch:
            down.append(self._ack(ledger.epoch, core.Taken(ledger.positions.get(ledger.epoch, Position())), None))
        if ledger.manifest:
            down.append(Down(Channel.POLICY, ledger.manifest, retain=True))
        return [*down, *self.said()]

    def said(self) -> list[Down]:
        ledger = self.ledger
        behind = ledger.manifest and ledger.applied_policy < ledger.version
        again = [Down(Channel.POLICY, ledger.manifest, retain=True)] if behind else []
        return [*again, *self._missing()]

    def _missing(self) -> list[Down]:
        ledger = self.ledger
        missing = sorted(
            (one for one in ledger.revoked.values() if one.rev_seq > ledger.applied_rev), key=lambda one: one.rev_seq
        )
        if not missing:
            return []
        after, upto = ledger.applied_rev, missing[-1].rev_seq
        word = Revocations(gateway=GATEWAY, after=after, upto=upto, entries=tuple(missing))
        return [Down(Channel.REVOCATIONS, seal("revocations", word, SERVER.sign))]

    def publish(self) -> list[Down]:
        ledger = self.ledger
        ledger.version += 1
        states = dict.fromkeys(ledger.revoked, CardState.REVOKED)
        cards = [card(number, state=states.get(card_id(number), CardState.ACTIVE)) for number in range(CARDS)]
        its_head = head(ledger.version, len(cards), rev_seq=ledger.rev_seq)
        offered = offer(ledger.shelf, cards_index(ledger.shelf, cards, seq=ledger.version))
        manifest = manifest_of(ledger.shelf, its_head, offered)
        ledger.manifest = seal("manifest", manifest, SERVER.sign)
        return [Down(Channel.POLICY, ledger.manifest, retain=True)]

    def revoke(self) -> tuple[str | None, list[Down]]:
        ledger = self.ledger
        left = [number for number in range(CARDS) if card_id(number) not in ledger.revoked]
        if not left:
            return None, []
        ledger.rev_seq += 1
        word = revocation(ledger.rev_seq, left[0])
        ledger.revoked[word.card_id] = word
        return word.card_id, self._missing()

    def blob(self, sha256: str) -> bytes | None:
        return self.ledger.shelf.get(sha256)

    def back_up(self) -> None:
        self._backup, self._backed_up_ms = self.ledger.copied(), self._true.wall_ms

    def restore(self) -> bool:
        if self._backup is None:
            return False
        self.ledger = self._backup.copied()
        # As `onecard server restore` does: a gateway follows no number below one that it has seen.
        leap = LEAP + (self._true.wall_ms - self._backed_up_ms) // 1000
        self.ledger.version += leap
        self.ledger.rev_seq += leap
        self.publish()
        return True

    def newest_policy(self) -> int:
        return self.ledger.version

    def newest_revocation(self) -> int:
        return self.ledger.rev_seq

    def facts(self) -> Facts:
        return self.ledger.facts

    def audit(self) -> list[str]:
        return []

    def close(self) -> None:
        """Nothing is open."""

    def _verifier(self, gateway: str):  # type: ignore[no-untyped-def]
        return BOX.verifier if gateway == GATEWAY else None

    def _state(self, work: Ledger, state: State) -> None:
        if state.online:
            work.said = (state.run, state.turn)
            work.epoch, work.acked_seq, work.applied_rev = state.epoch, state.acked_seq, state.rev_seq
            work.applied_policy = state.policy_version

    def _batch(self, work: Ledger, stands: dict[str, core.Taken], signed: SignedBatch) -> None:
        batch, facts = signed.batch, work.facts
        epoch = batch.epoch
        links = core.links_of(batch)
        if links is None:
            facts.refused += 1
            return
        earlier = stands.get(epoch) or core.Taken(work.positions.get(epoch, Position()))
        numbers = core.overlap(earlier.position, links, batch.gap_from)
        held = {**facts.events, **facts.dead} if numbers else {}
        known = {seq: held[epoch, seq][1] for seq in numbers if (epoch, seq) in held}
        gap_hash = bytes.fromhex(batch.gap_hash) if batch.gap_hash is not None else None
        previous = bytes.fromhex(batch.prev_hash)
        taken = core.take(earlier.position, previous, links, known, batch.gap_from, gap_hash)
        for link, _ in taken.events:
            facts.events.setdefault((epoch, link.seq), (link.body, link.hash))
        for link, _ in taken.dead:
            facts.dead.setdefault((epoch, link.seq), (link.body, link.hash))
        for fork in taken.forks:
            facts.quarantine[epoch, fork.link.seq, fork.link.hash] = fork.link.body
        if taken.hole is not None:
            facts.holes.append((epoch, taken.hole.start, taken.hole.stop - 1))
        work.positions[epoch] = taken.position
        facts.watermarks[epoch] = taken.position.watermark
        stands[epoch] = core.still_lacking(earlier, taken)

    def _ack(self, epoch: str, taken: core.Taken, credit: int | None) -> Down:
        ack = Ack(
            gateway=GATEWAY,
            epoch=epoch,
            upto=taken.position.watermark,
            head_hash=taken.position.head.hex(),
            need_from=taken.need_from,
            same_upto=taken.same.watermark if taken.same else None,
            same_hash=taken.same.head.hex() if taken.same else None,
            forked=taken.forked or None,
            server_ms=self._true.wall_ms,
            credit=credit,
        )
        return Down(Channel.ACK, seal("ack", ack, SERVER.sign))
