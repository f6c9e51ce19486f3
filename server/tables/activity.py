"""Meetings and activities with who was invited and who came; and who is a member of the Party."""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from server.tables.base import BigId, Row


class ActivityRow(Row, table=True):
    """One meeting or activity (server.services.activities.activity_life)."""

    __tablename__ = "activity"
    __table_args__ = (Index(None, "point", "from_ms"),)
    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=16)
    title: str = Field(max_length=120)
    place: str = Field(default="", max_length=100)
    point: str | None = Field(default=None, max_length=63)
    """Where a tap is a sign-in; None: by name alone."""
    from_ms: int = Field(index=True, sa_type=BigInteger)
    to_ms: int = Field(sa_type=BigInteger)
    rule: str = Field(max_length=16)
    """The quorum (server.services.activities.quorum.Rule)."""
    points: int = 0
    """What whoever came gets of it, once it was held."""
    state: str = Field(index=True, max_length=16)
    why: str = Field(default="", max_length=300)
    """Why it was called off or adjourned."""
    made_by: str = Field(max_length=80)
    made_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)


class AttendanceRow(Row, table=True):
    """How somebody stands to an activity. Who has not consented to being noted is a row without a person."""

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("number", "holder_id"),)
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    number: int = Field(foreign_key="activity.number", index=True, sa_type=BigInteger)
    holder_id: str | None = Field(default=None, foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    mark: str = Field(max_length=8)
    votes: bool = True
    way: str = Field(default="", max_length=8)
    at_ms: int | None = Field(default=None, sa_type=BigInteger)
    card_id: str | None = Field(default=None, max_length=26)
    """The card that signed them in; of a row without a person forgotten when the activity is over."""
    hasty: bool = False
    """Right after another card: perhaps one person held both."""
    actor: str = Field(default="", max_length=80)
    """Who ticked them off, excused them or struck them out."""
    why: str = Field(default="", max_length=200)


class PartyMemberRow(Row, table=True):
    """A member of the Party in a branch here."""

    __tablename__ = "party_member"
    holder_id: str = Field(primary_key=True, foreign_key="holder.id", ondelete="CASCADE", max_length=26)
    standing: str = Field(max_length=16)
    branch: str = Field(index=True, max_length=60)
    since: str = Field(max_length=10)
    """ISO 8601: the day of joining."""
    entered_by: str = Field(max_length=80)
    changed_ms: int = Field(sa_type=BigInteger)
