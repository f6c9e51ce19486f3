"""Lists from Excel: sent or pasted, understood, looked at, mended row by row, taken over, taken back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from server.pages import marks
from server.pages.answers import go, is_part, page, part, refused
from server.pages.console import Console, TheConsole
from server.pages.downloads import FORMS, list_file
from server.pages.i18n import N_
from server.pages.people.import_words import COLUMNS, FLAWS, SHEET_FLAWS, STATES, STATUSES, SUBJECTS
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import HOLDER_KINDS
from server.services.lists import import_run, import_undo, imports
from server.services.lists.import_columns import OF_SUBJECT, Column, Subject
from server.services.lists.import_match import Status
from server.services.lists.imports import ImportView, LineView, State
from server.services.lists.sheets import FILE_MAX_BYTES, Sheet, SheetFlaw, SheetProblem, read_file, read_text
from server.services.paging import number_after
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.work import SYSTEM

router = APIRouter()

SHOWN_LINES = 25
SAMPLE_LINES = 5
PASTE_MAX_CHARS = 5_000_000
PASTE_MAX_BYTES = 4 * PASTE_MAX_CHARS
REQUEST_MAX_BYTES = 64 * 2**20
"""A file that is too large is told on the page; a larger one than this is not even read."""

WRONG_MAX_LINES = 50_000

Writer = Annotated[Visit, Depends(Needs(Permission.HOLDERS_WRITE))]


@router.get("/imports")
def listing(visit: Writer, console: TheConsole, subject: str = "") -> Response:
    """The lists so far, and a form for the next one."""
    return _start(visit, console, subject, "", 200)


@router.get("/imports/_template")
def template(visit: Writer, subject: Subject = Subject.PEOPLE) -> Response:
    """An empty list with the right titles, every cell text."""
    parts = (Column.BUILDING, Column.UNIT, Column.ROOM)
    titles: list[str] = [visit.say(COLUMNS[column]) for column in OF_SUBJECT[subject] if column not in parts]
    return _file(visit, visit.say(SUBJECTS[subject]), "xlsx", titles, [])


@router.post(
    "/imports",
    dependencies=[Depends(our_form)],
    max_body_size=REQUEST_MAX_BYTES,
    form_limits={"max_part_size": PASTE_MAX_BYTES},
)
def send(
    visit: Writer,
    console: TheConsole,
    subject: Annotated[str, Form(max_length=16)] = "",
    pasted: Annotated[str, Form(max_length=PASTE_MAX_CHARS)] = "",
    file: UploadFile | None = None,
) -> Response:
    """Read a list, whatever is wrong with its rows."""
    of = Subject(subject) if subject in set(Subject) else Subject.PEOPLE
    try:
        sheet, name = _read(visit, file, pasted)
        with console.transactions.work(visit.actor) as work:
            made = imports.create(work, console.house.community, of, sheet, name)
    except SheetProblem as problem:
        return _start(
            visit, console, of, visit.say(SHEET_FLAWS[problem.flaw], at="pasted" if pasted else "file"), 422, pasted
        )
    except Problem as problem:
        if problem.code is not Code.INVALID:
            raise
        return _start(
            visit, console, of, visit.say(SHEET_FLAWS[SheetFlaw.EMPTY], at="pasted" if pasted else "file"), 422, pasted
        )
    return go(f"/imports/{made.id}")


@router.get("/imports/{import_id}")
def one(visit: Writer, console: TheConsole, import_id: str, show: str = "", columns: bool = False) -> Response:
    """A list where it stands: its columns, its progress, or what becomes of its rows."""
    return _one(visit, console, import_id, show, columns, "", 200)


@router.get("/imports/{import_id}/progress")
def progress(visit: Writer, console: TheConsole, import_id: str) -> Response:
    """How far the work on it is; sends the browser on when it is over."""
    running = console.house.jobs.progress(import_run.job_name(import_id))
    answer = part(visit, "import_progress.html", import_id=import_id, progress=running)
    if running is None:
        answer.headers["HX-Redirect"] = f"/imports/{import_id}"
    return answer


@router.post("/imports/{import_id}/columns", dependencies=[Depends(our_form)])
async def understand(request: Request, visit: Writer, console: TheConsole, import_id: str) -> Response:
    """Say what the columns mean, and begin the dry run."""
    form = await request.form()
    chosen = {name.removeprefix("column-"): str(value) for name, value in form.items() if name.startswith("column-")}
    meant = [(number_after(place), what) for place, what in chosen.items() if what in set(Column)]
    mapped = {Column(what): place for place, what in meant if place is not None}
    return await run_in_threadpool(
        _understand, visit, console, import_id, mapped, len([c for c in chosen.values() if c])
    )


def _understand(visit: Visit, console: Console, import_id: str, mapped: dict[Column, int], chosen: int) -> Response:
    try:
        if len(mapped) < chosen:
            raise Problem(Code.INVALID, "Two columns mean the same.")
        with console.transactions.work(visit.actor) as work:
            imports.set_columns(work, import_id, mapped)
    except Problem as problem:
        if problem.code is not Code.INVALID:
            raise
        sentence = visit.say(N_("Say which column holds the name (or the house), and choose every meaning only once."))
        return _one(visit, console, import_id, "", True, sentence, 422)
    import_run.start_check(console.house, visit.actor, import_id)
    return go(f"/imports/{import_id}")


@router.get("/imports/{import_id}/lines")
def more_lines(visit: Writer, console: TheConsole, import_id: str, show: Status, after: str = "") -> Response:
    """The next rows of one kind."""
    with console.transactions.read() as session:
        view = imports.get(session, import_id)
        found = imports.lines(session, import_id, show, after=after or None, limit=SHOWN_LINES)
    return part(visit, "import_lines.html", first=False, **_shown(visit, view, found, show))


@router.post("/imports/{import_id}/lines/{number}", dependencies=[Depends(our_form)])
async def mend(request: Request, visit: Writer, console: TheConsole, import_id: str, number: int) -> Response:
    """Write a row anew, or leave it out."""
    form = await request.form()
    cells = {
        int(name.removeprefix("cell-")): str(value)
        for name, value in form.items()
        if name.startswith("cell-") and number_after(name.removeprefix("cell-")) is not None
    }
    return await run_in_threadpool(_mend, request, visit, console, import_id, number, cells, str(form.get("do", "")))


def _mend(
    request: Request, visit: Visit, console: Console, import_id: str, number: int, cells: dict[int, str], do: str
) -> Response:
    mark = import_run.mark_in(console.house)
    with console.transactions.work(visit.actor) as work:
        if do in {"out", "in"}:
            line = imports.leave_out(work, import_id, number, do == "out", mark)
        else:
            line = imports.mend(work, import_id, number, cells, mark)
        view = imports.get(work.session, import_id)
    if not is_part(request):
        return go(f"/imports/{import_id}")
    return part(visit, "import_mended.html", line=line, **_words(visit, view))


@router.post("/imports/{import_id}/apply", dependencies=[Depends(our_form)])
def take_over(
    visit: Writer, console: TheConsole, import_id: str, new: Annotated[int, Form()], changed: Annotated[int, Form()]
) -> Response:
    """Take over what is new and changed, if it is still what stood on the screen."""
    expected: dict[str, int] = {Status.NEW: new, Status.CHANGED: changed}
    import_run.start_apply(console.house, visit.actor, import_id, expected)
    return go(f"/imports/{import_id}")


@router.post("/imports/{import_id}/undo", dependencies=[Depends(our_form)])
def take_back(visit: Writer, console: TheConsole, import_id: str) -> Response:
    """Take it back."""
    import_run.start_undo(console.house, visit.actor, import_id)
    return go(f"/imports/{import_id}")


@router.post("/imports/{import_id}/drop", dependencies=[Depends(our_form)])
def drop(visit: Writer, console: TheConsole, import_id: str) -> Response:
    """Throw it away."""
    with console.transactions.work(visit.actor) as work:
        imports.drop(work, import_id)
    return go("/imports")


@router.get("/imports/{import_id}/wrong.{form}")
def wrong_rows(visit: Writer, console: TheConsole, import_id: str, form: str) -> Response:
    """The wrong rows as a file, with what is wrong in a last column."""
    if form not in FORMS:
        raise Problem(Code.NOT_FOUND)
    rows: list[list[str]] = []
    after = None
    with console.transactions.read() as session:
        view = imports.get(session, import_id)
        while len(rows) < WRONG_MAX_LINES:
            found = imports.lines(session, import_id, Status.WRONG, after=after, limit=500)
            rows += [[*line.cells, _comment(visit, line)] for line in found.items]
            after = found.next
            if after is None:
                break
    titles = [title or visit.say(N_("Column %(number)s")) % {"number": n} for n, title in enumerate(view.titles, 1)]
    return _file(visit, visit.say(N_("Wrong rows")), form, [*titles, visit.say(N_("What is wrong"))], rows)


def _read(visit: Visit, file: UploadFile | None, pasted: str) -> tuple[Sheet, str]:
    if file is not None and file.filename:
        return read_file(file.file.read(FILE_MAX_BYTES + 1)), file.filename
    if pasted.strip():
        return read_text(pasted), visit.say(N_("Pasted cells"))
    raise SheetProblem(SheetFlaw.EMPTY)


def _start(visit: Visit, console: Console, subject: str, problem: str, status: int, pasted: str = "") -> Response:
    with console.transactions.work(SYSTEM) as work:
        imports.forget_old(work)
    with console.transactions.read() as session:
        found = imports.listing(session)
    chosen = subject if subject in set(Subject) else Subject.PEOPLE
    return page(
        visit,
        "imports.html",
        status=status,
        lists=found,
        subject=chosen,
        subjects=SUBJECTS,
        states=STATES,
        problem=problem,
        pasted=pasted,
    )


def _one(
    visit: Visit, console: Console, import_id: str, show: str, columns: bool, problem: str, status: int
) -> Response:
    name = import_run.job_name(import_id)
    running = console.house.jobs.progress(name)
    failed = console.house.jobs.failure(name)
    with console.transactions.read() as session:
        view = imports.get(session, import_id)
        if view.state is State.COLUMNS or (columns and view.state is State.CHECKED):
            kind = Status.UNREAD if view.count(Status.UNREAD) else Status.NEW
            sample = imports.lines(session, import_id, kind, limit=SAMPLE_LINES).items
            asking = {"sample": sample, "choices": OF_SUBJECT[view.subject], "column_words": COLUMNS}
            template = "import_columns.html"
        else:
            wanted = Status(show) if show in set(STATUSES) else _first_to_show(view)
            found = imports.lines(session, import_id, wanted, limit=SHOWN_LINES)
            asking, template = _shown(visit, view, found, wanted), "import.html"
    if failed is not None and not problem:
        problem = visit.say(FAILURES[failed]) if failed in FAILURES else refused(visit, failed)
    undo_until = (view.applied_ms or 0) + imports.UNDO_MS
    shown = asking | _words(visit, view)
    return page(
        visit,
        "import_running.html" if running else template,
        status=status,
        import_id=import_id,
        progress=running,
        problem=problem,
        first=True,
        may_undo=import_undo.can_undo(view, visit.now_ms),
        undo_until=undo_until,
        kept=view.count(import_undo.KEPT),
        **shown,
    )


FAILURES: dict[Code, str] = {
    Code.WRONG_STATE: N_("Something changed in the meantime. Nothing was taken over; look at it again."),
    Code.FAILED: N_("It was not finished, and nothing was changed. Try again; the server's log says more."),
}


def _first_to_show(view: ImportView) -> Status:
    return next((status for status in STATUSES if view.count(status)), Status.NEW)


def _shown(visit: Visit, view: ImportView, found: Any, show: Status) -> dict[str, Any]:
    return {"found": found, "show": show, **_words(visit, view)}


def _words(visit: Visit, view: ImportView) -> dict[str, Any]:
    return {
        "list": view,
        "statuses": STATUSES,
        "states": STATES,
        "subjects": SUBJECTS,
        "column_words": COLUMNS,
        "places": sorted(view.mapped.items(), key=lambda pair: pair[1]),
        "kinds": HOLDER_KINDS,
        "said": lambda flaw: _sentence(visit, flaw),
    }


def _sentence(visit: Visit, flaw: str) -> str:
    """`twice 12` -> the sentence with the row."""
    name, _, row = flaw.partition(" ")
    return visit.say(FLAWS[name]) % {"row": row} if row else visit.say(FLAWS[name])


def _comment(visit: Visit, line: LineView) -> str:
    colon = marks.COLON[visit.language]
    named = (
        f"{visit.say(COLUMNS[Column(column)])}{colon}{_sentence(visit, flaw)}" for column, flaw in line.flaws.items()
    )
    return " ".join(named)


def _file(visit: Visit, name: str, form: str, titles: list[str], rows: list[list[str]]) -> Response:
    return list_file(name, visit.now_ms, form, titles, rows)
