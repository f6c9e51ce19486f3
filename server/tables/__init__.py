"""Rows: SQLModel tables and their converters to and from the vocabulary. Importing this knows all of them."""

from server.tables.base import Row
from server.tables.card import CardLevelRow, CardRow
from server.tables.card_log import CardLogRow
from server.tables.event import (
    AlarmRow,
    DeadLetterRow,
    EventRow,
    HoleRow,
    PositionRow,
    QuarantineRow,
    RefusedMessageRow,
)
from server.tables.gateway import (
    CounterRow,
    GatewayRow,
    RevocationAppliedRow,
    RevocationRow,
)
from server.tables.org import HolderRow, OrgUnitRow
from server.tables.place import AccessLevelRow, CalendarDayRow, LevelPointRow, PointRow, ScheduleRow
from server.tables.policy import BlobRow, CardGoneRow, CardsBaseRow, PolicyVersionRow
from server.tables.proof import AckSealRow, AlarmToldRow, BatchSealRow
from server.tables.search import HolderKeyRow
from server.tables.shard import ShardRow, WorkerRow
from server.tables.user import AuditRow, SessionRow, TokenRow, UserRow

__all__ = [
    "AccessLevelRow",
    "AckSealRow",
    "AlarmRow",
    "AlarmToldRow",
    "AuditRow",
    "BatchSealRow",
    "BlobRow",
    "CalendarDayRow",
    "CardGoneRow",
    "CardLevelRow",
    "CardLogRow",
    "CardRow",
    "CardsBaseRow",
    "CounterRow",
    "DeadLetterRow",
    "EventRow",
    "GatewayRow",
    "HoleRow",
    "HolderKeyRow",
    "HolderRow",
    "LevelPointRow",
    "OrgUnitRow",
    "PointRow",
    "PolicyVersionRow",
    "PositionRow",
    "QuarantineRow",
    "RefusedMessageRow",
    "RevocationAppliedRow",
    "RevocationRow",
    "Row",
    "ScheduleRow",
    "SessionRow",
    "ShardRow",
    "TokenRow",
    "UserRow",
    "WorkerRow",
]
