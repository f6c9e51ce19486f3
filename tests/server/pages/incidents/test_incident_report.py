"""Reporting: by hand, from an alarm, from a visit, and what is the same again."""

from server.services.care import care_cases, care_watch
from server.services.care.care_case import Deed
from server.services.care.care_watch import WatchIn
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.incidents import incidents
from server.services.incidents.incident_asked import Source, SourceKind
from server.services.people import consents
from server.services.people.consents import Purpose
from server.services.privacy import forgetting
from server.services.roles import Role
from server.services.sight import EVERYTHING
from server.services.work import SYSTEM
from server.tables import IncidentRow
from tests.server.pages.conftest import words_of


def held(house):
    house.community.now[0] += 1
    with house.transactions.work(SYSTEM) as work:
        detail = {"event": "door_held"}
        return alarms.sound(work, AlarmKind.GATEWAY, gateway_id="g-1", point="south-gate-in", detail=detail).id


def test_an_alarm_becomes_an_incident_with_all_that_are_alike(house):
    first, second = held(house), held(house)
    guard = house.signed_in(Role.GUARD)
    live = guard.get("/live").text
    shown = max(first, second)  # of the same moment: which of the two is the newer, their ids say by chance
    assert f'href="/incidents/_new?alarm={shown}"' in live
    form = guard.get(f"/incidents/_new?alarm={second}")
    assert "Door held open: South gate, in" in form.text
    answer = guard.post("/incidents/_new", matter="safety", title="Door held open", alarm=second, point="south-gate-in")
    assert answer.headers["location"] == "/incidents/1"
    with house.transactions.read() as session:
        for one in (first, second):
            assert incidents.number_of(session, Source(kind=SourceKind.ALARM, id=one)) == 1
            seen = alarms.get(session, one, sight=EVERYTHING)
            assert (seen.forwarded_by, seen.note, seen.acknowledged_ms) == ("user:guard", "", None)
    for browser in (guard, house.signed_in(Role.ADMIN)):
        assert browser.get("/alarms").text.count('href="/incidents/1"') == 2
    assert 'href="/incidents/1"' not in house.signed_in(Role.INSTALLER).get("/alarms").text
    guard.post("/alarms/answer", how="forward", ids=first, note="the bolt sticks")
    assert guard.get("/alarms").text.count('href="/incidents/1"') == 2, "what somebody says does not hide it"
    assert guard.get(f"/incidents/_new?alarm={first}").headers["location"] == "/incidents/1"
    assert guard.post("/incidents/_new", matter="safety", title="x", alarm=first).headers["location"] == "/incidents/1"
    again = held(house)
    page = words_of(guard.get(f"/incidents/_new?alarm={again}"))
    assert "Has it been reported before?" in page
    answer = guard.post("/incidents/_new", alarm=again, title="Door held open", into="1")
    assert answer.headers["location"] == "/incidents/1"
    assert "3 alarms" in words_of(guard.get("/incidents/1"))


def test_by_hand_from_a_house_and_nothing_typed_is_lost(house):
    clerk = house.signed_in(Role.CLERK)
    assert 'value="3-1-502"' in clerk.get("/incidents/_new?house=3-1-502").text
    refused = clerk.post("/incidents/_new", matter="order", title=" ", text="since midnight", house="3-1-502")
    assert refused.status_code == 422
    assert "since midnight" in refused.text
    assert "Say what it is in one line" in words_of(refused)
    assert clerk.post("/incidents/_new", matter="weather", title="x").status_code == 422
    made = clerk.post("/incidents/_new", matter="order", title="Noise", house="3-1-502", urgency="urgent")
    page = words_of(clerk.get(made.headers["location"]))
    for said in ("Noise", "Urgent", "3-1-502", "15 minutes left", "Dispute"):
        assert said in page


def test_from_a_visit_with_the_person(lived):
    house = lived.house
    guard = house.signed_in(Role.GUARD)
    assert 'value="3-1-502"' in guard.get(f"/incidents/_new?event={lived.granted}").text
    made = guard.post("/incidents/_new", matter="safety", title="A lost card", event=str(lived.granted))
    number = made.headers["location"]
    page = guard.get(number)
    assert f'href="/events/{lived.granted}"' in page.text
    assert f'href="/holders/{lived.holder}"' in page.text
    assert guard.get(f"/incidents/_new?event={lived.granted}").headers["location"] == number


def test_what_is_not_the_reader_s_is_not_there(lived):
    house = lived.house
    hidden = next(alarm for alarm in listed(house) if alarm.point == "clinic" and alarm.card_id is not None)
    assert house.signed_in(Role.GUARD).get(f"/incidents/_new?alarm={hidden.id}").status_code == 404
    assert house.signed_in(Role.AUDITOR).get("/incidents/_new").status_code == 403
    assert house.signed_in(Role.NURSE).get("/incidents").status_code == 403
    assert "/incidents/_new" not in house.signed_in(Role.NURSE).get("/live").text


def listed(house):
    with house.transactions.read() as session:
        return alarms.listing(session, sight=EVERYTHING).items


def test_a_care_case_becomes_an_incident_that_only_care_reads(house):
    person = house.community.holder("单秀英", house="3-1-502")
    with house.transactions.work(SYSTEM) as work:
        care_watch.put(work, person.id, WatchIn())
        consents.say(work, person.id, Purpose.NOT_SEEN, True)
        case = care_cases.open_case(work, person.id, by_hand=True, note="her daughter rang")
    carer = house.signed_in(Role.CARE)
    form = carer.get(f"/incidents/_new?case={case.id}").text
    assert "her daughter rang</textarea>" in form
    assert 'value="care"' in form
    assert 'value="Somebody is worried about them"' in form, "the name stands beside it, not in it"
    assert "单秀英" in form
    assert 'value="facility"' not in form, "what others read is no choice for somebody who was not seen"
    wrong = carer.post("/incidents/_new", matter="facility", title="Not seen", case=case.id)
    assert wrong.status_code == 422
    made = carer.post("/incidents/_new", matter="care", title="Not seen", urgency="urgent", case=case.id)
    assert made.headers["location"] == "/incidents/1"
    assert carer.get(f"/incidents/_new?case={case.id}").headers["location"] == "/incidents/1"
    assert house.signed_in(Role.GUARD).get("/incidents/1").status_code == 404
    for path in ("/incidents", "/incidents/1", "/incidents/1/file", "/incidents?q=shanxiuying"):
        assert "Not seen: 单秀英" in words_of(carer.get(path)), path
    with house.transactions.work(SYSTEM) as work:
        care_cases.act(work, case.id, Deed.WELL)
        work.session.get_one(IncidentRow, 1).state = "closed"
        forgetting.forget(work, person.id, why="request 1")
    assert "单秀英" not in carer.get("/incidents?show=over").text + carer.get("/incidents/1/file").text
    assert carer.get("/incidents/_new?case=01HZZZZZZZZZZZZZZZZZZZZZZZ").status_code == 404


def test_a_case_that_the_look_opened_says_so_in_its_incident(house):
    person = house.community.holder()
    with house.transactions.work(SYSTEM) as work:
        care_watch.put(work, person.id, WatchIn())
        consents.say(work, person.id, Purpose.NOT_SEEN, True)
        case = care_cases.open_case(work, person.id)
    form = house.signed_in(Role.CARE).get(f"/incidents/_new?case={case.id}").text
    assert 'value="Not seen for longer than is usual for them"' in form
