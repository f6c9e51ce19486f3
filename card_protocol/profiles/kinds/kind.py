"""What a kind of point says of itself, as data. The keys follow from the layout, so that no kind can claim others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from card_protocol.channel.files import NEVER
from card_protocol.crypto.tree import Purpose
from card_protocol.profiles.layout import ACCESS, Application, Holder, KeySlot
from card_protocol.words.point import PointKind
from card_protocol.words.service import Service


class Use(NamedTuple):
    """A file of an application."""

    application: Application
    file: str

    @property
    def read_slot(self) -> KeySlot:
        """The key with which a point reads it."""
        return self.application.keys[self.application.file(self.file).rights.read]

    @property
    def write_slot(self) -> KeySlot:
        """The key with which a point appends, debits or hands on what was signed elsewhere."""
        rights = self.application.file(self.file).rights
        return self.application.keys[rights.read_write if rights.write == NEVER else rights.write]


class Here(NamedTuple):
    """Where and when a card is served, as the logs on cards have it."""

    point: int
    """`card_records.point_tag`."""
    wall_minutes: int


@dataclass(frozen=True)
class CheckIn:
    """A visit: the content of `application` is read, one record is appended to its log."""

    application: Application
    record: Callable[[Here], bytes]
    done: Service
    may: Callable[[bytes], bool] = lambda _content: True
    """Whether the content lets a record be appended (a clinic's: consent). Without, the person is served all the same
    and nothing is left on the card."""
    member: Callable[[bytes], bool] = lambda _content: True
    """Whether the content says that the holder is a member: asked where the point is for members alone."""


TAP_READS = (Use(ACCESS, "header"), Use(ACCESS, "grant"), Use(ACCESS, "revocations"))
TAP_WRITES = (Use(ACCESS, "events"), Use(ACCESS, "revocations"))
"""What every kind does: who is this, and the access event and revocations after the answer."""


@dataclass(frozen=True)
class Kind:
    """One kind. `reads` and `writes` are what it does beside the tap itself."""

    kind: PointKind
    does: str
    """One line for the table."""
    has_passage: bool = False
    """People walk through it, so it wants a lock; a service point only says yes or no."""
    reads: tuple[Use, ...] = ()
    writes: tuple[Use, ...] = ()
    check_in: CheckIn | None = None
    takes_money: bool = False
    """Where the policy sets a price, it is debited from the purse on the card."""
    renews: bool = False
    """The server renews the grant on the card while the person waits; the point itself only relays."""
    counts_the_refused: bool = False
    """Whoever taps is heard, whatever the verdict: nobody is left off a muster list because of a schedule."""

    @property
    def serves(self) -> bool:
        """Whether something follows the verdict for which the person waits."""
        return self.check_in is not None or self.takes_money or self.renews or self.counts_the_refused

    @property
    def slots(self) -> tuple[KeySlot, ...]:
        """The keys that it needs, the tap's first."""
        reading = (use.read_slot for use in (*TAP_READS, *self.reads))
        writing = (use.write_slot for use in (*TAP_WRITES, *self.writes))
        return tuple(dict.fromkeys((*reading, *writing)))

    @property
    def purposes(self) -> frozenset[Purpose]:
        """The leaf keys that a point of this kind is given."""
        return frozenset(slot.purpose for slot in self.slots)

    @property
    def holders(self) -> frozenset[Holder]:
        """Of which compartments those keys are."""
        return frozenset(slot.holder for slot in self.slots)
