"""Who issues certificates, and which were issued to gateways."""

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from server.tables.base import Row


class AuthorityRow(Row, table=True):
    """An authority of this server. `key_box` holds its key, closed with a key that only the keystore can make."""

    __tablename__ = "authority"
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    certificate: str = Field(sa_type=Text)
    key_box: str = Field(max_length=1024)
    made_ms: int = Field(sa_type=BigInteger)
    issues: bool = False
    """Exactly one issues; the others are trusted until they are retired."""
    retired_ms: int | None = Field(default=None, sa_type=BigInteger)


class CertificateRow(Row, table=True):
    """A gateway's certificate. Times are the machine's, never a played day's: TLS knows no other."""

    __tablename__ = "certificate"
    serial: str = Field(primary_key=True, max_length=40)
    gateway_id: str = Field(foreign_key="gateway.id", index=True, max_length=63)
    authority: int = Field(foreign_key="authority.number")
    from_ms: int = Field(sa_type=BigInteger)
    until_ms: int = Field(sa_type=BigInteger)
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)
