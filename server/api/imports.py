"""/imports: lists from Excel or another program: read, understood, looked at, mended, taken over, taken back.

A dry run and a taking over go on beside the request: ask for the list until `progress` is null.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services.house import House
from server.services.lists import import_run, imports
from server.services.lists.import_columns import Column, Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import ImportView, LineView
from server.services.lists.sheets import CELL_MAX_CHARS, FILE_MAX_BYTES, SheetProblem, read_file
from server.services.paging import Page, cut
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import Actor

router = APIRouter(prefix="/imports", tags=["imports"])

Writer = Annotated[Actor, Depends(Needs(Permission.HOLDERS_WRITE))]
LineNumber = Annotated[int, Path(ge=1, lt=2**31)]
REQUEST_MAX_BYTES = FILE_MAX_BYTES + 64 * 1024
"""A file and what stands around it."""

Cell = Annotated[str, Field(max_length=CELL_MAX_CHARS)]


class ListView(ImportView):
    """A list, and how far the work on it is."""

    progress: int | None
    """Percent; null when nothing is under way."""
    failed: Code | None = None
    """Why the last work on it failed; told once."""


class ColumnsIn(BaseModel):
    """What the columns mean: meaning -> place, from 0."""

    model_config = ConfigDict(extra="forbid")

    mapped: dict[Column, Annotated[int, Field(ge=0, lt=256)]] = Field(max_length=len(Column))


class AgreedIn(BaseModel):
    """How many new and changed lines somebody agrees to take over."""

    model_config = ConfigDict(extra="forbid")

    new: int = Field(ge=0, lt=2**31)
    changed: int = Field(ge=0, lt=2**31)


class MendIn(BaseModel):
    """Cells of a line anew, by their place from 0; or leave it out."""

    model_config = ConfigDict(extra="forbid")

    cells: dict[Annotated[int, Field(ge=0, lt=256)], Cell] = Field(default={}, max_length=256)
    left_out: bool = False


@router.get("")
def listing(house: TheHouse, _actor: Writer, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[ImportView]:
    """Lists, the newest first."""
    with house.transactions.read() as session:
        found = imports.listing(session, before=after, limit=limit + 1)
    return cut(found, limit, [one.id for one in found])


@router.post("", status_code=201, max_body_size=REQUEST_MAX_BYTES)
def read(
    house: TheHouse, actor: Writer, subject: Annotated[Subject, Form()], file: Annotated[UploadFile, File()]
) -> ListView:
    """Read a file (xlsx, xls, csv in UTF-8 or GB18030). Columns are understood as the last time, or guessed."""
    try:
        sheet = read_file(file.file.read(FILE_MAX_BYTES + 1))
    except SheetProblem as problem:
        raise Problem(
            Code.INVALID, f"The file cannot be read: {problem.flaw}.", fields={"file": problem.flaw}
        ) from None
    with house.transactions.work(actor) as work:
        made = imports.create(work, house.community, subject, sheet, file.filename or "")
    return _view(house, made.id)


@router.get("/{import_id}")
def get(house: TheHouse, _actor: Writer, import_id: Id) -> ListView:
    """One list, how it stands and how far the work on it is."""
    return _view(house, import_id)


@router.post("/{import_id}/columns", status_code=202)
def understand(house: TheHouse, actor: Writer, import_id: Id, told: ColumnsIn) -> ListView:
    """Say what the columns mean, and begin the dry run."""
    with house.transactions.work(actor) as work:
        imports.set_columns(work, import_id, told.mapped)
    import_run.start_check(house, actor, import_id)
    return _view(house, import_id)


@router.get("/{import_id}/lines")
def lines(
    house: TheHouse, _actor: Writer, import_id: Id, status: Status, after: After = None, limit: Limit = DEFAULT_LIMIT
) -> Page[LineView]:
    """Lines of one kind: new, changed, same, wrong, left out."""
    with house.transactions.read() as session:
        imports.row_of(session, import_id)
        return imports.lines(session, import_id, status, after=after, limit=limit)


@router.post("/{import_id}/lines/{number}")
def mend(house: TheHouse, actor: Writer, import_id: Id, number: LineNumber, told: MendIn) -> LineView:
    """Write a line anew or leave it out; it is judged again at once."""
    mark = import_run.mark_in(house)
    with house.transactions.work(actor) as work:
        if told.left_out or not told.cells:
            return imports.leave_out(work, import_id, number, told.left_out, mark)
        return imports.mend(work, import_id, number, told.cells, mark)


@router.post("/{import_id}/apply", status_code=202)
def take_over(house: TheHouse, actor: Writer, import_id: Id, agreed: AgreedIn) -> ListView:
    """Take over what is new and changed, all or nothing, if it is still as many; wrong lines stay behind."""
    with house.transactions.read() as session:
        imports.open_row(session, import_id)
    expected: dict[str, int] = {Status.NEW: agreed.new, Status.CHANGED: agreed.changed}
    import_run.start_apply(house, actor, import_id, expected)
    return _view(house, import_id)


@router.post("/{import_id}/undo", status_code=202)
def take_back(house: TheHouse, actor: Writer, import_id: Id) -> ListView:
    """Take it back, for 24 hours after it was taken over."""
    with house.transactions.read() as session:
        imports.row_of(session, import_id)
    import_run.start_undo(house, actor, import_id)
    return _view(house, import_id)


@router.delete("/{import_id}", status_code=204)
def drop(house: TheHouse, actor: Writer, import_id: Id) -> None:
    """Throw a list away that was not taken over."""
    with house.transactions.work(actor) as work:
        imports.drop(work, import_id)


def _view(house: House, import_id: str) -> ListView:
    name = import_run.job_name(import_id)
    running = house.jobs.progress(name)
    failed = None if running is not None else house.jobs.failure(name)
    with house.transactions.read() as session:
        view = imports.get(session, import_id)
    return ListView(**view.model_dump(), progress=None if running is None else running.percent, failed=failed)
