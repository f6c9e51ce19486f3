"""When a gateway could not tell what happened at its points: begun and ended by a look every now and then.

A box whose line was cut goes on seeing; once it has told everything, that time is known after all (`healed`). One that
was switched off meanwhile saw nothing, and its time stays unknown: another boot, or a hole in its journal, says so.
"""

from collections import defaultdict
from typing import NamedTuple

from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS, MINUTE_MS
from server.services.care.rhythm import LOOK_BACK_DAYS, Span
from server.services.work import Work
from server.tables import GatewayOutageRow, GatewayRow, HoleRow

STALE_MS = MINUTE_MS
"""Real time; a gateway says how far it is every 15 s. On a played day it is multiplied by the day's speed."""


class Box(NamedTuple):
    """What matters of a gateway here."""

    online: bool
    head_seq: int
    acked_seq: int
    boot: str
    seen_ms: int


def is_down(box: Box, now_ms: int, stale_ms: int) -> bool:
    """Whether it may have seen something that nobody here knows of."""
    return not box.online or box.head_seq > box.acked_seq or now_ms - box.seen_ms > stale_ms


def look(work: Work, stale_ms: int, looked_ms: int) -> bool:
    """Begin and end outages; whether one did. `looked_ms`: the last look; what is down now may have been so since."""
    open_ = {
        row.gateway_id: row
        for row in work.session.exec(select(GatewayOutageRow).where(col(GatewayOutageRow.to_ms).is_(None)))
    }
    changed = False
    for row in work.session.exec(select(GatewayRow).where(col(GatewayRow.enrolled_ms).is_not(None))):
        box = Box(row.online, row.head_seq, row.acked_seq, row.boot, row.seen_ms)
        down = row.revoked_ms is None and is_down(box, work.now_ms, stale_ms)
        outage = open_.get(row.id)
        if down and outage is None:
            since = min(work.now_ms, max(looked_ms, row.enrolled_ms or 0) or work.now_ms)
            changed = True
            work.session.add(GatewayOutageRow(gateway_id=row.id, from_ms=since, boot=row.boot))
        elif not down and outage is not None:
            changed = True
            outage.to_ms = work.now_ms
            outage.healed = (
                bool(outage.boot) and outage.boot == row.boot and not _hole_since(work, row.id, outage.from_ms)
            )
            work.session.add(outage)
    work.session.flush()
    return changed


def lasts(session: Session, gateway_id: str) -> bool:
    """Whether a gateway could not tell when somebody looked last: it may say nothing, and not even that it is gone."""
    mine = select(GatewayOutageRow.id).where(
        GatewayOutageRow.gateway_id == gateway_id, col(GatewayOutageRow.to_ms).is_(None)
    )
    return session.exec(mine.limit(1)).first() is not None


def unknown(session: Session, now_ms: int) -> dict[str, list[Span]]:
    """Gateway -> the times of the last weeks of which nothing certain is known; an outage that lasts has no end."""
    start = now_ms - LOOK_BACK_DAYS * DAY_MS
    found: dict[str, list[Span]] = defaultdict(list)
    lasting = col(GatewayOutageRow.to_ms).is_(None) | (col(GatewayOutageRow.to_ms) >= start)
    for row in session.exec(select(GatewayOutageRow).where(lasting, col(GatewayOutageRow.healed).is_(False))):
        found[row.gateway_id].append(Span(row.from_ms, row.to_ms))
    return found


def _hole_since(work: Work, gateway_id: str, from_ms: int) -> bool:
    holes = select(HoleRow.gateway_id).where(
        HoleRow.gateway_id == gateway_id, HoleRow.at_ms >= from_ms, HoleRow.why == "declared"
    )
    return work.session.exec(holes.limit(1)).first() is not None
