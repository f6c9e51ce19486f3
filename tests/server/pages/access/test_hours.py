"""Schedules and the calendar."""

from card_protocol.words.schedule import Calendar
from server.services.access import access
from server.services.roles import Role
from tests.server.pages.conftest import words_of

NAMES = {"name_zh": "白天", "name_en": "Day"}


def calendar(house):
    with house.transactions.read() as session:
        return access.calendar_of(session)


def test_hours_are_saved_after_their_effect_was_seen(lived):
    browser = lived.house.signed_in()
    days = {f"day-{day}": "06:00-22:00" for day in range(8)}
    assert "1 person has other or fewer hours at South gate, in" in words_of(
        browser.post("/access/hours/always", **NAMES, **days)
    )
    assert browser.post("/access/hours/_new", **NAMES, **days, sure="true").status_code == 303
    with lived.house.transactions.read() as session:
        (fresh,) = [one for one in access.schedules(session) if one.id == "hours-1"]
    assert len(fresh.intervals) == 8
    page = browser.get("/access/hours/hours-1").text
    assert page.count('value="06:00-22:00"') == 8
    assert page.count('data-cell="open"') == 8 * 32


def test_wrong_hours_are_told_at_their_day(lived):
    browser = lived.house.signed_in()
    answer = browser.post("/access/hours/_new", **NAMES, **{"day-2": "9 to 5"})
    assert answer.status_code == 422
    assert 'id="day-2-problem"' in answer.text
    assert "name in both languages" in words_of(browser.post("/access/hours/_new", name_zh="白天"))
    assert browser.get("/access/hours/nothing").status_code == 404


def test_holidays_and_makeup_workdays_come_and_go(lived):
    house, browser = lived.house, lived.house.signed_in()
    span = {"kind": "holiday", "first": "2026-10-01", "last": "2026-10-03"}
    assert "Nobody gains or loses anything by this." in words_of(browser.post("/access/calendar", **span))
    assert calendar(house) == Calendar()
    assert browser.post("/access/calendar", **span, sure="true").status_code == 303
    browser.post("/access/calendar", kind="workday", first="2026-10-10", sure="true")
    assert calendar(house) == Calendar(
        holidays=frozenset({"2026-10-01", "2026-10-02", "2026-10-03"}), workdays=frozenset({"2026-10-10"})
    )
    assert "2026-10-10 Saturday Make-up workday" in words_of(browser.get("/access/calendar"))
    browser.post("/access/calendar", remove=["2026-10-02", "2026-10-10"], sure="true")
    assert calendar(house) == Calendar(holidays=frozenset({"2026-10-01", "2026-10-03"}))


def test_what_is_no_span_is_told(lived):
    browser = lived.house.signed_in()
    for first, last in (("2026-10-03", "2026-10-01"), ("2026-10-01", "2027-10-01"), ("soon", "")):
        answer = browser.post("/access/calendar", kind="holiday", first=first, last=last)
        assert answer.status_code == 422
        assert "at most 40 days apart" in words_of(answer)
        assert f'value="{first}"' in answer.text


def test_an_official_reads_the_calendar_and_changes_nothing(lived):
    official = lived.house.signed_in(Role.OFFICIAL)
    assert official.get("/access/calendar").status_code == 200
    assert official.post("/access/calendar", first="2026-10-01", sure="true").status_code == 403
