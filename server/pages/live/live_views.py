"""What the guard's page shows of a tap and of a point: values in, values with words out."""

from dataclasses import dataclass

from card_protocol.policy.rules import AccessLevel, Area
from card_protocol.words.reason import Reason
from server.pages.i18n import Language, when
from server.pages.words import POINT_KINDS, reason_words
from server.services.access.access import PointIn
from server.services.events.events import EventView
from server.services.gateways.gateways import GatewayView

LATE_MS = 10_000
"""A tap that took longer from the door to here was waiting in a gateway."""


ON_THEIR_WAY_EVENTS = 50
"""A live batch (card_protocol.wire.batch): what a gateway that is online may not have been thanked for yet."""


@dataclass(frozen=True)
class TapLine:
    """One line of the feed."""

    id: int
    granted: bool
    holder_id: str | None
    name: str
    house: str
    why: str
    todo: str
    wall_ms: int
    point_name: str
    late: bool
    veiled: bool
    """Who it was is not for the reader's role."""
    pictured: bool = False
    watch: str = ""
    """What the guard has to do when this person comes; it is shown at once and big."""
    when: str = ""
    """The time as the feed tells it: with its day unless that is today."""


@dataclass(frozen=True)
class LastTap:
    """What a tile says of the newest tap."""

    granted: bool
    name: str
    when: str
    veiled: bool


@dataclass(frozen=True)
class Tile:
    """One point."""

    id: str
    icon: str
    name: str
    state: str
    """online, offline, shut_out, gone (shut out and taken down), or none (no gateway serves it)."""
    since: str
    waiting: int
    last: LastTap | None
    waived: bool
    held: bool
    """Somebody ordered the door to stand open."""
    lockdown: int
    """The level that is in force in its area; 0 for none."""
    hidden: bool
    """Whether the reader's role sees nothing of who comes here."""


def tap_line(event: EventView, points: dict[str, PointIn], language: Language, speed: int) -> TapLine:
    """A tap in words. `speed` is that of a played day: lateness is judged in real time."""
    point = points.get(event.point or "")
    why, todo = reason_words(event.reason or Reason.MALFORMED, language)
    return TapLine(
        id=event.id,
        granted=event.granted,
        holder_id=event.holder_id,
        name=event.name or "",
        house=event.house or "",
        why=why,
        todo=todo,
        wall_ms=event.wall_ms,
        point_name=point_name(point, language) if point else event.point or "",
        late=event.received_ms - event.wall_ms > LATE_MS * speed,
        veiled=event.veiled,
        pictured=event.pictured,
        watch=event.watch,
    )


def tile(
    point: PointIn,
    gateway: GatewayView | None,
    last: EventView | None,
    language: Language,
    now_ms: int,
    *,
    hidden: bool = False,
) -> Tile:
    """A point in words."""
    symbol, _ = POINT_KINDS[point.kind]
    state, since = _state(gateway), gateway.offline_since_ms if gateway else None
    stands = gateway if state != "gone" else None
    return Tile(
        id=point.id,
        icon=symbol,
        name=point_name(point, language),
        state=state,
        since=when(since, now_ms) if since else "",
        waiting=_waiting(gateway) if gateway else 0,
        last=LastTap(last.granted, last.name or "", when(last.wall_ms, now_ms), last.veiled) if last else None,
        waived=point.uid_waived,
        held=stands is not None and point.id in stands.held,
        lockdown=stands.lockdowns.get(point.area, 0) if stands else 0,
        hidden=hidden,
    )


def _state(gateway: GatewayView | None) -> str:
    if gateway is None or not gateway.enrolled:
        return "none"
    if gateway.revoked:
        return "shut_out" if gateway.gone_ms is None else "gone"
    return "online" if gateway.online else "offline"


def _waiting(gateway: GatewayView) -> int:
    """Events that the gateway holds back; the last few of one that is online are only on their way."""
    waiting = max(gateway.head_seq - gateway.acked_seq, 0)
    return 0 if gateway.online and waiting <= ON_THEIR_WAY_EVENTS else waiting


def point_name(point: PointIn, language: Language) -> str:
    """Its name in the language."""
    return point.name_en if language is Language.EN else point.name_zh


def level_names(levels: list[AccessLevel], language: Language) -> dict[str, str]:
    """Access level -> its name in the language."""
    return {level.id: level.name_en if language is Language.EN else level.name_zh for level in levels}


def area_names(areas: list[Area], language: Language) -> dict[str, str]:
    """Area with rules of its own -> its name in the language; others have none but their short one."""
    return {area.id: area.name_en if language is Language.EN else area.name_zh for area in areas}
