"""Which driver stands behind which prefix. Adding one is a line here and a file beside."""

from collections.abc import Callable
from typing import TypeVar

from card_protocol.errors import EquipmentFault
from edge.drivers.log_feedback import LogFeedback
from edge.drivers.nfc_reader import NfcReader
from edge.drivers.no_lock import NoLock
from edge.drivers.pcsc_reader import PcscReader
from edge.drivers.sim_lock import SimLock
from edge.ports.feedback import Feedback
from edge.ports.lock import Lock
from edge.ports.reader import Reader

T = TypeVar("T")

READERS: dict[str, Callable[[str], Reader]] = {
    "nfc": NfcReader,
    "pcsc": PcscReader,
}

LOCKS: dict[str, Callable[[str], Lock]] = {
    "none": lambda _: NoLock(),
    "sim": SimLock,
}

FEEDBACKS: dict[str, Callable[[str], Feedback]] = {
    "log": LogFeedback,
}


def open_reader(spec: str) -> Reader:
    """`nfc:udp:…`, `pcsc:…` → an open reader; EquipmentFault when it is not there or the prefix is unknown."""
    return _open("reader", READERS, spec)


def open_lock(spec: str, point: str) -> Lock:
    """`none`, `sim` → a lock; a driver without an address gets the point's name."""
    return _open("lock", LOCKS, _addressed(spec, point))


def open_feedback(spec: str, point: str) -> Feedback:
    """`log` → feedback; a driver without an address gets the point's name."""
    return _open("feedback", FEEDBACKS, _addressed(spec, point))


def _addressed(spec: str, point: str) -> str:
    return spec if ":" in spec else f"{spec}:{point}"


def _open(what: str, drivers: dict[str, Callable[[str], T]], spec: str) -> T:
    prefix, _, address = spec.partition(":")
    driver = drivers.get(prefix)
    if driver is None:
        raise EquipmentFault(f"no {what} driver is called {prefix!r} (there are: {', '.join(sorted(drivers))})")
    return driver(address)
