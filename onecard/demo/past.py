"""Six weeks of an old lady's taps, laid into the box's journal before the day is played.

The board tells silence by somebody's own rhythm, and no rhythm can be played in a minute. So what the box would have
written down in those weeks stands in its journal; it travels to the server like all else, and her silence on the day
opens the case by itself.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import MINUTE_MS, ClockQuality, Moment, local_ms
from card_protocol.words.point import Assurance
from card_protocol.words.reason import Reason
from gateway.app import open_box
from onecard.demo.community import CARE, SOUTH_IN, SOUTH_OUT

DAYS = 42
BOOT = "weeks-before"
HABITS = ((435, SOUTH_OUT.id), (520, SOUTH_IN.id), (690, CARE.id), (930, SOUTH_OUT.id), (1000, SOUTH_IN.id))
"""At which minute of her day she is where: the market, lunch, a walk."""

UNPUNCTUAL_MIN = 15


def habits(today: date, seed: int) -> Iterator[tuple[int, str]]:
    """(wall time [ms], point) of every tap of the weeks before `today`, in order."""
    dice = Random(seed)  # noqa: S311 - a story, not a secret
    for ago in range(DAYS, 0, -1):
        for minute, point in HABITS:
            late_ms = int(dice.uniform(-UNPUNCTUAL_MIN, UNPUNCTUAL_MIN) * MINUTE_MS)
            yield local_ms(today - timedelta(days=ago), minute) + late_ms, point


def lay(box: Path, card_id: str, holder: str, today: date, seed: int = 1) -> int:
    """Write them into the journal of the box; how many. `holder` is her pseudonym. JournalUnavailable."""
    taps = [_tap(card_id, holder, *habit, number) for number, habit in enumerate(habits(today, seed))]
    with open_box(box) as opened:
        opened.journal.append(*taps)
    return len(taps)


def _tap(card_id: str, holder: str, wall_ms: int, point: str, number: int) -> Event:
    moment = Moment(wall_ms=wall_ms, mono_ns=number, boot=BOOT, clock=ClockQuality.SERVER)
    return Event(
        kind=EventKind.TAP,
        **moment.model_dump(),
        point=point,
        card_id=card_id,
        holder=holder,
        reason=Reason.GRANTED,
        assurance=Assurance.CARD,
        policy_version=1,
    )
