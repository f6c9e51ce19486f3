"""Which houses are in the community's list."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from server.tables import HouseRow

ASKED_AT_ONCE = 500


def is_listed(session: Session, org: str) -> bool:
    """Whether the community has a list of houses at all."""
    return session.exec(select(HouseRow.id).where(HouseRow.org == org).limit(1)).first() is not None


def of_codes(session: Session, org: str, codes: Iterable[str]) -> dict[str, HouseRow]:
    """Those of the codes that are houses."""
    wanted, found = sorted(set(codes)), {}
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        part = wanted[start : start + ASKED_AT_ONCE]
        for row in session.exec(select(HouseRow).where(HouseRow.org == org, col(HouseRow.code).in_(part))):
            found[row.code] = row
    return found
