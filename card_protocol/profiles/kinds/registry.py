"""All kinds. Adding one is a file, a line here, and a test that inherits `kind_contract.py` of the tests."""

from card_protocol.profiles.kinds.activity import ACTIVITY
from card_protocol.profiles.kinds.care import CARE
from card_protocol.profiles.kinds.clinic import CLINIC
from card_protocol.profiles.kinds.desk import DESK
from card_protocol.profiles.kinds.door import DOOR
from card_protocol.profiles.kinds.gate import GATE
from card_protocol.profiles.kinds.home_visit import HOME_VISIT
from card_protocol.profiles.kinds.kind import Kind
from card_protocol.profiles.kinds.lift import LIFT
from card_protocol.profiles.kinds.muster import MUSTER
from card_protocol.profiles.kinds.turnstile import TURNSTILE
from card_protocol.profiles.kinds.updater import UPDATER
from card_protocol.profiles.layout import Holder
from card_protocol.words.point import Point, PointKind

_ALL = (GATE, DOOR, TURNSTILE, LIFT, CLINIC, CARE, HOME_VISIT, ACTIVITY, DESK, MUSTER, UPDATER)

KINDS: dict[PointKind, Kind] = {kind.kind: kind for kind in _ALL}


def holders_at(point: Point) -> frozenset[Holder]:
    """The compartments whose keys a point is given: a station that sells nothing gets no key to any purse."""
    kind = KINDS[point.kind]
    unused = {Holder.PAY_POINT} if kind.takes_money and point.price_fen is None else set()
    return kind.holders - unused


def kinds_table() -> str:
    """Markdown: one row a kind, derived, so that documentation cannot drift. What every tap does is left out."""
    head = "| kind | lock | after the verdict | reads | writes | keys beside the tap's |\n|---|---|---|---|---|---|"
    return "\n".join((head, *map(_row, _ALL)))


def _row(kind: Kind) -> str:
    keys = [slot.purpose.name.lower().replace("_", " ") for slot in kind.slots if slot.holder is not Holder.GATEWAY]
    reads, writes = ([f"{use.application.name} {use.file}" for use in uses] for uses in (kind.reads, kind.writes))
    cells = (kind.kind, "yes" if kind.has_passage else "–", kind.does, *map(_list, (reads, writes, keys)))
    return f"| {' | '.join(cells)} |"


def _list(names: list[str]) -> str:
    return ", ".join(names) or "–"
