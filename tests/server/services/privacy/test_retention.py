"""The night: what is over goes, the trail proves it, and the proofs of the events hold."""

import pytest

from card_protocol.wire.topics import Channel, topic
from card_protocol.words.moment import DAY_MS, MINUTE_MS, local_day_and_minute, local_ms
from server.intake.processor import Message, Processor
from server.services import audit
from server.services.events import keeping
from server.services.events.chain_check import Finding, Kind
from server.services.events.day_root import prove, root_of_day
from server.services.events.proof import verify_all
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.privacy import about, retention
from server.services.privacy.aims import GATE_DAYS, PROCESSINGS, Aim
from server.services.privacy.retention import NIGHT_MINUTE, KeepIn, PrivacyKeeper, look_at_night
from server.services.privacy.rules import RULES, Rule
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import Row
from tests.server.build import ADMIN, NOW_MS, Box, Community, tap
from tests.server.services.privacy.lives import lived
from tests.support.patience import eventually

TODAY = local_day_and_minute(NOW_MS)[0]


def bring(community: Community, box: Box, first: int, last: int) -> int:
    message = Message(topic("g-1", Channel.EVENTS), box.sealed("batch", box.batch(first, last)))
    return Processor(community.transactions, community.house.keystore).process([message]).refused


@pytest.fixture
def box(community: Community) -> Box:
    """Six taps at the gate and at the clinic in turn, in two batches."""
    made = community.box("g-1")
    card = community.active_card()
    for seq in range(1, 7):
        body = tap(seq, card.id)
        made.append(body.replace(b"south-gate-in", b"clinic") if seq % 2 == 0 else body)
    assert bring(community, made, 1, 3) == bring(community, made, 4, 6) == 0
    return made


def findings(community: Community) -> tuple[list[Finding], bool]:
    with community.transactions.snapshot() as session:
        (report,) = verify_all(session, community.house.keystore.server.verifier)
    return list(report.findings), report.complete


def keep(community: Community, aim: Aim, days: int) -> None:
    with community.transactions.work(ADMIN) as work:
        retention.set_keep(work, aim, KeepIn(keep_days=days, why="shorter here"))


def night(community: Community, days: int) -> int | None:
    community.now[0] = local_ms(TODAY) + days * DAY_MS + NIGHT_MINUTE * MINUTE_MS
    return look_at_night(community.transactions)


def test_what_the_clinic_lets_go_leaves_the_chain_the_day_and_every_signature_whole(
    community: Community, box: Box
) -> None:
    with community.transactions.snapshot() as session:
        root = root_of_day(session, TODAY)
    keep(community, Aim.CLINIC, 10)
    assert night(community, 20) == 4, "three events, and the card behind a number of the queue"
    found, complete = findings(community)
    assert complete
    assert {(one.kind, one.first) for one in found} == {(Kind.EXPIRED, n) for n in (2, 4, 6)}
    with community.transactions.snapshot() as session:
        assert root_of_day(session, TODAY) == root
        assert len(prove(session, 3).path) > 0
        proof = next(one for one in retention.proofs(session) if one.subject == "rule:events.clinic")
        assert proof.told == {"aim": "clinic", "before": "2026-03-11", "count": 3, "keep_days": 10}
        assert proof.count == 3
        assert audit.broken_at(session) is None
        assert retention.nights(session)[0].removed == 4
    assert bring(community, box, 1, 3) == 0, "a gateway that sends it again brings nothing back"
    assert findings(community)[1]
    with community.transactions.read() as session:
        assert session.connection().execute(Row.metadata.tables["quarantine"].select()).first() is None


def test_however_many_took_a_consent_back_the_night_forgets_them_all(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    lives = [lived(community, f"040102030405{n:02}") for n in range(3)]
    monkeypatch.setattr(retention, "WITHDRAWN_AT_ONCE", 1)
    with community.transactions.work(ADMIN) as work:
        for life in lives:
            consents.say(work, life.holder, Purpose.CLINIC, False)
    night(community, 1)
    with community.transactions.read() as session:
        assert [life for life in lives if "clinic_recall" in about.counts(session, life.holder)] == []


def test_who_alters_a_hash_that_stayed_is_found_out(community: Community, box: Box) -> None:
    keep(community, Aim.CLINIC, 10)
    night(community, 20)
    with community.transactions.work(ADMIN) as work:
        gone = Row.metadata.tables["event_gone"]
        work.session.execute(gone.update().where(gone.c.seq == 2).values(hash=bytes(32)))
    found, complete = findings(community)
    assert not complete
    assert Finding(Kind.ALTERED, 3, 3) in found


def test_months_that_go_take_the_hashes_along(community: Community, box: Box) -> None:
    keep(community, Aim.CLINIC, 10)
    night(community, 20)
    community.now[0] += 400 * DAY_MS
    keeping.look_after_events(community.transactions, 7)
    found, complete = findings(community)
    assert (found, complete) == ([Finding(Kind.EXPIRED, 1, 6)], True)


def test_once_a_night_and_not_by_day(community: Community) -> None:
    community.now[0] = local_ms(TODAY) + (NIGHT_MINUTE - 1) * MINUTE_MS
    assert look_at_night(community.transactions) is None
    assert night(community, 0) == 0
    assert look_at_night(community.transactions) is None
    assert night(community, 1) == 0


def test_a_rule_that_fails_does_not_keep_the_others_from_their_night(
    community: Community, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_work: Work, _cutoff_ms: int) -> int:
        raise ValueError("what no test had thought of")

    monkeypatch.setattr(retention, "RULES", (Rule("broken", Aim.CARE, fail), *RULES))
    keep(community, Aim.CLINIC, 10)
    with pytest.raises(ExceptionGroup):
        night(community, 20)
    with community.transactions.read() as session:
        assert [proof.subject for proof in retention.proofs(session) if proof.count == 3], (
            "the clinic's events are gone"
        )
        assert retention.nights(session) == [], "the next look begins it again"


def test_another_law_says_how_long_at_least(community: Community) -> None:
    with pytest.raises(Problem) as told:
        keep(community, Aim.ACCESS, GATE_DAYS - 1)
    assert told.value.code is Code.INVALID
    keep(community, Aim.ACCESS, GATE_DAYS)
    with community.transactions.read() as session:
        kept = retention.keeps(session)
    assert (kept[Aim.ACCESS].keep_days, kept[Aim.ACCESS].set_by) == (GATE_DAYS, "user:test")
    assert kept[Aim.CLINIC].keep_days == PROCESSINGS[Aim.CLINIC].keep_days


def test_the_keeper_looks(community: Community) -> None:
    community.now[0] = local_ms(TODAY) + NIGHT_MINUTE * MINUTE_MS
    keeper = PrivacyKeeper(community.transactions)
    keeper.start()

    def done() -> bool:
        with community.transactions.read() as session:
            return bool(retention.nights(session))

    eventually(done)
    keeper.stop()
