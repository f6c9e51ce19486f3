"""How a program of ours is told to end: Ctrl-C, or a service manager's SIGTERM."""

import _thread
import signal
import threading
from collections.abc import Callable

POLITE = (signal.SIGINT, signal.SIGTERM)


def stop_on_signal() -> threading.Event:
    """Set as soon as somebody asks this process to end. Call it in the main thread."""
    stop = threading.Event()
    for number in POLITE:
        signal.signal(number, lambda *_: apart(stop.set))
    return stop


def apart(act: Callable[[], None]) -> None:
    """What a signal's handler leads to.

    Not in the handler itself: it runs in the middle of the main thread, which may hold the event's own lock just then
    (`stop.wait`), and would wait for itself for ever. A bare thread takes no lock that could be held.
    """
    _thread.start_new_thread(act, ())
