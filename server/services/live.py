"""The live feed: what was committed is handed, after the commit, to whoever shows it.

| channel | the fact |
|---|---|
| `event` | `services.events.events.EventView` as a dict |
| `alarm` | `services.events.alarms.AlarmView` as a dict |
| `card` | id, number, state, holder_id (a card has changed) |
| `gateway` | `services.gateways.gateways.GatewayView` as a dict |
| `desk` | `services.desk.desks.DeskView` as a dict |
| `command` | `services.gateways.commands.CommandView` as a dict |
| `policy` | gateway, version (a policy was published) |
| `incident` | number, matter, state, unit, due_ms, urgency, overdue, at_ms (one was reported or has moved) |
| `care` | nothing of anybody: the pages of elderly care ask anew |
| `clinic` | nothing of anybody: the clinic's pages ask anew |
| `activity` | nothing of anybody: the pages of activities ask anew |
| `notice` | number, zh, en, from_ms, to_ms, withdrawn (one was written or withdrawn) |
| `lost` | nothing: facts of other programs were lost, the tables know |

Listeners are called on the publishing thread, one after the other, and must return at once (put it into a queue
of their own); one that raises is logged and the others still hear.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal

import structlog

Channel = Literal[
    "event",
    "alarm",
    "card",
    "gateway",
    "desk",
    "command",
    "policy",
    "incident",
    "care",
    "clinic",
    "activity",
    "notice",
    "lost",
]
Fact = Mapping[str, Any]
Listener = Callable[[Channel, Fact], None]

MAX_LISTENERS = 64

_log = structlog.get_logger()


class Feed:
    """Where facts come in and listeners are told. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """From now on tell `listener`; the returned function ends it. ValueError beyond MAX_LISTENERS."""
        with self._lock:
            if len(self._listeners) >= MAX_LISTENERS:
                raise ValueError(f"more than {MAX_LISTENERS} listeners: one per program part is enough")
            self._listeners = (*self._listeners, listener)
        return lambda: self._forget(listener)

    def publish(self, channel: Channel, fact: Fact) -> None:
        """Tell everyone. Call it after the commit: a listener must never see what was rolled back."""
        for listener in self._listeners:
            try:
                listener(channel, fact)
            except Exception:
                _log.exception("live_listener_failed", channel=channel)

    def _forget(self, listener: Listener) -> None:
        with self._lock:
            self._listeners = tuple(other for other in self._listeners if other is not listener)
