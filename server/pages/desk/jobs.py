"""Issuing jobs: each runs on the event loop while a browser watches it; a browser that leaves loses nothing.

The jobs live in memory. When the server stops, what was half-way stays `issued` to the same holder and is finished
by the next attempt with the same card (services.desk.issuing).
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from server.services.cards.cards import CardView
from server.services.desk.desks import DeskView
from server.services.desk.issuing import IssueIn, issue
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
    def running(self) -> bool:
        """Whether it is not over yet."""
        return self.card is None and self.problem is None

    def stage(self, desk: DeskView | None) -> str:
        """What the person at the desk has to know: put, found, writing, back, done or failed."""
        if self.card is not None:
            return "done"
        if self.problem is not None:
            return "failed"
        lies_there = desk is not None and desk.uid is not None
        if desk is not None and desk.progress is not None:
            return "writing" if lies_there else "back"
        return "found" if lies_there else "put"


class Jobs:
    """All jobs of this run. Event loop only."""

    def __init__(self, house: House, changed: Callable[[], None]) -> None:
        """`changed` is called whenever a job is over."""
        self._house = house
        self._changed = changed
        self._jobs: OrderedDict[str, Job] = OrderedDict()

    def start(self, actor: Actor, order: IssueIn, instead: str = "") -> Job:
        """Begin; Problem DESK_AWAY or DESK_BUSY at once, TOO_MANY when too many run."""
        desk = self._house.desks.get(order.desk)
        if desk.busy:
            raise Problem(Code.DESK_BUSY)
        self._forget_oldest()
        job = Job(self._house.transactions.entropy(16).hex(), actor.user_id or "", order, instead)
        self._jobs[job.id] = job
        job.task = asyncio.create_task(self._run(actor, job), name=f"issue-{job.id}")
        return job

    def get(self, job_id: str, user_id: str) -> Job:
        """A user's own job; Problem NOT_FOUND."""
        job = self._jobs.get(job_id)
        if job is None or job.user_id != user_id:
            raise Problem(Code.NOT_FOUND)
        return job

    def desk_of(self, job: Job) -> DeskView | None:
        """The job's desk as it is now; None when it has hung up."""
        return next((desk for desk in self._house.desks.listing() if desk.name == job.order.desk), None)

    def cancel(self, job: Job) -> None:
        """Stop it; the desk is free at once."""
        if job.running and job.task is not None:
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
            job.problem = Code.CARD_FAULT
        finally:
            self._changed()

    def _forget_oldest(self) -> None:
        for job_id in [job_id for job_id, job in self._jobs.items() if not job.running]:
            if len(self._jobs) < MAX_JOBS:
                return
            del self._jobs[job_id]
        if len(self._jobs) >= MAX_JOBS:
            raise Problem(Code.TOO_MANY)
