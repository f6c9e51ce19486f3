"""What every row has in common: constraint names that PostgreSQL and SQLite agree on, and the column types.

Rows are not words: a `table=True` class does not validate what is put into it (measured, sqlmodel 0.0.50).
Whatever leaves a row for the vocabulary goes through the converters beside the tables, which do validate.
Times are wall time in milliseconds since 1970 UTC, in columns that end in `_ms`.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData
from sqlmodel import SQLModel

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

BigId: Any = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit number that the data base counts up; SQLite does so only for a column called INTEGER."""


class Row(SQLModel):
    """Base of all tables; its metadata is what the migrations are compared with."""

    metadata = MetaData(naming_convention=NAMES)
