"""Several who do the same at once: what looks before it writes lets the second one see what the first one wrote."""

from card_protocol.words.event import Event, EventKind
from card_protocol.words.moment import ClockQuality, local_day_and_minute
from card_protocol.words.reason import Reason
from server.services.care import care_cases, care_watch
from server.services.care.care_watch import WatchIn
from server.services.clinic import clinic
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from server.services.property import parking
from server.services.property.parking import PermitIn
from server.services.shifts import shifts
from server.services.work import SYSTEM
from tests.server.build import ADMIN, NOW_MS, Community
from tests.server.rush import MANY, rush

CAR = {"plate": "浙A12345", "house": "3-1-502", "from_day": "2026-01-01", "to_day": "2026-12-31"}
TODAY = local_day_and_minute(NOW_MS)[0]


def refusals(found: list[object]) -> list[Code]:
    return [one.code for one in found if isinstance(one, Problem)]


def arrive(community: Community, card_id: str) -> None:
    event = Event(
        kind=EventKind.TAP, wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP, point="clinic",
        card_id=card_id, reason=Reason.GRANTED, policy_version=1,
    )  # fmt: skip
    with community.transactions.work(SYSTEM) as work:
        clinic.hear(work, event, frozenset({"clinic"}))


def test_the_second_sees_what_the_first_has_written(community: Community) -> None:
    permit = PermitIn.model_validate(CAR)
    assert refusals(rush(community, lambda work: parking.grant(work, permit))) == [Code.EXISTS] * (MANY - 1)
    assert refusals(rush(community, shifts.begin)) == [Code.WRONG_STATE] * (MANY - 1)
    assert refusals(rush(community, lambda work: shifts.hand_over(work, ""))) == [Code.WRONG_STATE] * (MANY - 1)
    for number in range(MANY):
        arrive(community, community.active_card(f"040102030405{number:02}").id)
    called = rush(community, lambda work: clinic.call_next(work, TODAY))
    assert len({one.number for one in called if isinstance(one, clinic.TicketView)}) == MANY, "each room another number"


def test_of_several_who_miss_somebody_one_opens_the_case(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        care_watch.put(work, person.id, WatchIn())
        consents.say(work, person.id, Purpose.NOT_SEEN, True)
    opened = rush(community, lambda work: care_cases.open_case(work, person.id, by_hand=True))
    assert len({one.id for one in opened if isinstance(one, care_cases.CaseView)}) == 1
    with community.transactions.read() as session:
        assert len(care_cases.all_open(session)) == 1
