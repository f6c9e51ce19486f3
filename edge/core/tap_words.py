"""What happens to a tap and what it asks for: the words between the tap machine and its shell."""

from dataclasses import dataclass
from typing import TypeAlias

from card_protocol.words.event import Event
from card_protocol.words.ids import UidText
from card_protocol.words.point import Floor, LateCommit
from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer
from card_protocol.words.situation import NOTHING_KNOWN, Situation
from card_protocol.words.verdict import Presentation, Verdict


@dataclass(frozen=True)
class TapSettings:
    """What the installer chose for one point."""

    point: str
    unlock_ms: int
    commit_deadline_ms: int
    late_commit: LateCommit


# ---- what happens. `tap` is the number of the tap that an answer belongs to; an answer to an older tap is ignored.


@dataclass(frozen=True)
class CardArrived:
    """The reader saw a card at `seen_ns` (monotonic)."""

    uid: UidText
    speaks: bool
    """It takes APDUs; otherwise its UID is all there is."""
    seen_ns: int
    vouched: bool = False
    """A reader on a secure line vouches for the UID."""


@dataclass(frozen=True)
class CardRead:
    """The conversation came to an end, good or bad, after `round_trips` APDUs."""

    tap: int
    presentation: Presentation
    round_trips: int
    cause: str = ""
    """Exactly what went wrong in it, for the record."""


@dataclass(frozen=True)
class Decided:
    """The one decider has spoken."""

    tap: int
    verdict: Verdict
    situation: Situation = NOTHING_KNOWN
    """What it was decided from besides presentation and policy."""
    serves: bool = False
    """The point does something for this card before the person is answered (`card_protocol.profiles.kinds`)."""


@dataclass(frozen=True)
class Committed:
    """The tap's event is on disk, as number `seq` of the journal."""

    tap: int
    seq: int


@dataclass(frozen=True)
class CommitLate:
    """The tap's event was not on disk within the deadline."""

    tap: int


@dataclass(frozen=True)
class Served:
    """What the point does for a card is done or could not be, and the journal should hear these."""

    tap: int
    answer: Answer | None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class WrittenBack:
    """What could be done for the card is done, and the journal should hear these."""

    tap: int
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class CardLeft:
    """No card lies on the reader any more."""


@dataclass(frozen=True)
class ReaderLost:
    """The reader does not answer, or is not there."""

    why: str


@dataclass(frozen=True)
class ReaderBack:
    """The reader is open, its field empty as far as we know."""


Input: TypeAlias = (
    CardArrived
    | CardRead
    | Decided
    | Committed
    | CommitLate
    | Served
    | WrittenBack
    | CardLeft
    | ReaderLost
    | ReaderBack
)


# ---- what the machine asks for. The shell performs in order; those with a `tap` are answered.


@dataclass(frozen=True)
class ReadCard:
    """Talk to the card; answer with CardRead (or ReaderLost)."""

    tap: int


@dataclass(frozen=True)
class Decide:
    """Ask the one decider; answer with Decided."""

    tap: int
    presentation: Presentation


@dataclass(frozen=True)
class Record:
    """Make the event durable; answer with Committed or CommitLate."""

    tap: int
    event: Event
    deadline_ms: int


@dataclass(frozen=True)
class Note:
    """Write the event after those before it; no answer."""

    event: Event


@dataclass(frozen=True)
class Unlock:
    """Let somebody through; in a lift, to these floors."""

    for_ms: int
    floors: frozenset[Floor] = frozenset()


@dataclass(frozen=True)
class Show:
    """Tell the person: yes or no and why, and at a service point what came of it."""

    reason: Reason
    answer: Answer | None = None


@dataclass(frozen=True)
class Serve:
    """Do for the card what the kind of point is for; answer with Served (or ReaderLost). `seq` as in WriteBack."""

    tap: int
    verdict: Verdict
    seq: int


@dataclass(frozen=True)
class WriteBack:
    """Do for the card what needs no waiting person; answer with WrittenBack (or ReaderLost).

    Always the last effect: what the person waits for is done. `seq` of the tap's event, 0 when that was late.
    """

    tap: int
    verdict: Verdict
    seq: int


Effect: TypeAlias = ReadCard | Decide | Record | Note | Unlock | Show | Serve | WriteBack
