"""Many cards at one desk, one after the other, until somebody stops: given to a list of people, looked at, renewed,
made blank, counted.

A run belongs to one person and one desk. Whatever goes wrong with one card is a line of the run and a sentence on the
desk; the next card is asked for. A desk that hangs up is waited for. Runs live in memory: what each did is in the data
base and on the trail, card by card, so that a server that stops loses no more than the list on the screen.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import structlog
from sqlmodel import Session, col, func, select

from card_protocol.words.card import CardState
from server.services import audit
from server.services.cards import cards
from server.services.cards.cards import CardView
from server.services.desk.at_desk import WAIT_MAX_MS, DeskJob
from server.services.desk.desks import Desk
from server.services.desk.inspecting import InspectionView, inspect_on_desk
from server.services.desk.issuing import IssueIn, issue
from server.services.desk.own_shelf import OwnShelf
from server.services.desk.recycling import recycle_card
from server.services.desk.renewing import renew_card
from server.services.house import House
from server.services.people import holders
from server.services.problems import Code, Problem
from server.services.work import Actor
from server.tables import CardRow, HolderRow

PEOPLE_MAX: Final = 200
LINES_MAX: Final = 1000
"""Of one run; a drawer with more cards is counted in two."""
RUNS_MAX: Final = 50
WAIT_MS: Final = 60_000
"""How long one card is waited for, before it is looked whether the desk is still there."""
IDLE_MAX: Final = 30
"""So many waits in vain end a run that somebody has forgotten."""
AWAY_MS: Final = 1_000
AWAY_MAX: Final = 3_600
"""So many looks in a row for a desk that has hung up."""

WORKING: Final = frozenset({CardState.ACTIVE, CardState.SUSPENDED})
"""A card that is in somebody's hands: in a stack that is made blank it lies by mistake, until it was given back."""

_log = structlog.get_logger()


class Kind(StrEnum):
    """What happens to each card."""

    ISSUE = "issue"
    LOOK = "look"
    RENEW = "renew"
    BLANK = "blank"
    COUNT = "count"


class Stage(StrEnum):
    """What the person at the desk has to know."""

    PUT = "put"
    WORKING = "working"
    TAKE = "take"
    AWAY = "away"
    """The desk has hung up; it is waited for."""
    OVER = "over"


@dataclass(frozen=True)
class Line:
    """What became of one card. `problem` None: it went well."""

    uid: str = ""
    card: CardView | None = None
    problem: Code | None = None
    who: str = ""
    found: InspectionView | None = None


@dataclass
class Run:
    """Cards one after the other. `people` are holders' ids (of ISSUE): the first is next."""

    id: str
    user_id: str
    kind: Kind
    desk: str
    people: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    valid_to_ms: int = 0
    lines: list[Line] = field(default_factory=list)
    stage: Stage = Stage.PUT
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def left(self) -> int:
        """How many people still wait for their card."""
        return len(self.people)

    @property
    def over(self) -> bool:
        """Whether no card is asked for any more."""
        return self.stage is Stage.OVER

    @property
    def good(self) -> list[Line]:
        """What went well, in order."""
        return [line for line in self.lines if line.problem is None]


@dataclass(frozen=True)
class Count:
    """A drawer against the data base."""

    in_stock: int
    """Known blank cards that lay on the reader."""
    strange: list[Line]
    """Cards that are somebody's, or were never blank here."""
    fresh: int
    """Cards that were never given out here."""
    missing: list[int]
    """The numbers of known blank cards that nobody laid on the reader, at most LINES_MAX."""


