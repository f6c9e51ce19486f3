"""The bytes of the live stream (WHATWG HTML § 9.2, server-sent events): encoded once, sent to many.

| event | data | the browser |
|---|---|---|
| frame | one change of the page | puts it in its place |
| beat | the server's time [ms] | knows that silence means a lost stream |
| refresh | nothing | has missed frames: asks for the whole panel anew |
| bye | nothing | was signed out: asks for the page anew |
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from server.pages.i18n import Language

RETRY_MS = 2000
"""How long a browser waits before it calls again."""


Mode = Literal["replace", "prepend", "poke"]


@dataclass(frozen=True)
class Change:
    """One change of a page, in one language.

    `replace` swaps the element with the id `key`; `prepend` puts the HTML first into the element with the id
    `place` (or swaps an element `key` that is there already: a replayed frame does no harm); `poke` carries no HTML
    and makes the parts of a page that show `place` ask for themselves anew.
    """

    mode: Mode
    place: str
    key: str = ""
    html: str = ""


@dataclass(frozen=True)
class Frame:
    """One change in every language, with its number in the stream."""

    number: int
    channels: frozenset[str]
    """Who hears it: whoever listens to one of them."""
    encoded: Mapping[Language, bytes]


class Chunk:
    """What several listeners are sent at once."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @cached_property
    def framed(self) -> bytes:
        """As a chunk of an HTTP/1.1 body (RFC 9112 § 7.1), made once for all."""
        return b"%x\r\n%b\r\n" % (len(self.data), self.data)


def encode(event: str, data: object, event_id: str | None = None) -> bytes:
    """One event as bytes; JSON has no raw line breaks, so one data line is enough."""
    head = f"id: {event_id}\n" if event_id is not None else ""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{head}event: {event}\ndata: {text}\n\n".encode()


def encode_change(change: Change, event_id: str) -> bytes:
    """A change as a `frame` event."""
    return encode(
        "frame", {"mode": change.mode, "place": change.place, "key": change.key, "html": change.html}, event_id
    )


def beat(now_ms: int) -> bytes:
    """Sign of life."""
    return encode("beat", {"at": now_ms})


def refresh(event_id: str) -> bytes:
    """Frames up to this place are not coming any more."""
    return encode("refresh", {}, event_id)


HELLO = f"retry: {RETRY_MS}\n\n".encode()
BYE = encode("bye", {})


def event_id(boot: str, number: int) -> str:
    """The name of a place in the stream."""
    return f"{boot}-{number}"


def parse_event_id(text: str) -> tuple[str, int] | None:
    """(boot, number), or None when the text names no place."""
    boot, dash, number = text.rpartition("-")
    if not dash or not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    return boot, int(number)
