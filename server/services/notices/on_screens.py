"""Notices on their way to screens: in the policy of each gateway, signed with it, and whether it has come there."""

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.words.notice import Notice
from server.services.notices import notices
from server.tables import GatewayRow, NoticeRow, PointRow, PolicyVersionRow


class Reach(BaseModel):
    """One point: whether its gateway holds a policy that was made after the notice was last changed."""

    point: str
    name_zh: str
    name_en: str
    gateway: str | None
    reached: bool
    online: bool


def words(session: Session, now_ms: int) -> list[Notice]:
    """Everything that hangs or will, as the points are told."""
    return [_word(row) for row in notices.hanging(session, now_ms)]


def cut_to(found: list[Notice], here: frozenset[str]) -> tuple[Notice, ...]:
    """What concerns some points, and of each notice only those."""
    return tuple(one.model_copy(update={"points": one.points & here}) for one in found if one.points & here)


def reach(session: Session, number: int) -> list[Reach]:
    """Where a notice, or its withdrawal, has come to."""
    row = session.get_one(NoticeRow, number)
    points = session.exec(select(PointRow).where(col(PointRow.id).in_(row.points)).order_by(PointRow.id))
    return [_reach(session, row, point) for point in points]


def _reach(session: Session, row: NoticeRow, point: PointRow) -> Reach:
    box = session.get(GatewayRow, point.gateway_id) if point.gateway_id else None
    held = session.get(PolicyVersionRow, (box.id, box.policy_version)) if box is not None else None
    return Reach(
        point=point.id,
        name_zh=point.name_zh,
        name_en=point.name_en,
        gateway=point.gateway_id,
        reached=held is not None and held.issued_ms >= row.changed_ms,
        online=box is not None and box.online,
    )


def _word(row: NoticeRow) -> Notice:
    return Notice(
        number=row.number,
        zh=row.zh,
        en=row.en,
        from_ms=row.from_ms,
        to_ms=row.to_ms,
        points=frozenset(row.points),
    )
