"""What can be wrong with a list or a row of it, and what to do about it, as a clerk is told."""

from server.pages.i18n import N_
from server.services.lists.import_check import (
    HOUSE_MISSING,
    HOUSE_UNKNOWN,
    KIND_UNKNOWN,
    NAME_FORM,
    NAME_MISSING,
    SEVERAL,
    TWICE,
)
from server.services.lists.import_columns import Column, Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import State
from server.services.lists.sheets import SheetFlaw
from server.services.people.cells import CellFlaw
from server.services.people.id_number import IdFlaw

COLUMNS: dict[Column, str] = {
    Column.NAME: N_("Name"),
    Column.HOUSE: N_("House"),
    Column.BUILDING: N_("Building"),
    Column.UNIT: N_("Entrance"),
    Column.ROOM: N_("Room"),
    Column.PHONE: N_("Telephone"),
    Column.ID_NUMBER: N_("Identity number"),
    Column.KIND: N_("Kind"),
    Column.TAGS: N_("Tags"),
    Column.NOTE: N_("Note"),
}

SUBJECTS: dict[Subject, str] = {Subject.PEOPLE: N_("People"), Subject.HOUSES: N_("Houses")}

STATES: dict[State, tuple[str, str, str]] = {
    State.COLUMNS: ("warn", "clock", N_("Columns to be checked")),
    State.CHECKED: ("warn", "clock", N_("Checked, not taken over yet")),
    State.DONE: ("good", "circle-check", N_("Taken over")),
    State.UNDONE: ("quiet", "arrow-back-up", N_("Taken back")),
    State.DROPPED: ("quiet", "x", N_("Thrown away")),
}
"""State -> (colour, symbol, word)."""

STATUSES: dict[Status, tuple[str, str, str]] = {
    Status.WRONG: ("bad", "alert-triangle", N_("Wrong")),
    Status.NEW: ("good", "plus", N_("New")),
    Status.CHANGED: ("warn", "refresh", N_("Changed")),
    Status.SAME: ("quiet", "check", N_("The same")),
    Status.SKIPPED: ("quiet", "minus", N_("Left out")),
}

FLAWS: dict[str, str] = {
    NAME_MISSING: N_("The name is missing."),
    NAME_FORM: N_("A name has no digits and at most 100 characters."),
    HOUSE_MISSING: N_("The house is missing."),
    HOUSE_UNKNOWN: N_("This house is not in the list of houses. Correct it, or add the house first."),
    KIND_UNKNOWN: N_("This kind is not known; write resident, worker or visitor."),
    TWICE: N_("The same as another row of this list (row %(row)s). Leave one of them out."),
    SEVERAL: N_("Several people have this name; say the house or the identity number too."),
    CellFlaw.PHONE_RUINED: N_(
        "Excel has made this number unreadable. Format the column as text, type the number again, or give the last "
        "four digits here."
    ),
    CellFlaw.PHONE_FORM: N_("Not a telephone number: a mobile has 11 digits; the last four alone will do."),
    CellFlaw.HOUSE_DATE: N_("Excel has made a date of this house. Write it again, for example 3-1-502."),
    CellFlaw.HOUSE_FORM: N_("Not a house as people say it here; for example 3-1-502."),
    IdFlaw.RUINED: N_(
        "Excel has made this identity number unreadable: its last three digits are gone and cannot be brought back. "
        "Format the column as text, type the number from the document again, and send the list once more, or type it "
        "here."
    ),
    IdFlaw.OLD: N_("An old number of 15 digits. Take the one of 18 from the person's present document."),
    IdFlaw.FORM: N_("An identity number has 18 characters: 17 digits and a digit or X."),
    IdFlaw.PLACE: N_("The first two digits stand for no province; compare with the document."),
    IdFlaw.BIRTH: N_("The date of birth in it (digits 7 to 14) is no date; compare with the document."),
    IdFlaw.CHECK: N_("The last character does not fit the others: a digit is mistyped. Compare with the document."),
}

SHEET_FLAWS: dict[SheetFlaw, str] = {
    SheetFlaw.EMPTY: N_("There is nothing in it. Choose another file, or copy the cells again."),
    SheetFlaw.TOO_BIG: N_("The file is too big (20 MB at most). Delete pictures from it, or split the list."),
    SheetFlaw.TOO_LONG: N_("The list has more than 50,000 rows. Split it."),
    SheetFlaw.TOO_WIDE: N_("The list has more than 60 columns. Delete those that are not needed."),
    SheetFlaw.FAR: N_(
        "Something stands far below the list or far to the right of it. Delete what lies behind the list, or copy the "
        "list into a new file."
    ),
    SheetFlaw.UNREADABLE: N_("The file cannot be read; it may be damaged. Open it in Excel and save it anew as .xlsx."),
    SheetFlaw.LOCKED: N_("The file is protected by a password. Save it without one, and send it again."),
    SheetFlaw.NOT_TEXT: N_("This is no list: neither Excel nor text. Save it in Excel as .xlsx or CSV."),
}
