"""The record of a whole community, verified; and tampered with in every table."""

import pytest
from sqlalchemy import text

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.event import GENESIS, EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from server.intake.processor import Message, Processor
from server.services.events import proof
from server.services.events.chain_check import Finding, Kind
from server.services.events.proof import JournalReport
from server.services.gateways import gateways
from server.services.work import SYSTEM
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Box, Community, admit, tap


@pytest.fixture
def box(community: Community, monkeypatch: pytest.MonkeyPatch) -> Box:
    """A gateway with twelve events, one of them a dead letter; read in small spans."""
    monkeypatch.setattr(proof, "READ_ROWS", 5)
    box = community.box()
    box.append(*(tap(n) for n in range(1, 7)), b'{"kind":"nonsense"}', *(tap(n) for n in range(8, 13)))
    for first, last in ((1, 4), (3, 9), (10, 12)):
        send(community, box, first, last)
    return box


def send(community: Community, box: Box, first: int, last: int, **changes: object) -> None:
    word = box.batch(first, last).model_copy(update=changes)
    message = Message(topic(box.name, Channel.EVENTS), box.sealed("batch", word))
    Processor(community.transactions, community.house.keystore).process([message])


def reports(community: Community) -> list[JournalReport]:
    with community.transactions.snapshot() as session:
        return list(proof.verify_all(session, community.house.keystore.server.verifier))


def tampered(community: Community, change: str) -> JournalReport:
    with community.transactions.work(SYSTEM) as work:
        connection = work.session.connection()
        assert connection.execute(text(change)).rowcount > 0
    (report,) = reports(community)
    return report


@pytest.mark.usefixtures("box")
def test_an_honest_record_is_complete(community: Community) -> None:
    (report,) = reports(community)
    assert report.complete
    assert report.findings == (Finding(Kind.DEAD_LETTER, 7, 7),)
    assert (report.gateway, report.watermark) == ("g-1", 12)
    assert (report.first_ms, report.last_ms) == (NOW_MS + 1, NOW_MS + 12)


TAMPERINGS = {
    "UPDATE event SET body = 'a text' WHERE seq = 5": Kind.ALTERED,
    "DELETE FROM event WHERE seq = 5": Kind.MISSING,
    "DELETE FROM event WHERE seq > 9": Kind.MISSING,
    "DELETE FROM dead_letter": Kind.MISSING,
    "UPDATE event SET hash = (SELECT hash FROM dead_letter) WHERE seq = 5": Kind.ALTERED,
    "UPDATE event SET body = (SELECT body FROM dead_letter) WHERE seq = 5": Kind.ALTERED,
    f"UPDATE intake_position SET head_hash = '{GENESIS.hex()}'": Kind.HEAD,
    "DELETE FROM intake_position": Kind.HEAD,
    "UPDATE intake_position SET watermark = 9": Kind.HEAD,
    "DELETE FROM batch_seal WHERE first_seq = 10": Kind.UNSIGNED,
    f"UPDATE batch_seal SET key = '{'ab' * 32}' WHERE first_seq = 3": Kind.FORGED,
    "DELETE FROM ack_seal WHERE upto = 12": Kind.UNACKNOWLEDGED,
    "UPDATE ack_seal SET payload = signature WHERE upto = 9": Kind.ACK_FORGED,
}


@pytest.mark.usefixtures("box")
@pytest.mark.parametrize(("change", "kind"), TAMPERINGS.items(), ids=lambda value: str(value)[:40])
def test_every_tampering_shows(community: Community, change: str, kind: Kind) -> None:
    report = tampered(community, change)
    assert not report.complete
    assert kind in {finding.kind for finding in report.findings}


def test_a_declared_hole_is_named(community: Community, box: Box) -> None:
    box.append(*(tap(n) for n in range(13, 21)))
    send(community, box, 18, 20, gap_from=13)
    (report,) = reports(community)
    assert not report.complete
    assert [f for f in report.findings if f.kind is not Kind.DEAD_LETTER] == [Finding(Kind.HOLE, 13, 17)]


def test_what_was_lost_with_a_file_that_was_set_aside_is_named(community: Community, box: Box) -> None:
    """Told in the journal that followed it: nothing comes behind such a gap in its own."""
    moment = Moment(boot="b", mono_ns=1, wall_ms=NOW_MS, clock=ClockQuality.NTP)
    unseen = "00000000000000d1"
    for epoch, first in ((box.epoch, 11), (unseen, 1)):
        gap = note_event(EventKind.GAP, moment, None, epoch=epoch, from_seq=first, to_seq=20, count=21 - first)
        box.append(gap.to_bytes())
    send(community, box, 13, 14)
    first, second = reports(community)
    assert (second.epoch, second.watermark, second.complete) == (unseen, 0, False)
    assert second.findings == (Finding(Kind.HOLE, 1, 20),)
    assert first.findings == (Finding(Kind.DEAD_LETTER, 7, 7), Finding(Kind.HOLE, 15, 20))


def test_a_second_history_is_told_and_does_not_hurt_the_first(community: Community, box: Box) -> None:
    twin = Box("g-1")
    twin.append(*(tap(100 + n) for n in range(14)))
    send(community, twin, 1, 14)
    (report,) = reports(community)
    assert report.complete
    assert Finding(Kind.FORK, 1, 14) in report.findings


def test_a_gateway_that_was_replaced_is_believed_with_both_keys(community: Community, box: Box) -> None:
    fresh = replaced(community)
    fresh.append(tap(1))
    send(community, fresh, 1, 1)
    assert [report.complete for report in reports(community)] == [True, True]


def replaced(community: Community) -> Box:
    """Another box in the place of g-1, with a journal and keys of its own."""
    fresh = Box("g-1", seed=5)
    fresh.epoch = "00000000000000e2"
    with community.transactions.work(ADMIN) as work:
        claim = gateways.claim(work, "g-1", COMMUNITY)
    admit(community.transactions, community.house.keystore, fresh, claim)
    return fresh


def test_a_key_that_was_never_enrolled_is_nobodys(community: Community, box: Box) -> None:
    with community.transactions.work(SYSTEM) as work:
        work.session.connection().execute(text("DELETE FROM audit WHERE action = 'gateway.enrol'"))
    (report,) = reports(community)
    assert Kind.FORGED in {finding.kind for finding in report.findings}


def test_nothing_to_verify_is_no_report(community: Community) -> None:
    assert reports(community) == []
