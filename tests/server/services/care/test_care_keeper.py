"""The whole of it on a data base: somebody is not seen, is asked after, and nobody is in the dark of a gateway."""

import threading
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import DAY_MS, ClockQuality, local_ms
from card_protocol.words.reason import Reason
from server.services.access import access
from server.services.care import care_cases, care_keeper, care_watch
from server.services.care.care_case import Deed, Stage
from server.services.care.care_cases import PersonView
from server.services.care.care_keeper import CareKeeper
from server.services.care.care_watch import Absence, WatchIn
from server.services.care.rhythm import Status
from server.services.gateways import gateways
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.work import SYSTEM
from server.tables import CareWatchRow, EventRow
from tests.server.build import ADMIN, COMMUNITY, Community, gate, make_community
from tests.support.patience import eventually

HOUR = 3_600_000
TODAY = date(2026, 3, 4)
COLUMNS = {"kind", "point", "card_id", "holder", "reason", "wall_ms", "clock"}


class Street:
    """Somebody who goes out at seven, at noon and at five every day, past the gateway g-2."""

    def __init__(self, community: Community) -> None:
        self.community = community
        self.box = community.box("g-2")
        self.card = community.active_card()
        assert self.card.holder_id is not None
        self.holder = self.card.holder_id
        self.seq = self.turn = 0
        with community.transactions.work(ADMIN) as work:
            access.set_point(work, COMMUNITY, gate().model_copy(update={"gateway_id": "g-2"}))
            care_watch.put(work, self.holder, WatchIn(contact_name="王小明", contact_phone="138 0000 1111"))
            consents.say(work, self.holder, Purpose.NOT_SEEN, True)
        with community.transactions.work(SYSTEM) as work:
            for days in range(42, 0, -1):
                for hour in (7, 12, 17):
                    work.session.add(self._row(local_ms(TODAY, hour * 60) - days * DAY_MS, Reason.GRANTED))

    def tap(self, at_ms: int, reason: Reason = Reason.GRANTED) -> None:
        with self.community.transactions.work(SYSTEM) as work:
            work.session.add(self._row(at_ms, reason))

    def _row(self, at_ms: int, reason: Reason) -> EventRow:
        self.seq += 1
        event = Event(
            kind=EventKind.TAP, wall_ms=at_ms, mono_ns=self.seq, boot="b1", clock=ClockQuality.NTP,
            point="south-gate-in", card_id=self.card.id, reason=reason, policy_version=1,
        )  # fmt: skip
        return EventRow(
            gateway_id="g-2", epoch="00000000000000e1", seq=self.seq, body=event.to_bytes(), hash=bytes(32),
            received_ms=at_ms, **event.model_dump(mode="json", include=COLUMNS),
        )  # fmt: skip

    def say(self, **fields: object) -> None:
        self.turn += 1
        with self.community.transactions.work(SYSTEM) as work:
            plain = {"turn": self.turn, "head_seq": 1, "acked_seq": 1}
            gateways.note_state(work, self.box.state(at_ms=self.community.now[0], **(plain | fields)))

    def look(self, hour: float, **said: object) -> PersonView:
        """The gateway says something, and somebody looks at the board."""
        self.community.now[0] = local_ms(TODAY) + int(hour * HOUR)
        if said.pop("speaks", True):
            self.say(**said)
        care_keeper.look(self.community.transactions)
        with self.community.transactions.read() as session:
            return next(
                p for p in care_cases.board(session, self.community.now[0]).people if p.holder_id == self.holder
            )

    def act(self, deed: Deed) -> None:
        person = self.now()
        assert person.case is not None
        with self.community.transactions.work(ADMIN) as work:
            care_cases.act(work, person.case.id, deed)

    def now(self) -> PersonView:
        with self.community.transactions.read() as session:
            (one,) = care_cases.board(session, self.community.now[0]).people
            return one


@pytest.fixture
def street(sqlite_engine: Engine) -> Street:
    return Street(make_community(sqlite_engine))


def test_not_seen_is_asked_after_climbs_and_ends_with_a_tap(street: Street) -> None:
    assert street.look(8).status is Status.WELL
    missed = street.look(11)
    assert missed.status is Status.SILENT
    assert missed.case is not None
    assert (missed.case.stage, missed.contact_phone) == (Stage.RESIDENT, "138 0000 1111")
    assert street.look(11.6).case.stage is Stage.CONTACT  # type: ignore[union-attr]
    street.act(Deed.VISITING)
    assert street.now().case.stage is Stage.COMMUNITY  # type: ignore[union-attr]
    street.tap(local_ms(TODAY, 720))
    back = street.look(12.1)
    assert (back.status, back.case) == (Status.WELL, None)
    with street.community.transactions.read() as session:
        counted = care_cases.counts(session, street.community.now[0])
    assert (counted.true_alarms, counted.false_alarms, counted.outcomes) == (0, 1, {Deed.SEEN: 1})


