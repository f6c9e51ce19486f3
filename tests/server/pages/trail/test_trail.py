"""The trail: read, checked, and handed out with a watermark."""

import csv
import io

import pytest
from sqlmodel import select

from server.pages.downloads import XLSX
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
    answer = browser.post("/audit/export", why="yearly audit", subject=f"card:{lived.lost}", form="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "Who%20did%20what%202026-03-01.csv" in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["Taken by auditor on 2026-03-01 08:00:00: yearly audit"]
    assert rows[1][:7] == ["Number", "Time", "Who", "What", "Of what", "What changed", "Why"]
    assert all(row[10] == f"card:{lived.lost}" for row in rows[2:])
    assert rows[2][3:7] == ["Card reported lost", f"Card {lived.lost}", "State: Active → Lost", "bus"]
    assert rows[2][9] == "card.lost"
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
    taken = browser.post("/audit/export", why="yearly audit", form="csv").content.decode("utf-8-sig")
    (line,) = (row for row in csv.reader(io.StringIO(taken)) if "care.deed" in row)
    assert line[4:7] == ["", "", ""]
    assert line[10:14] == ["holder", "{}", "{}", ""]


@pytest.mark.parametrize("why", ["", "   ", "x" * 301])
def test_without_a_reason_nothing_is_taken_out(lived, why):
    answer = lived.house.signed_in(Role.AUDITOR).post("/audit/export", why=why)
    assert answer.status_code == 422
    assert "Please say why" in words_of(answer)


def test_the_file_is_one_for_excel_and_proves_the_chain(lived):
    browser = lived.house.signed_in(Role.AUDITOR)
    answer = browser.post("/audit/export", why="yearly audit")
    assert answer.headers["content-type"] == XLSX
    assert browser.post("/audit/export", why="yearly audit", form="pdf").status_code == 404
    taken = browser.post("/audit/export", why="yearly audit", form="csv").content.decode("utf-8-sig")
    seal = audit.GENESIS
    for number, _, *_, at, who, what, about, before, after, why, kept in list(csv.reader(io.StringIO(taken)))[:1:-1]:
        row = AuditRow(id=int(number), at_ms=int(at.strip("'")), actor=who, action=what, subject=about,
                       before=before, after=after, why=why)  # fmt: skip
        seal = audit.line_hash(seal, row)
        assert seal == kept


def test_a_user_a_card_and_a_person_are_found_as_people_call_them(lived):
    browser = lived.house.signed_in(Role.ADMIN)
    with lived.house.transactions.work(Actor("user:wang", "admin")) as work:
        audit.record(work, "card.code", f"card:{lived.lost}")
    for asked, said, but in (
        ("actor=wang", "Code of a visitor", "Person entered"),
        ("subject=2", "Card reported lost", "Person entered"),
        ("subject=No. 2", "Card reported lost", "Person entered"),
        ("subject=王秀英", "Person entered", "Card reported lost"),
        ("since=2026-03-01&until=2026-03-01", "Person entered", "No line fits"),
        ("since=2026-03-02", "No line fits", "Person entered"),
        ("until=2026-02-28", "No line fits", "Person entered"),
        ("since=soon", "A day is written like 2026-03-01.", "No line fits"),
    ):
        told = words_of(browser.get(f"/audit?{asked}"))
        assert said in told, asked
        assert but not in told.partition("Is it whole?")[0], asked
    refused = browser.post("/audit/export", why="x", since="soon")
    assert (refused.status_code, "A day is written like" in words_of(refused)) == (422, True)


def test_only_who_may_read_it_reads_it(lived):
    for role in PEOPLE_ROLES:
        browser = lived.house.signed_in(role)
        allowed = may(Actor("x", role.value), Permission.AUDIT_READ)
        assert (browser.get("/audit").status_code == 200) == allowed
        assert (browser.post("/audit/export", why="x").status_code == 200) == allowed
