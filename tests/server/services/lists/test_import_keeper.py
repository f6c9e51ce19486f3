"""What people wrote is forgotten a day later, without anybody looking."""

from sqlmodel import select

from server.services.lists import imports
from server.services.lists.import_columns import Subject
from server.services.lists.import_keeper import ImportKeeper, look
from server.services.lists.imports import LINES_LIVE_MS, State
from server.services.lists.sheets import read_text
from server.tables import ImportLineRow
from tests.server.build import ADMIN, COMMUNITY, Community
from tests.support.patience import eventually


def lines_left(community: Community) -> int:
    with community.transactions.read() as session:
        return len(session.exec(select(ImportLineRow)).all())


def read_list(community: Community) -> str:
    sheet = read_text("姓名,房号\n王秀英,3-1-502\n")
    with community.transactions.work(ADMIN) as work:
        return imports.create(work, COMMUNITY, Subject.PEOPLE, sheet, "list.csv").id


def test_lines_go_after_a_day_and_the_list_stays_as_history(community: Community) -> None:
    made = read_list(community)
    community.now[0] += LINES_LIVE_MS
    assert (look(community.transactions), lines_left(community)) == (0, 1)
    community.now[0] += 1
    assert (look(community.transactions), lines_left(community)) == (1, 0)
    with community.transactions.read() as session:
        assert imports.get(session, made).state is State.DROPPED
    assert look(community.transactions) == 0


def test_the_thread_looks(community: Community) -> None:
    read_list(community)
    community.now[0] += LINES_LIVE_MS + 1
    keeper = ImportKeeper(community.transactions, every_s=0.01)
    keeper.start()
    try:
        eventually(lambda: lines_left(community) == 0)
    finally:
        keeper.stop()
