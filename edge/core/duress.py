"""The sign of duress: a code that is typed or a hidden button that is pressed, before the tap or after it.

Nothing at the point may look or sound otherwise than always, so this machine opens, shows and refuses nothing. It says
when the guard must hear of it (a DURESS event, at once) and for how long a tap at the point counts as one under duress.
A second sign while the first stands makes it stand longer and is not told again: a button that is pressed ten times in
fear is one alarm. `now_ms` is monotonic.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from card_protocol.words.event import Event, EventKind, note_event
from card_protocol.words.moment import Moment

KEY_PAUSE_MS: Final = 10_000
"""What was typed before so long a pause has nothing to do with what is typed now."""

CODE: Final = "code"
BUTTON: Final = "button"
"""`by` in the event's detail."""


@dataclass(frozen=True)
class DuressSettings:
    """What the installer chose. `code` is empty where there is none; it does not print."""

    point: str
    code: str = field(default="", repr=False)
    window_ms: int = 15_000


@dataclass(frozen=True)
class Duress:
    """What was typed of late, how long a sign stands, and the latest tap."""

    settings: DuressSettings
    typed: str = field(default="", repr=False)
    typed_ms: int = 0
    stands_until_ms: int = 0
    tap: Event | None = None
    tap_ms: int = 0


def stands(duress: Duress, now_ms: int) -> bool:
    """Whether a tap now is one under duress."""
    return now_ms < duress.stands_until_ms


def tapped(duress: Duress, event: Event, now_ms: int) -> Duress:
    """A tap was decided: a sign that follows soon is its holder's."""
    return replace(duress, tap=event, tap_ms=now_ms)


def key(duress: Duress, pressed: str, moment: Moment, now_ms: int) -> tuple[Duress, Event | None]:
    """A key was pressed: the state after it, and the event if it completed the code."""
    code = duress.settings.code
    if not code:
        return duress, None
    before = duress.typed if now_ms - duress.typed_ms < KEY_PAUSE_MS else ""
    typed = (before + pressed)[-len(code) :]
    if typed != code:
        return replace(duress, typed=typed, typed_ms=now_ms), None
    return given(replace(duress, typed="", typed_ms=now_ms), CODE, moment, now_ms)


def given(duress: Duress, by: str, moment: Moment, now_ms: int) -> tuple[Duress, Event | None]:
    """The sign was given: the state after it, and the event unless a sign stood already."""
    after = replace(duress, stands_until_ms=now_ms + duress.settings.window_ms)
    return after, None if stands(duress, now_ms) else _told(duress, by, moment, now_ms)


def _told(duress: Duress, by: str, moment: Moment, now_ms: int) -> Event:
    event = note_event(EventKind.DURESS, moment, duress.settings.point, by=by)
    tap = duress.tap
    if tap is None or now_ms - duress.tap_ms >= duress.settings.window_ms:
        return event
    return event.model_copy(update={"card_id": tap.card_id, "holder": tap.holder})
