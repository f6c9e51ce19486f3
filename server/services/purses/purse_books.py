"""The books of one purse: what was told of its transactions, in the card's own order, to the last fen. Pure.

Every transaction of a purse adds one to its counter, and whoever carried it out tells counter and value after it. From
that follows, in whatever order the reports come in:

- a counter that nobody told of is money that moved without us; the values on both sides say how much;
- a payment whose answer was lost was carried out if its counter is open and the values on both sides leave exactly its
  amount, and was not if another transaction has its counter: neither lost nor counted twice;
- two transactions with one counter, or values that do not lead from one to the next, are no purse of ours.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """What the reports say of a transaction."""

    BEGUN = "begun"
    """Asked of the card; nothing was heard since."""
    TORN = "torn"
    """The card left before it answered."""
    MADE = "made"
    """The card answered: counter and value after it are known."""
    CARRIED_OUT = "carried_out"
    """The card's own log says so later."""
    NOT_CARRIED_OUT = "not_carried_out"
    UNKNOWN = "unknown"
    """The card's log had forgotten."""


CERTAIN = frozenset({State.MADE, State.CARRIED_OUT})
OPEN = frozenset({State.BEGUN, State.TORN, State.UNKNOWN})


class Proof(StrEnum):
    """Whether the card's MAC covers the transaction."""

    PROVEN = "proven"
    FALSE = "false"
    NONE = "none"
    """There is no MAC to check: the server did it itself, or the card's log told."""


class Told(NamedTuple):
    """What was told of one transaction. Amounts in fen, a payment negative."""

    id: int
    amount: int
    before: int
    """The purse's counter before it."""
    state: State
    value: int | None = None
    """What the purse held after it."""
    proof: Proof = Proof.NONE


class Fate(StrEnum):
    """What became of a transaction, all reports taken together."""

    DONE = "done"
    NOT_DONE = "not_done"
    OPEN = "open"
    """The next transaction of the card will tell."""


class ItemKind(StrEnum):
    """What stands open in the books of a purse."""

    MISSING = "missing"
    """Transactions that nobody told of."""
    TORN = "torn"
    """One whose answer was lost, and nothing came after it yet, or too much is missing around it."""
    TWICE = "twice"
    """Two transactions with one counter."""
    FALSE_PROOF = "false_proof"
    """The MAC is not the card's."""
    UNEQUAL = "unequal"
    """Value before, amount and value after do not agree."""


class Item(NamedTuple):
    """One open item: the counters it is about, and the money, where the values tell."""

    kind: ItemKind
    first: int
    last: int
    amount: int | None


class Line(NamedTuple):
    """One transaction in the card's order."""

    told: Told
    fate: Fate
    value: int | None
    """After it: told, or reckoned from its neighbours."""


@dataclass(frozen=True)
class Books:
    """All of it. `balance` is what the purse held after transaction `counter`; None when no report says."""

    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    balance: int | None
    counter: int

    @property
    def paid_in(self) -> int:
        """Fen that came onto the card."""
        return sum(line.told.amount for line in self.lines if line.fate is Fate.DONE and line.told.amount > 0)

    @property
    def spent(self) -> int:
        """Fen that were taken out."""
        return -sum(line.told.amount for line in self.lines if line.fate is Fate.DONE and line.told.amount < 0)

    @property
    def missing(self) -> int | None:
        """Fen by which transactions that nobody told of changed the purse; None where the values do not tell."""
        amounts = [item.amount for item in self.items if item.kind is ItemKind.MISSING]
        return None if None in amounts else sum(amount or 0 for amount in amounts)


