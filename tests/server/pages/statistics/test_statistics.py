"""The questions on pages: a table under each chart, a way on from each row, a file for Excel."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from card_protocol.words.moment import DAY_MS
from card_protocol.words.reason import Reason
from server.pages.forms import field_of
from server.pages.statistics.statistics import Row, Shown
from server.pages.statistics.statistics_words import QUESTIONS
from server.services.lists.sheets import read_file
from server.services.roles import Role
from server.services.statistics.questions import FIELDS_OF, Field, Question
from server.services.work import SYSTEM
from server.tables import PurseEntryRow
from tests.server.build import NOW_MS
from tests.server.pages.conftest import words_of


def test_fields_are_opened_by_their_roles_alone(lived):
    for role in (Role.ADMIN, Role.OFFICIAL, Role.CARE, Role.NURSE, Role.PROPERTY, Role.GUARD, Role.AUDITOR):
        browser = lived.house.signed_in(role)
        for field in Field:
            status = browser.get(f"/statistics/{field}").status_code
            assert status == (200 if field in FIELDS_OF.get(role, ()) else 403), (role, field)


def test_a_refusal_is_counted_and_leads_to_its_events(lived):
    page = lived.house.signed_in(Role.ADMIN).get("/statistics/gates?days=7")
    lead = f"/events?kind=tap&amp;reason=lost&amp;point=*&amp;since={quote(field_of(NOW_MS - 7 * DAY_MS))}"
    assert f'<a href="{lead}">Card was reported lost</a>' in page.text, "the events of the days that were counted"
    assert 'value="2026-02-22T' in lived.house.signed_in(Role.ADMIN).get(unescape(lead)).text, "and the search shows it"
    assert f'<a href="{lead.replace("reason=lost", "reason=granted&amp;hour=8")}">08:00</a>' in page.text
    assert "Why are people refused?" in words_of(page)
    assert 'data-chart-of="t-refused"' in page.text
    official = lived.house.signed_in(Role.OFFICIAL).get("/statistics/gates?days=12")
    assert "Card was reported lost" in official.text
    assert "/events?reason" not in official.text, "no way that would be refused"


def test_the_events_are_as_many_as_were_counted(lived):
    """A gate's row does not lead to the clinic, which an administrator sees without its people."""
    house = lived.house
    house.tap(lived.lost, Reason.LOST, point="clinic")
    browser = house.signed_in(Role.ADMIN)
    lead = unescape(re.search(r'href="([^"]*reason=lost[^"]*)"', browser.get("/statistics/gates?days=7").text)[1])
    found = browser.get(lead).text
    assert found.count('href="/events/') == 1
    assert browser.get(lead.replace("&point=*", "")).text.count('href="/events/') == 2
    assert re.search(r'<option value="\*" selected>All gates and doors', found)


def test_a_file_has_what_the_table_has_and_no_small_numbers_of_care(house):
    with house.transactions.work(SYSTEM) as work:
        work.session.add(
            PurseEntryRow(
                card_id="c", issued_ms=1, point="care", point_seq=1, amount=-1200, before=1,
                state="done", proof="proven",
                at_ms=NOW_MS, heard_ms=NOW_MS, minute=1,
            )
        )  # fmt: skip
    admin, carer = house.signed_in(Role.ADMIN), house.signed_in(Role.CARE)
    address = "/statistics/care/meals/list.xlsx?days=7"
    assert read_file(admin.get(address).content).rows[-1] == ["2026-03-01", "<5", "<5"]
    assert read_file(carer.get(address).content).rows[-1] == ["2026-03-01", "1", "1"]
    assert "fewer than 5 people are not shown" in words_of(admin.get("/statistics/care"))
    assert admin.get("/statistics/care/peaks/list.xlsx").status_code == 404
    assert admin.get("/statistics/care/meals/list.pdf").status_code == 404


@pytest.mark.parametrize(
    ("question", "values", "drawn"),
    [
        (Question.ALARMS, (3, 9, 5), True),
        (Question.ALARMS, (0, 9, 0), True),
        (Question.ALARMS, (0, None, 0), False),
        (Question.ALARMS, (None, 9, 5), False),
        (Question.ARRIVALS, (0, None, 7), True),
    ],
)
def test_parts_of_a_whole_that_is_not_known_are_not_drawn(question, values, drawn):
    """Three false alarms that are not shown, and a pie halved between what never was."""
    rows = [Row(str(place), "", (value,)) for place, value in enumerate(values)]
    assert Shown(question, QUESTIONS[question], rows, None in values, None).is_drawn is drawn


def test_cards_in_drawers_are_listed_for_who_reads_cards(lived):
    lived.house.community.now[0] += 100 * 86_400_000
    admin = lived.house.signed_in(Role.ADMIN)
    assert f"/cards/{lived.active}" in admin.get("/statistics/_unused").text
    ways = re.findall(
        r'<th scope="row">(?:<a href="([^"]*)">)?(Used|Never|Not for 90 days)', admin.get("/statistics").text
    )
    assert ways == [("", "Used"), ("/statistics/_unused", "Not for 90 days"), ("/statistics/_unused", "Never")]
    assert lived.house.signed_in(Role.OFFICIAL).get("/statistics/_unused").status_code == 403
