"""What people and programs ask of incidents: a report, a deed, and what an incident is made of."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from card_protocol.words.ids import Slug, UlidText
from server.services.events.alarms import AT_ONCE
from server.services.incidents.incident_life import PERSON_MAX_CHARS
from server.services.incidents.incident_words import Matter, Urgency
from server.services.people.cells import house_kept
from server.tables.incident import TEXT_MAX_CHARS, TITLE_MAX_CHARS

Sentence = Annotated[str, StringConstraints(max_length=TITLE_MAX_CHARS, min_length=1, pattern=r"^\P{Cc}*\S\P{Cc}*$")]
Lines = Annotated[str, StringConstraints(max_length=TEXT_MAX_CHARS, pattern=r"^[\P{Cc}\r\n\t]*$")]


class SourceKind(StrEnum):
    """What an incident may be made of; by hand there is none."""

    ALARM = "alarm"
    EVENT = "event"
    """A tap, such as a home visit's."""
    CARE = "care"
    """A care alarm: somebody was not seen."""


class Source(BaseModel):
    """One of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: SourceKind
    id: Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[!-~]*$")]


class ReportIn(BaseModel):
    """What somebody reports."""

    model_config = ConfigDict(extra="forbid")

    matter: Matter
    title: Sentence
    text: Lines = ""
    urgency: Urgency = Urgency.NORMAL
    point: Slug | None = None
    house: Annotated[str, StringConstraints(max_length=100, pattern=r"^\P{Cc}*$"), AfterValidator(house_kept)] = ""
    holder_id: UlidText | None = None
    sources: Annotated[tuple[Source, ...], Field(max_length=AT_ONCE)] = ()


class DeedIn(BaseModel):
    """What somebody does with one; `turn` is the number of steps that they have seen."""

    model_config = ConfigDict(extra="forbid")

    why: Lines = ""
    unit: Annotated[str, StringConstraints(max_length=12)] = ""
    person: Annotated[str, StringConstraints(max_length=PERSON_MAX_CHARS, pattern=r"^\P{Cc}*$")] = ""
    into: Annotated[int, Field(ge=1, lt=2**63)] | None = None
    turn: Annotated[int, Field(ge=1, lt=2**31)] | None = None
