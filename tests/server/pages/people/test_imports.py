"""Lists from Excel, through the pages as a clerk goes."""

import csv
import io

import pytest

from server.pages.people.import_words import FLAWS
from server.services.lists import imports, sheet_out
from server.services.lists.import_run import job_name
from server.services.lists.sheets import read_file
from server.services.people import holders
from server.services.people.id_number import IdFlaw
from server.services.roles import Role
from tests.server.pages.conftest import words_of
from tests.support.patience import eventually

TITLES = ["姓名", "房号", "手机号码", "身份证号"]
ROWS = [
    ["王秀英", "3-1-502", "13812344711", "11010519491231002X"],
    ["单建国", "5幢2单元101室", "", ""],
    ["赵大勇", "5-2-102", "", "3.301061950010113E+17"],
]


@pytest.fixture
def clerk(house):
    return house.signed_in(Role.CLERK)


def send(browser, data=None, name="居民.xlsx", **fields):
    files = {"file": (name, data)} if data is not None else None
    fields |= {"csrf": browser.token()}
    return browser.client.post("/imports", data=fields, files=files)


def finished(house, list_path):
    eventually(lambda: house.transactions and house.community.house.jobs.progress(job_name(list_path[9:])) is None)


def checked(house, browser, data=None, **fields):
    """The address of a list after its dry run."""
    answer = send(browser, data, **fields)
    assert answer.status_code == 303, words_of(answer)
    path = answer.headers["location"]
    with house.transactions.read() as session:
        mapped = imports.get(session, path[9:]).mapped
    assert "What do the columns mean?" in words_of(browser.get(path))
    columns = {f"column-{place}": column.value for column, place in mapped.items()}
    assert browser.post(f"{path}/columns", **columns).status_code == 303
    finished(house, path)
    return path


def test_cells_of_more_than_a_megabyte_can_be_pasted(clerk):
    pasted = "\n".join(["姓名\t房号", *(f"王秀英\t3-1-{number}\t{'备注' * 80}" for number in range(2200))])
    assert len(pasted.encode()) > 2**20
    answer = clerk.client.post(
        "/imports", data={"subject": "people", "csrf": clerk.token()}, files={"pasted": (None, pasted.encode())}
    )
    assert answer.status_code == 303, words_of(answer)


def test_a_list_is_looked_at_mended_taken_over_and_taken_back(house, clerk):
    path = checked(house, clerk, sheet_out.xlsx(TITLES, ROWS), subject="people")
    page = words_of(clerk.get(path))
    assert FLAWS[IdFlaw.RUINED] in page
    assert "Take over: 2 new, 0 changed" in page
    mended = clerk.client.post(
        f"{path}/lines/4", data={"cell-3": "", "do": "mend", "csrf": clerk.token()}, headers={"hx-request": "true"}
    )
    assert 'data-status="new"' in mended.text
    assert 'hx-swap-oob="innerHTML"' in mended.text
    assert "Take over: 3 new" in words_of(mended)
    assert clerk.post(f"{path}/apply", new="3", changed="0").status_code == 303
    finished(house, path)
    assert "Taken over at" in words_of(clerk.get(path))
    with house.transactions.read() as session:
        assert {person.house for person in holders.search(session).items} == {"3-1-502", "5-2-101", "5-2-102"}
    assert clerk.post(f"{path}/undo").status_code == 303
    finished(house, path)
    assert "Taken back at" in words_of(clerk.get(path))
    assert "Nobody is entered yet." in words_of(clerk.get("/holders"))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_csv_is_read_as_excel_writes_it(house, clerk, encoding):
    text = "\r\n".join(",".join(row) for row in [TITLES, *ROWS])
    path = checked(house, clerk, text.encode(encoding), name="居民.csv", subject="people")
    assert "Take over: 2 new" in words_of(clerk.get(path))


def test_cells_are_pasted(house, clerk):
    path = checked(house, clerk, pasted="房号\n3幢1单元502室\n坏的\n", subject="houses")
    page = words_of(clerk.get(path))
    assert "Pasted cells" in page
    assert "Take over: 1 new" in page
    assert "Not a house as people say it here" in page


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_wrong_rows_go_back_with_what_is_wrong(house, clerk, form):
    path = checked(house, clerk, sheet_out.xlsx(TITLES, ROWS), subject="people")
    answer = clerk.get(f"{path}/wrong.{form}")
    assert "attachment" in answer.headers["content-disposition"]
    if form == "xlsx":
        rows = read_file(answer.content).rows
    else:
        assert answer.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [*TITLES, "What is wrong"]
    assert rows[1][0] == "赵大勇"
    assert "Excel has made this identity number unreadable" in rows[1][-1]
    assert clerk.get(f"{path}/wrong.pdf").status_code == 404


def test_the_empty_list_has_the_titles_that_are_understood(clerk):
    (titles,) = read_file(clerk.get("/imports/_template?subject=people").content).rows
    assert titles == ["Name", "House", "Telephone", "Identity number", "Kind", "Tags"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "There is nothing in it."),
        (b"PK\x03\x04", "The file cannot be read"),
        ("姓名,房号".encode(), "nothing in it"),
    ],
)
def test_what_is_no_list_is_told_on_the_page(clerk, data, said):
    answer = send(clerk, data, subject="people")
    assert answer.status_code == 422
    assert said in words_of(answer)
    assert send(clerk, subject="people").status_code == 422
    assert ">姓名\t房号</textarea>" in send(clerk, subject="people", pasted="姓名\t房号").text


def test_columns_must_be_told_apart(house, clerk):
    path = send(clerk, sheet_out.xlsx(["甲", "乙"], [["王秀英", "3-1-502"]]), subject="people").headers["location"]
    for columns in ({"column-0": ""}, {"column-0": "name", "column-1": "name"}):
        answer = clerk.post(f"{path}/columns", **columns)
        assert answer.status_code == 422
        assert "Say which column holds the name" in words_of(answer)


def test_what_was_agreed_to_is_what_is_taken_over(house, clerk):
    path = checked(house, clerk, sheet_out.xlsx(TITLES, ROWS), subject="people")
    clerk.post(f"{path}/apply", new="9", changed="0")
    finished(house, path)
    assert "Something changed in the meantime." in words_of(clerk.get(path))


def test_a_row_is_left_out_and_a_list_thrown_away(house, clerk):
    path = checked(house, clerk, sheet_out.xlsx(TITLES, ROWS), subject="people")
    assert clerk.post(f"{path}/lines/4", do="out").status_code == 303
    assert "Take it in again" in words_of(clerk.get(f"{path}?show=skipped"))
    assert clerk.post(f"{path}/drop").headers["location"] == "/imports"
    assert "Thrown away" in words_of(clerk.get("/imports"))


def test_a_guard_takes_no_lists_over(lived):
    guard = lived.house.signed_in(Role.GUARD)
    assert guard.get("/imports").status_code == 403
    assert guard.post(f"/imports/{lived.list}/apply", new="1", changed="1").status_code == 403
