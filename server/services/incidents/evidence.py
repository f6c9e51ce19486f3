"""Pictures as evidence: each comes with a note in the history, and is seen by whoever reads the incident in full."""

from typing import Final

from sqlmodel import Session

from server.services.incidents import incidents
from server.services.incidents.incident_asked import DeedIn
from server.services.incidents.incident_rights import Viewer
from server.services.incidents.incident_views import IncidentView, photos_of
from server.services.incidents.incident_words import Action
from server.services.people.photos import without_metadata
from server.services.problems import Code, Problem, not_found
from server.services.work import Work
from server.tables import IncidentPhotoRow

PHOTOS_MAX: Final = 12
"""Of one incident."""


def add(work: Work, home: str, number: int, data: bytes, why: str) -> IncidentView:
    """Keep a picture with a word on it. Problem INVALID (no JPEG that fits), TOO_MANY, and those of `incidents.do`."""
    plain = without_metadata(data)
    view = incidents.do(work, home, number, Action.NOTE, DeedIn(why=why))
    if len(photos_of(work.session, number)) >= PHOTOS_MAX:
        raise Problem(Code.TOO_MANY, f"An incident has at most {PHOTOS_MAX} pictures.")
    work.session.add(IncidentPhotoRow(number=number, turn=view.turn, data=plain))
    work.session.flush()
    return view


def photo(session: Session, viewer: Viewer, home: str, number: int, turn: int) -> bytes:
    """The JPEG. Problem NOT_FOUND, also for who sees the incident veiled."""
    row = session.get(IncidentPhotoRow, (number, turn))
    if row is None or incidents.get(session, viewer, home, number).incident.veiled:
        raise not_found("picture", turn)
    return row.data
