"""What people ask of meetings and activities, and what they are shown of them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator

from card_protocol.words.ids import Slug, UlidText
from card_protocol.words.moment import DAY_MS, WallMs
from server.services.activities.activity_life import ActivityKind, ActivityState, ActivityStep
from server.services.activities.quorum import Count, Mark, Rule
from server.services.activities.sign_in import Way
from server.services.people.cells import TAG_MAX_CHARS, TAGS_MAX

LIST_MAX = 3000
"""People on one list."""
POINTS_MAX = 100
LASTS_MAX_MS = 2 * DAY_MS

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^\P{Cc}*$")]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^\P{Cc}*$")]
Why = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^\P{Cc}*$")]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=TAG_MAX_CHARS)]


class ActivityIn(BaseModel):
    """A meeting or an activity as somebody calls it."""

    model_config = ConfigDict(extra="forbid")

    kind: ActivityKind
    title: Title
    place: Line = ""
    point: Slug | None = None
    from_ms: WallMs
    to_ms: WallMs
    rule: Rule = Rule.NONE
    points: int = Field(default=0, ge=0, le=POINTS_MAX)

    @field_validator("to_ms")
    @classmethod
    def _in_order(cls, to_ms: int, others: ValidationInfo) -> int:
        if "from_ms" in others.data and not 0 < to_ms - others.data["from_ms"] <= LASTS_MAX_MS:
            raise ValueError("it ends after it begins, and within two days")
        return to_ms


class InviteIn(BaseModel):
    """Whom to invite: everybody with one of the tags, people by name, members of a Party branch."""

    model_config = ConfigDict(extra="forbid")

    tags: list[Tag] = Field(default=[], max_length=TAGS_MAX)
    holders: list[UlidText] = Field(default=[], max_length=LIST_MAX)
    branch: Line = ""


class ActivityView(BaseModel):
    """One as it stands."""

    number: int
    kind: ActivityKind
    title: str
    place: str
    point: str | None
    from_ms: int
    to_ms: int
    rule: Rule
    points: int
    state: ActivityState
    why: str
    made_by: str
    invited: int
    """Everybody on the list but guests."""
    present: int
    """Of them, who has come."""
    guests: int
    unnamed: int
    """Taps of people who have not consented to being noted: counted, not known."""
    base: int
    needed: int
    there: int
    quorate: bool


class PersonView(BaseModel):
    """Somebody on a list."""

    holder_id: str
    name: str
    house: str
    mark: Mark
    votes: bool
    way: Way | None
    at_ms: int | None
    hasty: bool
    actor: str
    why: str


class ActivityFile(BaseModel):
    """One with its list and what can be done now."""

    activity: ActivityView
    people: list[PersonView]
    steps: list[ActivityStep]


class Merit(BaseModel):
    """What somebody has earned within a span of days."""

    holder_id: str
    name: str
    house: str
    came: int
    study: int
    volunteer: int


class Certificate(BaseModel):
    """What a certificate says."""

    number: int
    title: str
    kind: ActivityKind
    place: str
    from_ms: int
    to_ms: int
    name: str
    points: int


def standing(count: Count) -> dict[str, int | bool]:
    """How a quorum stands, for a view."""
    return {"base": count.base, "needed": count.needed, "there": count.there, "quorate": count.reached}
