"""Jobs on a thread: watched, one at a time, and failing in words."""

import threading

import pytest

from server.services.long_jobs import MAX_JOBS, LongJobs, Progress
from server.services.problems import Code, Problem
from tests.support.patience import eventually


def test_a_job_tells_how_far_it_is_and_ends() -> None:
    jobs, go_on, stepped = LongJobs(), threading.Event(), threading.Event()

    def work(step: object) -> None:
        step(1, 4)  # type: ignore[operator]
        stepped.set()
        go_on.wait(30)

    jobs.start("a", work)
    assert stepped.wait(30)
    running = jobs.progress("a")
    assert running is not None
    assert running.percent == 25
    with pytest.raises(Problem) as told:
        jobs.start("a", work)
    assert told.value.code is Code.WRONG_STATE
    go_on.set()
    jobs.close()
    assert jobs.progress("a") is None
    assert jobs.failure("a") is None


@pytest.mark.parametrize(("error", "code"), [(Problem(Code.IN_USE), Code.IN_USE), (RuntimeError(), Code.FAILED)])
def test_a_failure_is_told_once(error: Exception, code: Code) -> None:
    jobs = LongJobs()

    def work(_step: object) -> None:
        raise error

    jobs.start("a", work)
    eventually(lambda: jobs.progress("a") is None)
    assert jobs.failure("a") is code
    assert jobs.failure("a") is None
    jobs.close()


def test_too_many_are_refused() -> None:
    jobs, go_on = LongJobs(), threading.Event()
    for number in range(MAX_JOBS):
        jobs.start(str(number), lambda _step: go_on.wait(30))
    with pytest.raises(Problem) as told:
        jobs.start("one more", lambda _step: None)
    assert told.value.code is Code.TOO_MANY
    go_on.set()
    jobs.close()


def test_nothing_begun_is_nothing_done() -> None:
    assert Progress().percent == 0
    assert Progress(9, 4).percent == 100
