"""Lists for tests: read, understood and checked in one call."""

from collections.abc import Sequence

from server.services.lists import import_run, imports
from server.services.lists.import_columns import Column, Subject
from server.services.lists.imports import ImportView
from server.services.lists.sheets import Sheet
from tests.server.build import ADMIN, COMMUNITY, Community

TITLES = ["姓名", "房号", "电话", "身份证号"]


def quiet(_done: int, _total: int) -> None:
    """Nobody watches."""


def read_list(
    community: Community,
    rows: Sequence[Sequence[str]],
    subject: Subject = Subject.PEOPLE,
    titles: Sequence[str] = TITLES,
) -> ImportView:
    """A list as it was sent."""
    cells = [list(titles), *[[*row, *[""] * (len(titles) - len(row))] for row in rows]]
    with community.transactions.work(ADMIN) as work:
        return imports.create(work, COMMUNITY, subject, Sheet(cells, list(range(1, len(cells) + 1)), "test"), "表.xlsx")


def checked_list(
    community: Community,
    rows: Sequence[Sequence[str]],
    subject: Subject = Subject.PEOPLE,
    titles: Sequence[str] = TITLES,
) -> ImportView:
    """A list after its dry run."""
    made = read_list(community, rows, subject, titles)
    with community.transactions.work(ADMIN) as work:
        imports.set_columns(work, made.id, {Column(name): place for name, place in made.mapped.items()})
    import_run.check_all(community.house, ADMIN, made.id, quiet)
    return view(community, made.id)


def view(community: Community, import_id: str) -> ImportView:
    """A list as it stands."""
    with community.transactions.read() as session:
        return imports.get(session, import_id)
