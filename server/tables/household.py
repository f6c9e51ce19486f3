"""Households: who lives together in a house, and since when. And what belongs to a person: photo, consents, pasts."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from server.tables.base import BigId, Row


class HouseholdRow(Row, table=True):
    """People who live, or lived, in a house together. A house has one that has not ended, or none."""

    __tablename__ = "household"
    id: str = Field(primary_key=True, max_length=26)
    house_id: str = Field(foreign_key="house.id", index=True, ondelete="CASCADE", max_length=26)
    tenure: str = Field(default="", max_length=16)
    since_ms: int = Field(sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)


class HouseholdMemberRow(Row, table=True):
    """Somebody in a household, for as long as they are in it."""

    __tablename__ = "household_member"
    household_id: str = Field(primary_key=True, foreign_key="household.id", ondelete="CASCADE", max_length=26)
    holder_id: str = Field(primary_key=True, foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    relation: str = Field(default="", max_length=16)
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int | None = Field(default=None, sa_type=BigInteger)


class HolderPhotoRow(Row, table=True):
    """A portrait (JPEG without metadata), as guards compare it with a face."""

    __tablename__ = "holder_photo"
    holder_id: str = Field(primary_key=True, foreign_key="holder.id", ondelete="CASCADE", max_length=26)
    data: bytes = Field(sa_type=LargeBinary)
    changed_ms: int = Field(sa_type=BigInteger)


class HolderWatchRow(Row, table=True):
    """What a guard has to do when somebody comes (server.services.people.watching)."""

    __tablename__ = "holder_watch"
    holder_id: str = Field(primary_key=True, foreign_key="holder.id", ondelete="CASCADE", max_length=26)
    todo: str = Field(max_length=200)
    since_ms: int = Field(sa_type=BigInteger)


class ConsentRow(Row, table=True):
    """What somebody allowed or took back, for one purpose, by which notice; never changed afterwards."""

    __tablename__ = "consent"
    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    holder_id: str = Field(foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    purpose: str = Field(max_length=16)
    given: bool
    notice: str = Field(max_length=16)
    """The version of the privacy notice that was shown."""
    at_ms: int = Field(sa_type=BigInteger)
    actor: str = Field(max_length=80)


class HolderAliasRow(Row, table=True):
    """The pseudonym of a person who turned out to be another: their past events stay as they are (design § 1.9)."""

    __tablename__ = "holder_alias"
    pseudonym: str = Field(primary_key=True, max_length=16)
    holder_id: str = Field(foreign_key="holder.id", index=True, ondelete="CASCADE", max_length=26)
    old_id: str = Field(max_length=26)
    merged_ms: int = Field(sa_type=BigInteger)
