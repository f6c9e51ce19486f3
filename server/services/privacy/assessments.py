"""Impact assessments (个人信息保护影响评估, PIPL art. 55, 56): one a purpose, done again when its day comes.

Earlier ones stay: the law asks for the reports of three years at least.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, select

from server.services import audit
from server.services.privacy.aims import PROCESSINGS, Aim
from server.services.problems import Code, Problem
from server.services.work import Work
from server.tables import AssessmentRow
from server.tables.privacy import TEXT_MAX_CHARS

Essay = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TEXT_MAX_CHARS, pattern=r"^[^\x00-\x08]*$")
]


class Verdict(StrEnum):
    """What came out."""

    ACCEPTABLE = "acceptable"
    WITH_MEASURES = "with_measures"
    NOT_ACCEPTABLE = "not_acceptable"


class Standing(StrEnum):
    """How a purpose stands."""

    MISSING = "missing"
    """Art. 55 asks for one, and there is none."""
    DUE = "due"
    """Its day has come."""
    REFUSED = "refused"
    """It came out that it is not acceptable."""
    IN_FORCE = "in_force"
    NOT_NEEDED = "not_needed"
    """Nothing sensitive is processed."""


class AssessmentIn(BaseModel):
    """The three questions of art. 56, an answer, and the day on which it is asked again."""

    model_config = ConfigDict(extra="forbid")

    necessity: Essay
    """Whether purpose and way are lawful, legitimate and necessary."""
    risks: Essay
    """What it may do to people, and what may go wrong."""
    measures: Essay
    """Whether what is done to protect is lawful, works and fits the risk."""
    verdict: Verdict
    again_day: date


class AssessmentView(AssessmentIn):
    """One assessment."""

    id: str
    aim: Aim
    made_by: str
    made_ms: int = Field(ge=0)


def add(work: Work, aim: Aim, given: AssessmentIn, today: date) -> AssessmentView:
    """Note one. Problem INVALID when it would be asked again before today."""
    if given.again_day <= today:
        raise Problem(Code.INVALID, "A day that is to come.", fields={"again_day": "past"})
    row = AssessmentRow(
        id=work.new_id(),
        aim=aim.value,
        **given.model_dump(mode="json"),
        made_by=work.actor.name,
        made_ms=work.now_ms,
    )
    work.session.add(row)
    work.session.flush()
    audit.record(work, "privacy.assess", f"aim:{aim}", after={"verdict": given.verdict, "again": row.again_day})
    return _view(row)


def of_aim(session: Session, aim: Aim) -> list[AssessmentView]:
    """All of a purpose, the newest first."""
    mine = select(AssessmentRow).where(AssessmentRow.aim == aim.value)
    order = col(AssessmentRow.made_ms).desc(), col(AssessmentRow.id).desc()
    return [_view(row) for row in session.exec(mine.order_by(*order))]


def standings(session: Session, today: date) -> dict[Aim, Standing]:
    """How every purpose stands."""
    return {aim: standing(aim, of_aim(session, aim), today) for aim in Aim}


def standing(aim: Aim, done: list[AssessmentView], today: date) -> Standing:
    """How a purpose stands whose assessments are these, the newest first."""
    if not done:
        return Standing.MISSING if PROCESSINGS[aim].sensitive else Standing.NOT_NEEDED
    if done[0].verdict is Verdict.NOT_ACCEPTABLE:
        return Standing.REFUSED
    return Standing.DUE if done[0].again_day <= today else Standing.IN_FORCE


def _view(row: AssessmentRow) -> AssessmentView:
    return AssessmentView.model_validate(row.model_dump(mode="json"))
