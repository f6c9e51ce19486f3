"""Issuing jobs: what each stage looks like, and that nobody sees another's."""

import asyncio

import pytest

from card_protocol.wire.desk import CardHere, Hello
from server.pages.desk import jobs as module
from server.pages.desk.jobs import Job, Jobs
from server.services.desk.desks import DeskView
from server.services.desk.issuing import IssueIn
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, NOW_MS

ORDER = IssueIn(
    holder_id="01KJKB3Q00NBF0QX1S90CQ0BZT", desk="desk-1", levels=["residents"], valid_to_ms=NOW_MS + 1, wait_ms=1000
)


def view(uid=None, progress=None, wanted=None):
    return DeskView(name="desk-1", connected=True, reader="r", uid=uid, busy=True, progress=progress, wanted=wanted)


@pytest.mark.parametrize(
    ("desk", "stage"),
    [
        (None, "put"),
        (view(), "put"),
        (view("04010203040506"), "found"),
        (view("04010203040506", (1, 4)), "writing"),
        (view(None, (1, 4)), "back"),
        (view(None, None, "04010203040506"), "back"),
        (view("04AABBCCDDEEFF", None, "04010203040506"), "other"),
        (view("04AABBCCDDEEFF", (1, 4), "04010203040506"), "other"),
    ],
)
def test_the_stages_while_it_runs(desk, stage):
    assert Job("j", "u", ORDER).stage(desk) == stage


def test_the_stages_when_it_is_over(community):
    job = Job("j", "u", ORDER)
    assert not job.over
    job.problem = Code.NO_CARD
    assert (job.stage(view("04010203040506", (1, 4))), job.over) == ("failed", True)
    done = Job("j", "u", ORDER, card=community.active_card())
    assert (done.stage(None), done.over) == ("done", True)


class Desk:
    """Jobs with one connected desk, and an `issue` that the test decides."""

    def __init__(self, community, monkeypatch, issue):
        self.over = []
        monkeypatch.setattr(module, "issue", issue)
        self.house = community.house
        self.desk = self.house.desks.join(Hello(desk="desk-1", reader="r"), self._send)
        self.jobs = Jobs(self.house, lambda: self.over.append(1))

    async def _send(self, message):
        pass


def run(story):
    async def bounded():
        async with asyncio.timeout(20):
            return await story()

    return asyncio.run(bounded())


def test_a_card_is_issued(community, monkeypatch):
    card = community.active_card()

    async def issue(_house, actor, order):
        assert (actor, order) == (ADMIN, ORDER)
        return card

    async def story():
        desk = Desk(community, monkeypatch, issue)
        job = desk.jobs.start(ADMIN, ORDER)
        assert desk.jobs.get(job.id, "") is job
        await job.task
        assert job.card == card
        assert desk.over == [1]

    run(story)


@pytest.mark.parametrize(
    ("error", "code"),
    [(Problem(Code.CARD_NOT_STOCK), Code.CARD_NOT_STOCK), (RuntimeError("a mistake of ours"), Code.FAILED)],
)
def test_what_goes_wrong_is_kept_as_a_code(community, monkeypatch, error, code):
    async def issue(*_):
        raise error

    async def story():
        desk = Desk(community, monkeypatch, issue)
        job = desk.jobs.start(ADMIN, ORDER)
        await job.task
        assert job.problem is code
        assert desk.over == [1]

    run(story)


def test_a_job_can_be_stopped(community, monkeypatch):
    async def issue(*_):
        await asyncio.Event().wait()

    async def story():
        desk = Desk(community, monkeypatch, issue)
        job = desk.jobs.start(ADMIN, ORDER)
        await asyncio.sleep(0)
        desk.jobs.cancel(job)
        await asyncio.gather(job.task, return_exceptions=True)
        assert (job.problem, desk.over) == (Code.NO_CARD, [1])
        desk.jobs.cancel(job)

    run(story)


def test_a_desk_that_is_away_or_busy_is_told_at_once(community, monkeypatch):
    async def issue(*_):
        raise AssertionError("must not begin")

    async def story():
        desk = Desk(community, monkeypatch, issue)
        with pytest.raises(Problem) as away:
            desk.jobs.start(ADMIN, ORDER.model_copy(update={"desk": "desk-9"}))
        assert away.value.code is Code.DESK_AWAY
        async with desk.desk.claimed():
            with pytest.raises(Problem) as busy:
                desk.jobs.start(ADMIN, ORDER)
        assert busy.value.code is Code.DESK_BUSY

    run(story)


def test_nobody_sees_another_users_job(community, monkeypatch):
    async def issue(*_):
        raise Problem(Code.NO_CARD)

    async def story():
        desk = Desk(community, monkeypatch, issue)
        job = desk.jobs.start(ADMIN, ORDER)
        await job.task
        for job_id, user in ((job.id, "somebody else"), ("none", "")):
            with pytest.raises(Problem) as unknown:
                desk.jobs.get(job_id, user)
            assert unknown.value.code is Code.NOT_FOUND

    run(story)


def test_finished_jobs_are_forgotten_oldest_first_and_running_ones_never(community, monkeypatch):
    async def issue(*_):
        if gate.is_set():
            raise Problem(Code.NO_CARD)
        await asyncio.Event().wait()

    gate = asyncio.Event()

    async def story():
        monkeypatch.setattr(module, "MAX_JOBS", 3)
        desk = Desk(community, monkeypatch, issue)
        running = desk.jobs.start(ADMIN, ORDER)
        await asyncio.sleep(0)
        gate.set()
        finished = []
        for _ in range(3):
            finished.append(desk.jobs.start(ADMIN, ORDER))
            await finished[-1].task
        assert desk.jobs.get(running.id, "") is running
        with pytest.raises(Problem):
            desk.jobs.get(finished[0].id, "")
        gate.clear()
        last = [desk.jobs.start(ADMIN, ORDER) for _ in range(2)]
        with pytest.raises(Problem) as full:
            desk.jobs.start(ADMIN, ORDER)
        assert full.value.code is Code.TOO_MANY
        for job in (running, *last):
            desk.jobs.cancel(job)
        await asyncio.gather(running.task, *(job.task for job in last), return_exceptions=True)

    run(story)


def test_the_desk_of_a_job_is_the_one_that_is_connected_now(community, monkeypatch):
    async def issue(*_):
        raise Problem(Code.NO_CARD)

    async def story():
        desk = Desk(community, monkeypatch, issue)
        job = desk.jobs.start(ADMIN, ORDER)
        await desk.desk.heard(CardHere(uid="04010203040506"))
        assert desk.jobs.desk_of(job).uid == "04010203040506"
        await desk.house.desks.leave(desk.desk)
        assert desk.jobs.desk_of(job) is None
        await job.task

    run(story)