def books_of(told: Iterable[Told]) -> Books:
    """The books of a purse that began empty, at counter 0."""
    by_counter: dict[int, list[Told]] = {}
    open_: dict[int, list[Told]] = {}
    dead: list[Told] = []
    for one in sorted(told, key=lambda t: (t.before, t.id)):
        if one.state in CERTAIN:
            by_counter.setdefault(one.before + 1, []).append(one)
        elif one.state in OPEN:
            open_.setdefault(one.before + 1, []).append(one)
        else:
            dead.append(one)
    first = {counter: ones[0] for counter, ones in by_counter.items()}
    fates = dict.fromkeys((one.id for one in dead), Fate.NOT_DONE)
    values = _values(first)
    newest = max(first, default=0)
    for counter, ones in sorted(open_.items()):
        fates |= _judge(counter, ones, first, values, newest)
    done = {one.before + 1: one for ones in open_.values() for one in ones if fates[one.id] is Fate.DONE} | first
    values = _values(done)
    twice = [Item(ItemKind.TWICE, c, c, sum(o.amount for o in ones[1:])) for c, ones in by_counter.items() if ones[1:]]
    everything = [one for ones in (*by_counter.values(), *open_.values(), dead) for one in ones]
    lines = tuple(
        Line(one, fates.get(one.id, Fate.DONE), values.get(one.before + 1) if one in done.values() else one.value)
        for one in sorted(everything, key=lambda t: (t.before, t.id))
    )
    items = [*_missing(done, values), *twice, *_unequal(done, values), *_proofs(everything), *_torn(lines)]
    newest = max(done, default=0)
    return Books(lines, tuple(sorted(items, key=lambda i: (i.first, i.kind))), values.get(newest), newest)


def _values(first: Mapping[int, Told]) -> dict[int, int]:
    """Counter -> value after it: as told, else reckoned from the one before."""
    values = {0: 0}
    for counter, one in sorted(first.items()):
        if one.value is not None:
            values[counter] = one.value
        elif counter - 1 in values:
            values[counter] = values[counter - 1] + one.amount
    return values


def _before(counter: int, first: Mapping[int, Told]) -> int | None:
    """What the purse held before a transaction, by its own word."""
    one = first[counter]
    return None if one.value is None else one.value - one.amount


def _judge(
    counter: int, ones: Sequence[Told], first: Mapping[int, Told], values: Mapping[int, int], newest: int
) -> dict[int, Fate]:
    """What became of the payments that were begun when the purse stood at `counter` - 1."""
    if counter in first:
        return dict.fromkeys((one.id for one in ones), Fate.NOT_DONE)
    if counter > newest:
        return dict.fromkeys((one.id for one in ones), Fate.OPEN)
    # Something was carried out under this counter. Was it this? The values on both sides of it say so, if it is
    # alone between them.
    there, here = values.get(counter - 1), _before(counter + 1, first) if counter + 1 in first else None
    fitting = [one for one in ones if there is not None and here is not None and there + one.amount == here]
    fates = {one.id: Fate.NOT_DONE if fitting else Fate.OPEN for one in ones}
    if fitting:
        fates[fitting[0].id] = Fate.DONE
    return fates


def _missing(done: Mapping[int, Told], values: Mapping[int, int]) -> Iterable[Item]:
    before = 0
    for counter in sorted(done):
        if counter > before + 1:
            there, here = values.get(before), _before(counter, done)
            amount = None if there is None or here is None else here - there
            yield Item(ItemKind.MISSING, before + 1, counter - 1, amount)
        before = counter


def _unequal(done: Mapping[int, Told], values: Mapping[int, int]) -> Iterable[Item]:
    for counter in done:
        there, here = values.get(counter - 1), _before(counter, done)
        if there is not None and here is not None and there != here:
            yield Item(ItemKind.UNEQUAL, counter, counter, here - there)


def _proofs(told: Iterable[Told]) -> Iterable[Item]:
    return (Item(ItemKind.FALSE_PROOF, o.before + 1, o.before + 1, o.amount) for o in told if o.proof is Proof.FALSE)


def _torn(lines: Iterable[Line]) -> Iterable[Item]:
    return (
        Item(ItemKind.TORN, line.told.before + 1, line.told.before + 1, line.told.amount)
        for line in lines
        if line.fate is Fate.OPEN
    )
