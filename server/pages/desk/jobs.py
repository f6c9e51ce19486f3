"""Issuing jobs: each runs on the event loop while a browser watches it; a browser that leaves loses nothing.

The jobs live in memory. When the server stops, what was half-way stays `issued` to the same holder and is finished
by the next attempt with the same card (services.desk.issuing).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from server.services.cards.cards import CardView
from server.services.desk.desks import DeskView
from server.services.desk.issuing import IssueIn, issue
from server.services.desk.own_shelf import OwnShelf
from server.services.house import House
from server.services.problems import Code, Problem
from server.services.work import Actor

MAX_JOBS = 200
"""Finished ones beyond this are forgotten, oldest first."""

_log = structlog.get_logger()


@dataclass
class Job:
    """One card being issued."""

    id: str
    user_id: str
    order: IssueIn
    instead: str = ""
    """The card that this one replaces; what became of it stays on the page."""
    card: CardView | None = None
    problem: Code | None = None
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether there is a card, or a reason why there is none."""
        return self.card is not None or self.problem is not None

    def stage(self, desk: DeskView | None) -> str:
        """What the person at the desk has to know: put, found, writing, back, other, done or failed."""
        if self.card is not None:
            return "done"
        if self.problem is not None:
            return "failed"
        lies_there = desk is not None and desk.uid is not None
        if desk is not None and desk.wanted is not None:
            return "other" if desk.is_other else "back"
        if desk is not None and desk.progress is not None:
            return "writing" if lies_there else "back"
        return "found" if lies_there else "put"


class Jobs:
    """All jobs of this run. Event loop only."""

    def __init__(self, house: House, changed: Callable[[], None]) -> None:
        """`changed` is called whenever a job is over."""
        self._house = house
        self._changed = changed
        self._shelf = OwnShelf[Job](MAX_JOBS)
        self.get = self._shelf.get

    def start(self, actor: Actor, order: IssueIn, instead: str = "") -> Job:
        """Begin; Problem DESK_AWAY or DESK_BUSY at once, TOO_MANY when too many run."""
        desk = self._house.desks.get(order.desk)
        if desk.busy:
            raise Problem(Code.DESK_BUSY)
        job = Job(self._house.transactions.entropy(16).hex(), actor.user_id or "", order, instead)
        self._shelf.put(job)
        job.task = asyncio.create_task(self._run(actor, job), name=f"issue-{job.id}")
        return job

    def desk_of(self, job: Job) -> DeskView | None:
        """The job's desk as it is now; None when it has hung up."""
        return next((desk for desk in self._house.desks.listing() if desk.name == job.order.desk), None)

    def cancel(self, job: Job) -> None:
        """Stop it; the desk is free at once."""
        if not job.over and job.task is not None:
            job.task.cancel()

    async def _run(self, actor: Actor, job: Job) -> None:
        try:
            job.card = await issue(self._house, actor, job.order)
        except Problem as problem:
            job.problem = problem.code
        except asyncio.CancelledError:
            job.problem = Code.NO_CARD
            raise
        except Exception:
            _log.exception("issue_failed", desk=job.order.desk)
            job.problem = Code.FAILED  # a mistake of ours is no fault of the card
        finally:
            self._changed()
