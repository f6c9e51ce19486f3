"""The dry run of a list, its taking over in one transaction, and its undoing.

What costs time (checking, the sounds of names) is done before the transaction, which writes in bulk: while it is open
no tap can be taken in on SQLite.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, update
from sqlmodel import Session, col, select

from card_protocol.words.ids import PSEUDONYM_BYTES, new_ulid
from card_protocol.words.moment import local_day_and_minute
from server.services import audit
from server.services.house import House
from server.services.lists import import_undo, imports
from server.services.lists.import_check import check
from server.services.lists.import_columns import Subject
from server.services.lists.import_match import Seen, Status, match
from server.services.lists.imports import State
from server.services.long_jobs import Step
from server.services.people import finding, households, houses
from server.services.people.holders import HolderKind
from server.services.people.name_keys import keys_of
from server.services.problems import Code, Problem
from server.services.work import ULID_ENTROPY_BYTES, Actor, Transactions, Work
from server.tables import HolderRow, ImportLineRow, ImportRow, Row

LINES = Row.metadata.tables["import_line"]
TABLES = {Subject.PEOPLE: Row.metadata.tables["holder"], Subject.HOUSES: Row.metadata.tables["house"]}
CHUNK_LINES = 1000
ID_NUMBER = "id-number"


def job_name(import_id: str) -> str:
    """Under which the work on a list is found (services.long_jobs)."""
    return f"import-{import_id}"


def start_check(house: House, actor: Actor, import_id: str) -> None:
    """Begin the dry run."""
    house.jobs.start(job_name(import_id), partial(check_all, house, actor, import_id))


def start_apply(house: House, actor: Actor, import_id: str, expected: dict[str, int] | None) -> None:
    """Begin to take a list over."""
    house.jobs.start(job_name(import_id), lambda step: apply(house, actor, import_id, expected, step))


def start_undo(house: House, actor: Actor, import_id: str) -> None:
    """Begin to take a list back."""
    house.jobs.start(job_name(import_id), lambda step: import_undo.undo(house.transactions, actor, import_id, step))


def mark_in(house: House) -> Any:
    """Identity number -> its mark in this community."""
    return lambda number: house.keystore.mark_of(ID_NUMBER, number)


def check_all(house: House, actor: Actor, import_id: str, step: Step) -> dict[str, int]:
    """The dry run: every line beside what we have; the counts by status."""
    mark, seen = mark_in(house), Seen()
    with house.transactions.read() as session:
        row = imports.open_row(session, import_id)
        numbers = _numbers(session, import_id)
    today, _ = local_day_and_minute(house.transactions.clock())
    columns, subject = imports.columns_of(row), Subject(row.subject)
    for start in range(0, len(numbers), CHUNK_LINES):
        part = numbers[start : start + CHUNK_LINES]
        with house.transactions.read() as session:
            lines = [line for line in _lines(session, import_id, part) if line.status != Status.SKIPPED]
            rows = [
                (line.number, check(line.cells, columns, subject, mark=mark, today=today, typed=line.typed))
                for line in lines
            ]
            found = match(session, row.org, subject, rows, seen)
        with house.transactions.work(actor) as work:
            _write_fates(work.session.connection(), lines, found)
        step(start + len(part), len(numbers))
    with house.transactions.work(actor) as work:
        fresh = imports.open_row(work.session, import_id)
        fresh.state = State.CHECKED.value
        work.session.add(fresh)
        work.session.flush()
        return imports.counts_of(work.session, import_id)


def apply(house: House, actor: Actor, import_id: str, expected: dict[str, int] | None, step: Step) -> None:
    """Take over what is new and changed, all or nothing; Problem WRONG_STATE when it is not what somebody agreed to.

    `expected` are the numbers of new and changed lines that stood on the screen; None agrees to any.
    """
    counts = check_all(house, actor, import_id, lambda done, total: step(done, 2 * total))
    agreed = {name: counts.get(name, 0) for name in (Status.NEW, Status.CHANGED)}
    if expected is not None and agreed != expected:
        raise Problem(Code.WRONG_STATE, f"There are now {agreed}, not {expected}.")
    with house.transactions.read() as session:
        row = imports.row_of(session, import_id)
        subject = Subject(row.subject)
        new = _of_status(session, import_id, Status.NEW)
        changed = _of_status(session, import_id, Status.CHANGED)
        targets = _targets(session, subject, changed)
    ready = _prepared(house, row, subject, new, changed, targets)
    step(75, 100)
    with house.transactions.work(actor) as work:  # nothing reads it before the list is taken over
        _link(work.session.connection(), import_id, new, ready.fresh)
    with house.transactions.work(actor) as work:
        row = imports.open_row(work.session, import_id)
        if _targets(work.session, subject, changed) != targets:
            raise Problem(Code.WRONG_STATE, "Somebody changed one of them in the meantime.")
        _write(work, subject, ready)
        step(90, 100)
        _tell(work, row, ready)
        _settle(work, subject, ready)
        row.state, row.applied_ms = State.DONE.value, work.now_ms
        row.counts = counts
        work.session.add(row)
    with house.transactions.work(actor) as work:
        _forget_cells(work, import_id)
    step(100, 100)


def _forget_cells(work: Work, import_id: str) -> None:
    """What was taken over need not be kept as it was written."""
    over = [Status.NEW.value, Status.CHANGED.value, Status.SAME.value]
    mine = (col(ImportLineRow.import_id) == import_id, col(ImportLineRow.status).in_(over))
    work.session.execute(update(ImportLineRow).where(*mine).values(cells=[]))


class Ready(NamedTuple):
    """What the transaction writes, made before it."""

    fresh: list[dict[str, Any]]
    """Rows to insert."""
    altered: list[dict[str, Any]]
    """Rows to update."""
    keys: list[tuple[str, str]]
    """What the people among both are searched by (finding.key_rows)."""
    people: list[HolderRow]
    lines: list[audit.Line]
    new: int
    changed: int


def _prepared(
    house: House,
    row: ImportRow,
    subject: Subject,
    new: list[ImportLineRow],
    changed: list[ImportLineRow],
    targets: dict[str, dict[str, Any]],
) -> Ready:
    fresh = [_new_row(house.transactions, row.org, subject, line.made) for line in new]
    altered = [targets[line.target or ""] | line.made for line in changed]
    found = [*fresh, *altered] if subject is Subject.PEOPLE else []
    keyed = {one["id"]: keys_of(one["name"], one["house"], one["phone_tail"], one["tags"]) for one in found}
    people = [HolderRow(**one) for one in found]
    lines = [audit.written(line) for line in _lines_of(subject, new, changed, fresh)]
    return Ready(fresh, altered, finding.key_rows(keyed), people, lines, len(new), len(changed))


def _new_row(transactions: Transactions, org: str, subject: Subject, made: dict[str, Any]) -> dict[str, Any]:
    now_ms, entropy = transactions.clock(), transactions.entropy
    new_id = new_ulid(now_ms, entropy(ULID_ENTROPY_BYTES))
    if subject is Subject.HOUSES:
        return houses.new_row(new_id, org, made["code"], made.get("note", ""), now_ms).model_dump()
    person = HolderRow(
        id=new_id,
        pseudonym=entropy(PSEUDONYM_BYTES).hex().upper(),
        org=org,
        kind=made.get("kind", HolderKind.RESIDENT.value),
        name=made["name"],
        house=made.get("house", ""),
        phone_tail=made.get("phone_tail", ""),
        id_mark=made.get("id_mark"),
        tags=made.get("tags", []),
        created_ms=now_ms,
        changed_ms=now_ms,
    )
    return person.model_dump()


def _write(work: Work, subject: Subject, ready: Ready) -> None:
    fresh, altered = ready.fresh, ready.altered
    table = TABLES[subject]
    connection = work.session.connection()
    if fresh:
        for one in fresh:
            one["created_ms"] = one["changed_ms"] = work.now_ms
        connection.execute(table.insert(), fresh)
    if altered:
        fields = [name for name in altered[0] if name != "id"]
        statement = (
            table.update().where(table.c.id == bindparam("b_id")).values({f: bindparam(f"b_{f}") for f in fields})
        )
        rows = [{f"b_{name}": value for name, value in one.items()} | {"b_changed_ms": work.now_ms} for one in altered]
        connection.execute(statement, rows)
    finding.write_keys(work.session, ready.keys, [one["id"] for one in altered if ready.people])


def _settle(work: Work, subject: Subject, ready: Ready) -> None:
    """People move into the households of their houses; those who waited for a new house, into its."""
    if subject is Subject.PEOPLE:
        households.settle(work, ready.people)
        return
    codes = [one["code"] for one in ready.fresh]
    for start in range(0, len(codes), CHUNK_LINES):
        lived = select(HolderRow).where(col(HolderRow.house).in_(codes[start : start + CHUNK_LINES]))
        households.settle(work, work.session.exec(lived))


def _link(connection: Connection, import_id: str, new: list[ImportLineRow], fresh: list[dict[str, Any]]) -> None:
    """The new lines now know what they became: the way back."""
    if not new:
        return
    statement = LINES.update().where(LINES.c.import_id == import_id, LINES.c.number == bindparam("b_number"))
    pairs = [{"b_number": line.number, "b_id": one["id"]} for line, one in zip(new, fresh, strict=True)]
    connection.execute(statement.values(target=bindparam("b_id")), pairs)


def _lines_of(
    subject: Subject, new: list[ImportLineRow], changed: list[ImportLineRow], fresh: list[dict[str, Any]]
) -> list[audit.Line]:
    kind = "house" if subject is Subject.HOUSES else "holder"
    added = [
        audit.Line(f"{kind}.add", f"{kind}:{one['id']}", None, _said(line.made))
        for line, one in zip(new, fresh, strict=True)
    ]
    altered = [
        audit.Line(f"{kind}.change", f"{kind}:{line.target}", _said(line.before),
                   _said({name: line.made[name] for name in line.before}))
        for line in changed
    ]  # fmt: skip
    return [*added, *altered]


def _tell(work: Work, row: ImportRow, ready: Ready) -> None:
    audit.record_many(work, ready.lines, why=f"import:{row.id}")
    audit.record(work, "import.apply", f"import:{row.id}", after={"new": ready.new, "changed": ready.changed})


def _said(made: dict[str, Any]) -> dict[str, Any]:
    """What the trail may hold: of an identity number only that there is one."""
    return {name: ("given" if value else "none") if name == "id_mark" else value for name, value in made.items()}


def _write_fates(connection: Connection, lines: list[ImportLineRow], found: dict[int, Any]) -> None:
    rows = []
    for line in lines:
        fate = found[line.number]
        rows.append(
            {
                "b_import": line.import_id, "b_number": line.number, "b_status": fate.status.value,
                "b_flaws": dict(fate.flaws), "b_made": fate.values, "b_key": fate.key, "b_target": fate.target,
                "b_before": fate.before,
            }
        )  # fmt: skip
    if not rows:
        return
    mine = (LINES.c.import_id == bindparam("b_import"), LINES.c.number == bindparam("b_number"))
    fields = ("status", "flaws", "made", "key", "target", "before")
    connection.execute(LINES.update().where(*mine).values({f: bindparam(f"b_{f}") for f in fields}), rows)


def _numbers(session: Session, import_id: str) -> list[int]:
    mine = select(ImportLineRow.number).where(ImportLineRow.import_id == import_id)
    return list(session.exec(mine.order_by(col(ImportLineRow.number))))


def _lines(session: Session, import_id: str, numbers: list[int]) -> Iterator[ImportLineRow]:
    between = (ImportLineRow.number >= numbers[0], ImportLineRow.number <= numbers[-1])
    mine = select(ImportLineRow).where(ImportLineRow.import_id == import_id, *between)
    yield from session.exec(mine.order_by(col(ImportLineRow.number)))


def _of_status(session: Session, import_id: str, status: Status) -> list[ImportLineRow]:
    mine = (ImportLineRow.import_id == import_id, ImportLineRow.status == status.value)
    return list(session.exec(select(ImportLineRow).where(*mine).order_by(col(ImportLineRow.number))))


def _targets(session: Session, subject: Subject, changed: list[ImportLineRow]) -> dict[str, dict[str, Any]]:
    """The people or houses that are going to change, as they are now."""
    table = TABLES[subject]
    ids = [line.target for line in changed]
    found = {}
    for start in range(0, len(ids), CHUNK_LINES):
        rows = session.execute(select(*table.c).where(table.c.id.in_(ids[start : start + CHUNK_LINES])))
        found.update({one["id"]: dict(one) for one in rows.mappings()})
    return found
