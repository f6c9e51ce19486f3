"""How long until the offline doors of a community know that a card was revoked, beside doors without gossip.

A run: a day of warming up, then one card is reported lost at some moment of a day. Online doors know it at once; the
others hear of it from the cards that pass. Other cards are lost meanwhile, as they are, and push it off the cards.
Without gossip an offline door admits the lost card until its grant has died by itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from card_protocol.words.moment import DAY_MS
from onecard.bench.figures import percentile
from onecard.bench.gossip_spread import GRANT_MS, OfflineDoor, Server, Spread
from onecard.bench.gossip_town import HASTY, MINUTE_MS, WEEK_DAYS, Tap, Town, make_town, taps_of_day

PERCENTS: Final = (50, 95, 100)
WARM_UP_DAYS: Final = 1
LOST_PER_DAY: Final = 2
"""Cards that are revoked on a day besides the one that is watched."""
REVOKED_FROM_MIN, REVOKED_TO_MIN = 7 * 60, 21 * 60
HOUR_MS: Final = 60 * MINUTE_MS
HOME_BEFORE_MIDNIGHT_H: Final = (2, 14)

Tell = Callable[[int, int], None]
"""(runs done, runs in all)."""


@dataclass(frozen=True)
class Setting:
    """What a bench is asked for; `days` is how long a run is followed after the revocation."""

    doors: int = 20
    residents: int = 5000
    days: int = 7
    seed: int = 1
    runs: int = 30


@dataclass(frozen=True)
class Run:
    """One run: how long after the revocation each offline door knew it [ms], rising, and the lost card's grant."""

    offline: int
    known_after_ms: tuple[int, ...]
    grant_left_ms: int
    """How long doors without gossip would still admit the card."""

    def share_after_ms(self, percent: int) -> int | None:
        """When so many of the offline doors knew; None when that never came in the time of the run."""
        wanted = -(-self.offline * percent // 100)
        return self.known_after_ms[wanted - 1] if wanted <= len(self.known_after_ms) else None


def usual_outages(doors: int) -> list[int]:
    """Numbers of offline doors worth looking at: a tenth, a quarter, half, three quarters, all but one."""
    return sorted({max(1, doors // 10), max(1, doors // 4), doors // 2, 3 * doors // 4, doors - 1})


def run(setting: Setting, offline: Sequence[int], tell: Tell = lambda _done, _of: None) -> dict[str, Any]:
    """The report: for each number of offline doors, hours by the share of them that knew, over all runs."""
    runs: dict[int, list[Run]] = {count: [] for count in offline}
    for number in range(setting.runs):
        week = Week(setting, setting.seed + number)
        for count in offline:
            runs[count].append(one_run(setting, week, count))
        tell(number + 1, setting.runs)
    return {
        "doors": setting.doors,
        "residents": setting.residents,
        "days": setting.days,
        "runs": setting.runs,
        "seed": setting.seed,
        "assumed": {"hasty_share": HASTY, "lost_per_day": LOST_PER_DAY, "grant_days": GRANT_MS // DAY_MS},
        "offline": {str(count): _figures(found) for count, found in runs.items()},
    }


class Week:
    """The movements of one seed, day by day, made when they are wanted."""

    def __init__(self, setting: Setting, seed: int) -> None:
        self.seed = seed
        self.town: Town = make_town(setting.doors, setting.residents, seed)
        dice = Random(f"week {seed}")  # noqa: S311 - a model, not a secret
        self.first_day = dice.randrange(WEEK_DAYS)
        minute = dice.uniform(REVOKED_FROM_MIN, REVOKED_TO_MIN)
        self.revoked_ms = (self.first_day + WARM_UP_DAYS) * DAY_MS + int(minute * MINUTE_MS)
        self.loser = dice.randrange(setting.residents)
        self.end_ms = self.revoked_ms + setting.days * DAY_MS
        self._day = lru_cache(maxsize=WARM_UP_DAYS + setting.days + 1)(lambda day: taps_of_day(self.town, day, seed))

    def taps(self) -> Iterator[Tap]:
        """All taps until the end; the lost card taps no more once it is revoked, for whoever found it waits."""
        for day in range(self.first_day, self.end_ms // DAY_MS + 1):
            for tap in self._day(day):
                if tap.at_ms >= self.end_ms:
                    return
                if tap.who != self.loser or tap.at_ms < self.revoked_ms:
                    yield tap

    def losses(self) -> list[int]:
        """When other cards are revoked [ms], from a week before the first day on."""
        dice = Random(f"losses {self.seed}")  # noqa: S311 - a model, not a secret
        days = range(self.first_day - WEEK_DAYS, self.end_ms // DAY_MS + 1)
        minutes = ((day, dice.uniform(REVOKED_FROM_MIN, REVOKED_TO_MIN)) for day in days for _ in range(LOST_PER_DAY))
        return sorted(day * DAY_MS + int(minute * MINUTE_MS) for day, minute in minutes)


def one_run(setting: Setting, week: Week, offline: int) -> Run:
    """Play one week with `offline` doors, drawn by the seed, cut off from the first day on."""
    if not 1 <= offline < setting.doors:
        raise ValueError(f"1 to {setting.doors - 1} offline doors, not {offline}")
    dice = Random(f"offline {week.seed}")  # noqa: S311 - a model, not a secret
    spread = Spread(Server(week.seed), dice.sample(range(setting.doors), offline))
    agenda = sorted([(at, False) for at in week.losses()] + [(week.revoked_ms, True)], reverse=True)
    watched = ""
    ignorant: set[OfflineDoor] = set(spread.offline.values())
    known: list[int] = []
    for tap in week.taps():
        while agenda and agenda[-1][0] <= tap.at_ms:
            at, is_watched = agenda.pop()
            card_id = spread.server.revoke(at)
            watched = card_id if is_watched else watched
        door = spread.tap(tap)
        if watched and door is not None and door in ignorant and door.knowledge.about(watched) is not None:
            ignorant.remove(door)
            known.append(tap.at_ms - week.revoked_ms)
            if not ignorant:
                break
    return Run(offline, tuple(known), _grant_left_ms(dice, spread, week))


def _grant_left_ms(dice: Random, spread: Spread, week: Week) -> int:
    """The lost card's grant was renewed at its last online door; on the evening before the first day all doors were."""
    evening_ms = week.first_day * DAY_MS - int(dice.uniform(*HOME_BEFORE_MIDNIGHT_H) * HOUR_MS)
    online_ms = spread.last_online_ms.get(week.loser, evening_ms)
    return online_ms + GRANT_MS - week.revoked_ms


def _figures(runs: Sequence[Run]) -> dict[str, Any]:
    shares = {str(percent): _spread_of([run.share_after_ms(percent) for run in runs]) for percent in PERCENTS}
    return {"known_hours": shares, "no_gossip_hours": _spread_of([run.grant_left_ms for run in runs])}


def _spread_of(times_ms: Sequence[int | None]) -> dict[str, float | int | None]:
    """Median, 95th percentile and longest over the runs [h]; null where that run did not come so far in its time."""
    never = sum(time is None for time in times_ms)
    ordered = [float("inf") if time is None else time / HOUR_MS for time in times_ms]
    picked = {"median": percentile(ordered, 50), "p95": percentile(ordered, 95), "longest": max(ordered)}
    hours = {name: None if value == float("inf") else round(value, 1) for name, value in picked.items()}
    return {**hours, "runs_never": never}


def table(report: dict[str, Any], *, chinese: bool = False) -> str:
    """Markdown: a row for each number of offline doors, "median / 95th percentile / longest" in hours."""
    said = ("offline", "half know", "95 % know", "all know", "no gossip: the grant dies after")
    said_zh = ("离线门数", "半数知晓", "95% 知晓", "全部知晓", "无传递：授权自行失效")
    head = [*(said_zh if chinese else said)]
    rows = [[f"{count} / {report['doors']}", *_cells(row)] for count, row in report["offline"].items()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


def _cells(row: dict[str, Any]) -> list[str]:
    columns = [*row["known_hours"].values(), row["no_gossip_hours"]]
    return [" / ".join(_hours(column[name]) for name in ("median", "p95", "longest")) for column in columns]


def _hours(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"
