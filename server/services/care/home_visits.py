"""Home visits of a local day, proven by the worker's two taps at the home's point (home_visit has the pairing)."""

from datetime import date, timedelta

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.event import EventKind
from card_protocol.words.moment import local_ms
from card_protocol.words.reason import Reason
from server.services.care import home_visit
from server.services.care.home_visit import VISIT_MAX_MS, Tap
from server.tables import CardRow, CareWatchRow, EventRow, HolderRow, PointRow

DAY_MAX_TAPS = 5000


class VisitView(BaseModel):
    """A visit. `minutes` None: nobody tapped when going, and nothing proves how long it was."""

    worker_name: str
    worker_card: int | None
    point: str
    resident_id: str | None
    resident_name: str
    house: str
    came_ms: int
    went_ms: int | None
    minutes: int | None


def of_day(session: Session, day: date) -> list[VisitView]:
    """Visits that began on a local day, in order. Who comes home to their own door visits nobody."""
    start, end = local_ms(day), local_ms(day + timedelta(days=1))
    homes = set(session.exec(select(PointRow.id).where(PointRow.kind == "home_visit")))
    taps = select(EventRow.card_id, EventRow.point, EventRow.wall_ms).where(
        col(EventRow.point).in_(homes),
        EventRow.kind == EventKind.TAP.value,
        EventRow.reason == Reason.GRANTED.value,
        # From the day before on: who comes before midnight and goes after it made one visit, and that was yesterday's.
        col(EventRow.wall_ms).between(local_ms(day - timedelta(days=1)), end + VISIT_MAX_MS),
    )
    told = session.exec(taps.order_by(col(EventRow.wall_ms)).limit(DAY_MAX_TAPS)).all()
    found = home_visit.proofs(Tap(card or "", point or "", at) for card, point, at in told)
    seen = (_view(session, one) for one in found if start <= one.came_ms < end)
    return [one for one in seen if one is not None]


def _view(session: Session, proof: home_visit.Proof) -> VisitView | None:
    card = session.get(CardRow, proof.worker)
    worker = session.get(HolderRow, card.holder_id) if card and card.holder_id else None
    watch = session.exec(select(CareWatchRow).where(CareWatchRow.home_point == proof.point)).first()
    resident = session.get(HolderRow, watch.holder_id) if watch else None
    if worker is not None and worker is resident:
        return None
    return VisitView(
        worker_name=worker.name if worker else "",
        worker_card=card.number if card else None,
        point=proof.point,
        resident_id=resident.id if resident else None,
        resident_name=resident.name if resident else "",
        house=(resident.house if resident else "") or "",
        came_ms=proof.came_ms,
        went_ms=proof.went_ms,
        minutes=None if proof.duration_ms is None else proof.duration_ms // 60_000,
    )
