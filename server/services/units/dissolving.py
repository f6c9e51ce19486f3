"""A unit of the org tree is dissolved: what lies with it goes to the next one above, nothing is left with nobody."""

from sqlmodel import col, select

from server.services import audit
from server.services.incidents import incidents
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import OrgUnitRow


def dissolve(work: Work, home: str, code: str) -> int:
    """End a unit; how many open incidents moved. Problem NOT_FOUND, IN_USE for the server's own or one with units."""
    row = work.session.get(OrgUnitRow, code)
    if row is None or row.ended_ms is not None:
        raise not_found("org unit", code)
    if code == home:
        raise Problem(Code.IN_USE, "This is the community of this server.")
    below = select(OrgUnitRow.code).where(OrgUnitRow.parent == code, col(OrgUnitRow.ended_ms).is_(None))
    if (child := work.session.exec(below.limit(1)).first()) is not None:
        raise Problem(Code.IN_USE, f"The unit {child} lies in it and exists.")
    row.ended_ms = work.now_ms
    work.session.add(row)
    work.session.flush()
    moved = incidents.leave_unit(work, home, code)
    audit.record(work, "org.end", f"org:{code}", after={"incidents": moved})
    return moved