def test_the_board_is_right_through_a_gateway_outage(street: Street) -> None:
    street.look(6.9)
    dark = street.look(7.5, online=False)
    assert (dark.status, dark.case) == (Status.UNKNOWN, None)
    assert dark.unknown_since_ms is not None
    assert street.look(14, speaks=False).status is Status.UNKNOWN
    assert street.look(19, head_seq=4).status is Status.UNKNOWN, "three events are on their way"
    street.tap(local_ms(TODAY, 17 * 60))
    assert street.look(19.1, head_seq=4, acked_seq=4).status is Status.WELL


def test_an_outage_that_hid_nothing_is_no_excuse_and_one_that_saw_nothing_is(street: Street) -> None:
    street.look(6.9)
    street.look(7.5, online=False)
    assert street.look(14, head_seq=4, acked_seq=4).status is Status.SILENT, "it saw all the while, and not her"


def test_a_box_without_power_saw_nothing(street: Street) -> None:
    street.look(6.9)
    street.look(7.5, online=False)
    found = street.look(14, boot="b2")
    assert (found.status, found.silence_ms) == (Status.WELL, 0)


def test_away_in_hospital_and_back(street: Street) -> None:
    street.look(11)
    street.act(Deed.HOSPITAL)
    gone = street.look(12)
    assert (gone.status, gone.case) == (Status.HOSPITAL, None)
    with street.community.transactions.work(ADMIN) as work:
        care_watch.back(work, street.holder)
    assert street.look(12.2).status is Status.SILENT
    with street.community.transactions.read() as session:
        assert care_cases.counts(session, street.community.now[0]).true_alarms == 1


@pytest.mark.parametrize("deed", [Deed.WELL, Deed.HELPED])
def test_who_was_reached_is_not_missed_again_at_the_next_look_but_when_they_are_silent_anew(
    street: Street, deed: Deed
) -> None:
    street.look(11)
    street.act(deed)
    found = street.look(11.1)
    assert (found.status, found.case) == (Status.WELL, None)
    assert street.look(16.5).status is Status.WELL
    assert street.look(17.5).status is Status.SILENT, "neither at noon nor at five"


def test_what_was_just_said_is_true_before_the_next_look(street: Street) -> None:
    looked = street.look(11) and street.community.now[0]
    street.community.now[0] += 60_000
    street.act(Deed.HOSPITAL)
    assert (street.now().status, street.now().case) == (Status.HOSPITAL, None)
    with street.community.transactions.work(ADMIN) as work:
        care_watch.back(work, street.holder)
    assert street.now().status is Status.SILENT
    with street.community.transactions.work(ADMIN) as work:
        care_watch.leave(work, street.holder, Absence.AWAY, date(2026, 3, 9))
        assert care_cases.board(work.session, work.now_ms).looked_ms == looked, "nobody else was looked at"
    assert street.now().status is Status.AWAY


@pytest.mark.parametrize("deed", [Deed.WELL, Deed.HELPED])
def test_who_was_reached_is_well_at_once(street: Street, deed: Deed) -> None:
    street.look(11)
    street.act(deed)
    assert (street.now().status, street.now().case) == (Status.WELL, None)


def test_who_takes_the_consent_back_is_left_alone(street: Street) -> None:
    street.look(11)
    with street.community.transactions.work(ADMIN) as work:
        consents.say(work, street.holder, Purpose.NOT_SEEN, False)
    found = street.look(11.1)
    assert (found.status, found.last_ms, found.case) == (Status.NO_CONSENT, None, None)


def test_a_stranger_with_a_lost_card_is_no_sign_of_life(street: Street) -> None:
    street.tap(local_ms(TODAY, 10 * 60), Reason.LOST)
    assert street.look(11).status is Status.SILENT


def test_everybody_is_looked_at_a_few_in_a_transaction(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(care_keeper, "AT_ONCE", 2)
    others = [street.community.holder(name).id for name in ("李小红", "周大明", "吴阿姨", "郑伯")]
    with street.community.transactions.work(ADMIN) as work:
        for person in others:
            care_watch.put(work, person, WatchIn())
    street.look(8)
    with street.community.transactions.read() as session:
        people = care_cases.board(session, street.community.now[0]).people
        rows = session.exec(select(CareWatchRow)).all()
    assert len(people) == 5
    assert {row.looked_ms for row in rows} == {street.community.now[0]}


@pytest.mark.parametrize(("speed", "every_s"), [(1, 10), (4, 2.5), (930, 1)])
def test_on_a_played_day_it_looks_more_often(street: Street, speed: int, every_s: float) -> None:
    assert CareKeeper(street.community.transactions, speed)._every_s == every_s


def test_it_looks_by_itself(street: Street) -> None:
    street.look(8)
    street.community.now[0] = local_ms(TODAY) + 11 * HOUR
    street.say()
    keeper = CareKeeper(street.community.transactions, every_s=0.01)
    keeper.start()
    assert eventually(lambda: street.now().case is not None)
    keeper.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "care-keeper"]
