"""Commands, down, and what became of them, up (design § 6): a person at the server moves something at a door.

The server numbers the commands of a gateway, signs each and says until when it may be carried out. The gateway takes
one once, whatever is repeated, delayed or replayed, and answers with a `CommandAck`: taken, or refused and why. What
the door then did comes up as an event (`command_done`, `command_failed`) that names the number.

| action | names | it means |
|---|---|---|
| open_once | a point | let somebody through, as a tap would |
| hold_open | a point | it stands unlocked until a release |
| lock_down | an area, a level | only the roles that the policy names for the level enter, until a release |
| release | a point or an area | ends the hold, or the lockdown |
| read_log | nothing | the newest lines of the box's own logs, in the answer |
| restart_reader | a point | close its reader and open it anew |
| forgive | a point | anti-passback of its area starts anew: nobody is kept out for not having tapped out |

Whoever wants out gets out: neither the exit button nor the fire panel asks for any of these.
"""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from card_protocol.words.base import Count, Positive, Word
from card_protocol.words.ids import Slug
from card_protocol.words.moment import WallMs
from card_protocol.words.situation import LOCKDOWN_MAX_LEVEL

LOG_MAX_LINES = 200
LOG_LINE_MAX_CHARS = 500


class Action(StrEnum):
    """What is to be done; a closed list."""

    OPEN_ONCE = "open_once"
    HOLD_OPEN = "hold_open"
    LOCK_DOWN = "lock_down"
    RELEASE = "release"
    READ_LOG = "read_log"
    RESTART_READER = "restart_reader"
    FORGIVE = "forgive"


class Aim(StrEnum):
    """What an action names."""

    POINT = "point"
    AREA = "area"
    NOTHING = "nothing"


AIMS: dict[Action, frozenset[Aim]] = {
    Action.OPEN_ONCE: frozenset({Aim.POINT}),
    Action.HOLD_OPEN: frozenset({Aim.POINT}),
    Action.LOCK_DOWN: frozenset({Aim.AREA}),
    Action.RELEASE: frozenset({Aim.POINT, Aim.AREA}),
    Action.READ_LOG: frozenset({Aim.NOTHING}),
    Action.RESTART_READER: frozenset({Aim.POINT}),
    Action.FORGIVE: frozenset({Aim.POINT}),
}

OPENS = frozenset({Action.OPEN_ONCE, Action.HOLD_OPEN, Action.RELEASE})
"""What may let somebody in who otherwise would not come in: not by a clock that cannot tell whether it is too late."""

LASTING = frozenset({Action.HOLD_OPEN, Action.LOCK_DOWN, Action.RELEASE})
"""What holds until something else is said, also over a restart."""

Level = Annotated[int, Field(ge=1, le=LOCKDOWN_MAX_LEVEL)]


class Command(Word):
    """One order for one gateway. `number` rises; there may be holes."""

    gateway: Slug
    number: Positive
    action: Action
    point: Slug | None = None
    area: Slug | None = None
    level: Level | None = None
    issued_ms: WallMs
    expires_ms: WallMs
    """From then on it must not be begun any more. What lasts goes on lasting."""

    @property
    def aim(self) -> Aim:
        """What it names."""
        return Aim.POINT if self.point is not None else Aim.AREA if self.area is not None else Aim.NOTHING

    @model_validator(mode="after")
    def _names_what_it_is_about(self) -> "Command":
        if self.point is not None and self.area is not None:
            raise ValueError("a command is about a point or an area, not both")
        if self.aim not in AIMS[self.action]:
            raise ValueError(f"{self.action} names {' or '.join(sorted(AIMS[self.action]))}")
        if (self.level is not None) != (self.action is Action.LOCK_DOWN):
            raise ValueError("a level belongs to lock_down, and lock_down to a level")
        if self.issued_ms >= self.expires_ms:
            raise ValueError("a command expires after it was issued")
        return self


class Outcome(StrEnum):
    """What a gateway made of a command."""

    TAKEN = "taken"
    """It is kept and will be carried out, whatever fails from now on."""
    DONE = "done"
    """The gateway has done it by itself (read_log)."""
    EXPIRED = "expired"
    """It came too late."""
    OVERTAKEN = "overtaken"
    """A later one came first, or the gateway no longer knows what it made of it."""
    CLOCK_UNSURE = "clock_unsure"
    """The gateway cannot tell whether it is too late, and it would open something."""
    TOO_MANY = "too_many"
    """More holds or lockdowns than a gateway keeps."""


LogLine = Annotated[str, StringConstraints(pattern=r"^\P{Cc}*$", max_length=LOG_LINE_MAX_CHARS)]


class CommandAck(Word):
    """The answer to one command; the same again when the command comes again."""

    gateway: Slug
    number: Positive
    outcome: Outcome
    newest: Count
    """The highest number that it ever took: a server that was put back from a backup goes on behind it."""
    at_ms: WallMs
    log: tuple[LogLine, ...] = Field(default=(), max_length=LOG_MAX_LINES)
    """Only for read_log: the newest lines, oldest first."""
