"""Which account at the provider is whose here: rows, and nothing of the way there."""

from sqlmodel import Session, col, delete, select

from server.services import audit
from server.services.work import Work
from server.tables import OidcLinkRow, UserRow


def connected(session: Session, user_id: str) -> list[OidcLinkRow]:
    """What somebody's account is connected with."""
    return list(session.exec(select(OidcLinkRow).where(OidcLinkRow.user_id == user_id)))


def disconnect(work: Work, user_id: str) -> None:
    """Not any more; nothing happens where nothing was connected."""
    if not connected(work.session, user_id):
        return
    work.session.execute(delete(OidcLinkRow).where(col(OidcLinkRow.user_id) == user_id))
    name = work.session.get_one(UserRow, user_id).name
    audit.record(work, "user.oidc", f"user:{name}", before={"connected": True}, after={"connected": False})
