"""The trail: read, checked, and handed out with a watermark."""

import csv
import io

import pytest
from sqlmodel import select

from server.pages.trail import trail
from server.services import audit
from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.work import SYSTEM, Actor
from server.tables import AuditRow
from tests.server.pages.conftest import words_of


def test_a_line_says_who_what_why_and_what_changed(lived):
    browser = lived.house.signed_in(Role.AUDITOR)
    page = words_of(browser.get("/audit"))
    assert "Card reported lost bus" in page
    assert "State: Active → Lost" in page
    assert " test Card reported lost" in page
    assert f"Card {lived.lost}" in page


def test_the_filters_and_the_pages(lived):
    browser = lived.house.signed_in(Role.AUDITOR)
    rows = words_of(browser.get(f"/audit?subject=card:{lived.lost}", **{"hx-request": "true"}))
    assert "Card reported lost" in rows
    assert "Person entered" not in rows
    assert "No line fits these filters." in words_of(browser.get("/audit?actor=user:nobody"))
    for number in range(60):
        with lived.house.transactions.work(SYSTEM) as work:
            audit.record(work, "door.paint", f"door:{number}")
    first = browser.get("/audit?actor=system").text
    address = first.split('hx-get="')[-1].split('"')[0].replace("&amp;", "&")
    if "after=" not in address:
        address = next(part.split('"')[0] for part in first.split('hx-get="')[1:] if "after=" in part)
        address = address.replace("&amp;", "&")
    more = browser.get(address, **{"hx-request": "true"}).text
    assert more.lstrip().startswith("<tr>")
    assert "door:0" in more
    assert "door.paint" in more, "an action without a word keeps its name"


def test_the_check_says_whole_or_where_it_breaks(lived):
    browser = lived.house.signed_in(Role.AUDITOR)
    assert "Whole" in words_of(browser.get("/audit/check"))
    with lived.house.transactions.work(SYSTEM) as work:
        row = work.session.exec(select(AuditRow).where(AuditRow.id == 3)).one()
        row.why = "something else"
        work.session.add(row)
    assert "Line 3 does not follow" in words_of(browser.get("/audit/check"))


def test_what_is_taken_out_carries_name_time_and_reason_and_is_recorded(lived):
    browser = lived.house.signed_in(Role.AUDITOR)
    answer = browser.post("/audit/export", why="yearly audit", subject=f"card:{lived.lost}", actor="")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="onecard-audit-2026-03-01.csv"' in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Taken by auditor on 2026-03-01 08:00:00: yearly audit"]
    assert rows[1] == ["Number", "Time", "Who", "What", "Of what", "Before", "After", "Why"]
    assert all(row[4] == f"card:{lived.lost}" for row in rows[2:])
    assert rows[2][3] == "card.lost"
    with lived.house.transactions.read() as session:
        line = audit.trail(session).items[0]
    assert (line.action, line.actor, line.why) == ("audit.export", "user:auditor", "yearly audit")


def test_what_was_done_in_a_field_about_somebody_is_seen_without_whom(lived):
    about = f"holder:{lived.holder}"
    with lived.house.transactions.work(SYSTEM) as work:
        audit.record(work, "care.deed", about, after={"deed": "hospital"}, why="摔了一跤")
        audit.record(work, "clinic.read", "queue")
    browser = lived.house.signed_in(Role.ADMIN)
    page = words_of(browser.get("/audit"))
    assert "Something done about a case not shown to your role" in page
    assert "hospital" not in page.lower()
    assert "摔了一跤" not in page
    assert "Queue of the clinic opened Clinic today" in page
    found = words_of(browser.get(f"/audit?subject={about}"))
    assert "Person entered" in found
    assert "Something done about a case" not in found
    taken = browser.post("/audit/export", why="yearly audit").content.decode("utf-8-sig")
    (line,) = (row for row in csv.reader(io.StringIO(taken)) if "care.deed" in row)
    assert line[4:] == ["holder", "{}", "{}", ""]


@pytest.mark.parametrize("why", ["", "   ", "x" * 301])
def test_without_a_reason_nothing_is_taken_out(lived, why):
    answer = lived.house.signed_in(Role.AUDITOR).post("/audit/export", why=why)
    assert answer.status_code == 422
    assert "Please say why" in words_of(answer)


def test_a_cell_never_becomes_a_formula():
    assert trail.harmless("=HYPERLINK(1)") == "'=HYPERLINK(1)"
    assert [trail.harmless(text)[0] for text in ("+1", "-1", "@x", "\tx")] == ["'"] * 4
    assert trail.harmless("user:wang") == "user:wang"


def test_only_who_may_read_it_reads_it(lived):
    for role in PEOPLE_ROLES:
        browser = lived.house.signed_in(role)
        allowed = may(Actor("x", role.value), Permission.AUDIT_READ)
        assert (browser.get("/audit").status_code == 200) == allowed
        assert (browser.post("/audit/export", why="x").status_code == 200) == allowed
