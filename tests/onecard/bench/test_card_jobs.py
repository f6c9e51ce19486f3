"""The recordings are real conversations: what the card saw says so."""

from card_protocol.channel import transaction, values
from card_protocol.profiles.layout import ACCESS
from onecard.bench.card_jobs import record_jobs

COMMIT = transaction.COMMIT_TRANSACTION


def instructions(name: str) -> list[int]:
    (job,) = (job for job in record_jobs() if job.name == name)
    return [command[1] for command, _ in job.exchanges]


def test_every_answer_of_every_job_is_a_success_or_goes_on():
    jobs = record_jobs()
    assert len({job.name for job in jobs}) == len({job.name_zh for job in jobs}) == len(jobs)
    for job in jobs:
        assert {answer[-2:] for _, answer in job.exchanges} <= {b"\x91\x00", b"\x91\xaf"}, job.name


def test_the_tap_is_select_authenticate_and_one_read():
    (job,) = (job for job in record_jobs() if job.name == "tap")
    assert job.exchanges[0][0] == b"\x90\x5a\x00\x00\x03" + ACCESS.aid + b"\x00"
    assert [command[1] for command, _ in job.exchanges] == [0x5A, 0x71, 0xAF, 0xAD]


def test_writing_jobs_commit_and_reading_jobs_do_not():
    assert instructions("tap + event written").count(COMMIT) == 1
    assert instructions("tap, revocations read and written, event").count(COMMIT) == 1
    assert instructions("renewal").count(COMMIT) == 1
    assert COMMIT not in instructions("tap + grant")
    assert COMMIT not in instructions("inspection")
    assert values.DEBIT in instructions("payment")


def test_a_recording_is_the_same_every_time():
    assert record_jobs() == record_jobs()