class Runs:
    """All runs of this server. Event loop only."""

    def __init__(self, house: House, changed: Callable[[], None]) -> None:
        """`changed` is called whenever a run is at something else."""
        self._house, self._changed = house, changed
        self._shelf = OwnShelf[Run](RUNS_MAX)
        self.get, self.mine = self._shelf.get, self._shelf.mine

    def start(
        self, actor: Actor, kind: Kind, desk: str, *, people: list[str], levels: list[str], valid_to_ms: int
    ) -> Run:
        """Begin; Problem DESK_AWAY or DESK_BUSY at once, INVALID for nobody or too many, TOO_MANY runs."""
        if kind is Kind.ISSUE and not (0 < len(people) <= PEOPLE_MAX and levels):
            raise Problem(Code.INVALID, f"1 to {PEOPLE_MAX} people, and what their cards open.")
        found = self._house.desks.get(desk)
        if found.busy or any(run.desk == desk and not run.over for run in self._shelf):
            raise Problem(Code.DESK_BUSY)
        run = Run(self._house.transactions.entropy(16).hex(), actor.user_id or "", kind, desk)
        run.people, run.levels, run.valid_to_ms = list(dict.fromkeys(people)), levels, valid_to_ms
        self._shelf.put(run)
        run.task = asyncio.create_task(self._run(actor, run), name=f"desk-run-{run.id}")
        return run

    def skip(self, run: Run) -> None:
        """The person whose turn it is did not come; they wait at the end of the list."""
        if run.stage in (Stage.PUT, Stage.TAKE) and run.left > 1:
            run.people.append(run.people.pop(0))
            self._changed()

    def stop(self, run: Run) -> None:
        """No more cards. One that is being written is finished first by whoever lays it there again."""
        if run.task is not None:
            run.task.cancel()
            self._at(run, Stage.OVER)  # a task that had not begun never says so itself

    async def _run(self, actor: Actor, run: Run) -> None:
        idle = 0
        try:
            while len(run.lines) < LINES_MAX and idle < IDLE_MAX and not (run.kind is Kind.ISSUE and not run.people):
                desk = await self._desk(run)
                if desk is None:
                    return
                self._at(run, Stage.PUT)
                idle = 0 if await self._one_card(actor, run, desk) else idle + 1
        finally:
            self._at(run, Stage.OVER)

    async def _desk(self, run: Run) -> Desk | None:
        """The run's desk, waited for; None when it does not come back."""
        for _ in range(AWAY_MAX):
            try:
                return self._house.desks.get(run.desk)
            except Problem:
                if run.stage is not Stage.AWAY:
                    self._at(run, Stage.AWAY)
                await asyncio.sleep(AWAY_MS / 1000)
        return None

    async def _one_card(self, actor: Actor, run: Run, desk: Desk) -> bool:
        """Whether a card came."""
        try:
            uid = await desk.card(WAIT_MS)
        except Problem:
            return False
        self._at(run, Stage.WORKING)
        whose = run.people[0] if run.people else ""
        try:
            line = await self._done(actor, run, uid, whose)
        except Problem as problem:
            line = Line(uid, problem=problem.code, who=await asyncio.to_thread(self._name, whose))
        except Exception:
            _log.exception("desk_run_failed", desk=run.desk, kind=run.kind.value)
            line = Line(uid, problem=Code.FAILED)
        run.lines.append(line)
        if line.problem is None and whose:
            run.people.remove(whose)
        self._at(run, Stage.TAKE)
        await desk.show(en="Take the card away.", zh="请取走卡片。", good=line.problem is None)
        while desk.uid is not None and desk.connected:
            await desk.card_left(WAIT_MS)
        return True

    async def _done(self, actor: Actor, run: Run, uid: str, whose: str) -> Line:
        job = DeskJob(desk=run.desk, wait_ms=WAIT_MS)
        match run.kind:
            case Kind.ISSUE:
                order = IssueIn(
                    desk=run.desk, wait_ms=WAIT_MAX_MS, holder_id=whose, levels=run.levels, valid_to_ms=run.valid_to_ms
                )
                return Line(uid, await issue(self._house, actor, order))
            case Kind.RENEW:
                return Line(uid, await renew_card(self._house, actor, job))
            case Kind.BLANK:
                known = await asyncio.to_thread(self._known, uid)
                if known is not None and known.state in WORKING:
                    return Line(uid, known, Code.IN_USE)
                return Line(uid, (await recycle_card(self._house, actor, job)).card)
            case Kind.LOOK:
                found = await inspect_on_desk(self._house, actor, job)
                return Line(uid, found.card, found=found)
            case Kind.COUNT:
                if any(line.uid == uid for line in run.lines):
                    raise Problem(Code.EXISTS)
                return Line(uid, await asyncio.to_thread(self._known, uid))

    def _known(self, uid: str) -> CardView | None:
        with self._house.transactions.read() as session:
            row = cards.of_uid(session, uid)
            return cards.view_of(session, row) if row is not None else None

    def _name(self, holder_id: str) -> str:
        if not holder_id:
            return ""
        with self._house.transactions.read() as session:
            return holders.get(session, holder_id).name

    def _at(self, run: Run, stage: Stage) -> None:
        run.stage = stage
        self._changed()


def count_of(session: Session, run: Run) -> Count:
    """What a drawer that was counted has, and what it lacks."""
    laid = run.good
    stock = [line for line in laid if line.card is not None and line.card.state == CardState.STOCK]
    numbers = {line.card.number for line in stock if line.card is not None}
    known = select(CardRow.number).where(CardRow.state == CardState.STOCK.value, col(CardRow.uid).is_not(None))
    missing = [number for number in session.exec(known.order_by(col(CardRow.number))) if number not in numbers]
    strange = [line for line in laid if line.card is not None and line.card.state != CardState.STOCK]
    return Count(len(stock), strange, sum(line.card is None for line in laid), missing[:LINES_MAX])


def record_count(house: House, actor: Actor, run: Run) -> Count:
    """The count, and a line of the trail that says what was found."""
    with house.transactions.work(actor) as work:
        found = count_of(work.session, run)
        after = {
            "in_stock": found.in_stock,
            "fresh": found.fresh,
            "missing": len(found.missing),
            "strange": len(found.strange),
        }
        audit.record(work, "card.count", f"desk:{run.desk}", after=after)
        return found


def names_of(session: Session, people: list[str]) -> list[tuple[str, str]]:
    """(name, house) of those who still wait, in order."""
    rows = {row.id: row for row in session.exec(select(HolderRow).where(col(HolderRow.id).in_(people)))}
    return [(rows[one].name, rows[one].house) for one in people if one in rows]


def in_stock(session: Session) -> int:
    """How many blank cards the data base knows of."""
    known = select(func.count()).where(CardRow.state == CardState.STOCK.value, col(CardRow.uid).is_not(None))
    return session.exec(known).one()
