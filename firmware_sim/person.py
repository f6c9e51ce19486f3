"""A person with cards, standing before several readers: presents, holds, pulls away, swaps, and tells how it
went. Every presentation is watched by a thread of its own; there are at most as many as fields."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count

from firmware_sim.config import FieldConfig, SimConfig
from firmware_sim.field.chip import Chip
from firmware_sim.field.faults import FaultPlan
from firmware_sim.field.field import Field
from firmware_sim.field.udp import UdpField
from firmware_sim.field.visit import Ending, Pull, Relay, Swap, Visit
from firmware_sim.field.vpcd import VpcdField
from firmware_sim.orders import AddCard, ListAll, Order, Present, Remove, Stop
from firmware_sim.pn532.field import Pn532Field
from firmware_sim.pocket import Pocket

Report = dict[str, object]
Reporter = Callable[[Report], None]
CLOSE_TIMEOUT_MS = 5000


class Refused(Exception):
    """An order that cannot be obeyed, with the reason. It never leaves :meth:`Person.obey`."""


@dataclass
class _Stay:
    """One presentation under way. ``relayed`` is the card that an attacker connects in its course."""

    number: int
    card: str
    field: str
    visit: Visit
    next: "_Stay | None" = None
    relayed: str | None = None


class Person:
    """Obeys orders and reports. ``report`` is called from several threads, one call at a time."""

    def __init__(self, config: SimConfig, report: Reporter) -> None:
        self._report = report
        self._lock = threading.RLock()
        self._numbers = count(1)
        self._stays: dict[str, _Stay] = {}
        self._watchers: list[threading.Thread] = []
        self._pocket = Pocket(config.state_dir, config.seed)
        for card in config.cards:
            self._pocket.add(card)
        self._fields: dict[str, Field] = {}
        try:
            for field in config.fields:
                self._fields[field.name] = _build(field)
        except OSError:
            self.close()
            raise

    def ready(self) -> Report:
        """Where the readers find the fields."""
        return {"event": "ready", "fields": {name: _place(field) for name, field in self._fields.items()}}

    def obey(self, order: Order) -> None:
        """Do it and answer before anything that comes of it. After ``stop`` whoever runs us closes."""
        answer: Report = {} if order.id is None else {"id": order.id}
        with self._lock:
            try:
                answer |= self._do(order)
            except Refused as reason:
                answer |= {"event": "refused", "do": order.do, "reason": str(reason)}
            self._report(answer)

    def close(self) -> None:
        """End every visit, report it, close the fields."""
        for field in self._fields.values():
            field.close()
        for watcher in self._watchers:
            watcher.join(CLOSE_TIMEOUT_MS / 1000)

    def _do(self, order: Order) -> Report:
        match order:
            case Present():
                return self._present(order)
            case Remove():
                self._field(order.field).clear()
            case AddCard():
                self._add(order)
            case ListAll():
                return {"event": "list", "cards": self._pocket.names, "fields": list(self._fields)}
            case Stop():
                pass
        return {"event": "done", "do": order.do}

    def _add(self, order: AddCard) -> None:
        if self._pocket.get(order.card.name) is not None:
            raise Refused(f"there is a card {order.card.name!r} already")
        try:
            self._pocket.add(order.card)
        except ValueError as error:
            raise Refused(f"the memory of {order.card.name!r} is damaged") from error

    def _field(self, name: str) -> Field:
        field = self._fields.get(name)
        if field is None:
            raise Refused(f"there is no field {name!r}")
        return field

    def _present(self, order: Present) -> Report:
        field = self._field(order.field)
        stay = self._plan(order)
        for name in _cards_of(order):
            self._free(name)
        self._watchers = [watcher for watcher in self._watchers if watcher.is_alive()]
        watcher = threading.Thread(
            target=self._watch, args=(stay, order.for_ms), name=f"watch {order.field}", daemon=True
        )
        self._stays[order.field] = stay
        field.place(stay.visit)
        watcher.start()
        self._watchers.append(watcher)
        return {"event": "begun", "visit": stay.number, "card": stay.card, "field": stay.field}

    def _plan(self, order: Present) -> _Stay:
        """From the order to a visit, and to the one after it when the cards are swapped by hand."""
        plan = FaultPlan({fault.at: fault.fault() for fault in order.faults})
        pull = Pull(order.pull.at, order.pull.executed) if order.pull else None
        swap = relay = follower = None
        if order.swap is not None:
            other = self._chip(order.swap.card)
            if order.swap.relay:
                relay = Relay(order.swap.at, other)
            else:
                follower = _Stay(next(self._numbers), order.swap.card, order.field, Visit(other))
                swap = Swap(order.swap.at, follower.visit)
        visit = Visit(self._chip(order.card), pull, swap, relay, plan, order.waits)
        relayed = order.swap.card if order.swap and relay else None
        return _Stay(next(self._numbers), order.card, order.field, visit, follower, relayed)

    def _chip(self, name: str) -> Chip:
        chip = self._pocket.get(name)
        if chip is None:
            raise Refused(f"there is no card {name!r}")
        return chip

    def _free(self, card: str) -> None:
        """A card lies in one place at a time: it leaves the field where it lies now."""
        for stay in self._stays.values():
            for part in _parts(stay):
                if card in (part.card, part.relayed):
                    part.visit.end(Ending.TOLD)

    def _watch(self, stay: _Stay, hold_ms: int | None) -> None:
        """Wait for the end of a presentation, then remember the card and tell."""
        until = None if hold_ms is None else time.monotonic() + hold_ms / 1000
        part: _Stay | None = stay
        while part is not None:
            started = time.monotonic()
            if not part.visit.over.wait(None if until is None else max(0.0, until - started)):
                part.visit.end(Ending.TIME)
            ending = part.visit.ending
            lasted_ms = round((time.monotonic() - started) * 1000)
            with self._lock:
                self._pocket.save(part.card)
                self._report(
                    {
                        "event": "ended",
                        "visit": part.number,
                        "card": part.card,
                        "field": part.field,
                        "exchanges": part.visit.exchanges,
                        "ending": ending.value if ending else "",
                        "lasted_ms": lasted_ms,
                    }
                )
            part = part.next if ending is Ending.SWAPPED else None


def _parts(stay: _Stay) -> Iterator[_Stay]:
    part: _Stay | None = stay
    while part is not None:
        yield part
        part = part.next


def _cards_of(order: Present) -> list[str]:
    return [order.card] if order.swap is None else [order.card, order.swap.card]


def _build(config: FieldConfig) -> Field:
    if config.kind == "udp":
        return UdpField(config.port)
    if config.kind == "vpcd":
        return VpcdField(config.port)
    return Pn532Field()


def _place(field: Field) -> dict[str, object]:
    """How a reader's driver reaches the field."""
    if isinstance(field, UdpField):
        return {"kind": "udp", "port": field.port}
    if isinstance(field, VpcdField):
        return {"kind": "vpcd", "port": field.port}
    if isinstance(field, Pn532Field):
        return {"kind": "pn532", "path": field.path}
    raise TypeError(type(field).__name__)
