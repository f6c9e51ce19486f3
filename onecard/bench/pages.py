"""How long pages take by the number of residents; beside a page that asks nothing and a bare look-up by key.

A town of invented people is streamed into an empty data base; then every page is asked for over HTTP, each time about
somebody else. The goal: p95 of every page below 100 ms, and no more than twice as slow at the largest town as at the
smallest on the same kind of data base.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from card_protocol.words.point import Direction, PointKind
from card_protocol.words.schedule import always
from onecard.bench.aside import aside
from onecard.bench.figures import rounded
from onecard.bench.pages_ground import opened, place
from onecard.bench.pages_load import settle
from onecard.bench.pages_town import COMMUNITY, FIRST_LINE, GATEWAY, LEVEL, POINTS, Town
from onecard.bench.pages_walk import bare_lookup_ms, run_site, walk
from server.services import audit
from server.services.access import access
from server.services.access.access import LevelIn, PointIn
from server.services.cards import cards
from server.services.opening import transactions_on
from server.services.policies import card_entries
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.work import SYSTEM, Work, raise_counter
from server.tables import GatewayRow
from server.tables.engine import make_engine
from server.tables.migrate import migrate

SIZES: Final[Mapping[str, tuple[int, ...]]] = {"postgresql": (58_000, 5_800_000), "sqlite": (58_000, 200_000)}
ROUNDS: Final = 60
P95_GOAL_MS: Final = 100.0
FLAT_GOAL: Final = 2.0

Tell = Callable[[str], None]


def run(
    databases: Sequence[str], sizes: Sequence[int], rounds: int, tell: Tell, keep: Path | None = None
) -> dict[str, Any]:
    """The report: for each kind of data base a table for each size. Without `sizes` those of the goal.

    Towns are kept in `keep`, if any, and found there again; no `rounds` only loads them, and says how long it took.
    """
    found = {name: [measure(name, size, rounds, tell, keep) for size in sizes or SIZES[name]] for name in databases}
    if not rounds:
        return {"loaded": found}
    grown = {name: growth(rows[0]["pages"], rows[-1]["pages"]) for name, rows in found.items()}
    return {
        "pages": found,
        "rounds": rounds,
        "growth": grown,
        "goal_met": all(
            figure["p95_ms"] < P95_GOAL_MS
            for rows in found.values()
            for row in rows
            for figure in row["pages"].values()
        )
        and all(value <= FLAT_GOAL for values in grown.values() for value in values.values()),
    }


def growth(small: Mapping[str, Mapping[str, float]], large: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Page -> how many times slower at the larger town, by p95."""
    return {name: rounded(large[name]["p95_ms"] / small[name]["p95_ms"]) for name in small}


def measure(database: str, people: int, rounds: int, tell: Tell, keep: Path | None = None) -> dict[str, Any]:
    """One town on one kind of data base; `rounds` 0 only loads it."""
    tell(f"\n{database}, {people:,} people\n")
    with place(database, people, keep) as folder:
        began = time.monotonic()
        with opened(database, folder, loading=True) as url:
            town = load(url, people, tell)
        row: dict[str, Any] = {"people": people, "settled_s": rounded(time.monotonic() - began)}
        if not rounds:
            return row
        with opened(database, folder, loading=False) as url:
            engine = make_engine(url)
            row["bare_lookup"] = bare_lookup_ms(engine, town, rounds)
            engine.dispose()
            with aside(run_site, url) as site:
                port, secret, counted_s = site.recv()
                row["counted_ahead_s"] = rounded(counted_s)
                row["pages"] = walk(port, secret, town, rounds, tell)
                site.send("stop")
    return row


def load(url: str, people: int, tell: Tell) -> Town:
    """The town in its data base; what is there already stays."""
    engine = make_engine(url)
    migrate(engine)
    transactions = transactions_on(engine)
    town = Town(people, transactions.clock())
    with transactions.work(SYSTEM) as work:
        if work.session.get(GatewayRow, GATEWAY) is None:
            found(work, town)
    settle(engine, town, tell)
    engine.dispose()
    return town


def found(work: Work, town: Town) -> None:
    """The community itself, which takes no time: a gateway, doors, one access level."""
    org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
    work.session.add(GatewayRow(id=GATEWAY, org=COMMUNITY, signing_key="00" * 32, enrolled_ms=work.now_ms, online=True))
    work.session.flush()
    access.set_schedule(work, always("always"))
    doors = [f"door-{number}" for number in range(POINTS)]
    for name in doors:
        door = PointIn(
            id=name, kind=PointKind.GATE, name_zh=f"{name}号门", name_en=name, area="compound",
            direction=Direction.IN, gateway_id=GATEWAY,
        )  # fmt: skip
        access.set_point(work, COMMUNITY, door)
    level = LevelIn(id=LEVEL, name_zh="居民", name_en="Residents", points=frozenset(doors), schedule="always")
    access.set_level(work, level)
    for counter in (cards.NUMBER_COUNTER, card_entries.COUNTER):
        raise_counter(work.session, counter, town.people)
    raise_counter(work.session, audit.COUNTER, FIRST_LINE + town.people)
