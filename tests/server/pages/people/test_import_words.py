"""Every flaw, state and status has its words."""

from server.pages.people.import_words import COLUMNS, FLAWS, SHEET_FLAWS, STATES, STATUSES, SUBJECTS
from server.services.lists import import_check
from server.services.lists.import_columns import Column, Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import State
from server.services.lists.sheets import SheetFlaw
from server.services.people.cells import CellFlaw
from server.services.people.id_number import IdFlaw


def test_nothing_is_without_words():
    of_rows = {
        value for name, value in vars(import_check).items() if name.isupper() and isinstance(value, str) and "_" in name
    }
    assert set(FLAWS) == {*CellFlaw, *IdFlaw, *of_rows, import_check.TWICE, import_check.SEVERAL}
    assert set(SHEET_FLAWS) == set(SheetFlaw)
    assert set(COLUMNS) == set(Column)
    assert set(SUBJECTS) == set(Subject)
    assert set(STATES) == set(State)
    assert set(STATUSES) == set(Status) - {Status.UNREAD}
