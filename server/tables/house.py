"""Houses: flats and rooms, as the community's list has them."""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field

from server.tables.base import Row

HOUSE_CODE_CHARS = 40


class HouseRow(Row, table=True):
    """One house by its code (server.services.people.cells.house_code), such as 3-1-502."""

    __tablename__ = "house"
    __table_args__ = (UniqueConstraint("org", "code"),)
    id: str = Field(primary_key=True, max_length=26)
    org: str = Field(foreign_key="org_unit.code", max_length=12)
    code: str = Field(max_length=HOUSE_CODE_CHARS)
    sort_key: str = Field(index=True, max_length=100)
    """The code with its numbers filled up with zeros: 3-1-502 stands before 10-1-101."""
    note: str = Field(default="", max_length=200)
    created_ms: int = Field(sa_type=BigInteger)
    changed_ms: int = Field(sa_type=BigInteger)
