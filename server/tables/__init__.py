"""Rows: SQLModel tables and their converters to and from the vocabulary. Importing this knows all of them."""

from server.tables.activity import ActivityRow, AttendanceRow, PartyMemberRow
from server.tables.base import Row
from server.tables.card import CardLevelRow, CardRow
from server.tables.card_log import CardLogRow
from server.tables.care import (
    CareAbsenceRow,
    CareCaseRow,
    CareStepRow,
    CareTallyRow,
    CareWatchRow,
    GatewayOutageRow,
)
from server.tables.clinic import ClinicRecallRow, ClinicTicketRow
from server.tables.command import CommandRow
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
    KeyVersionsRow,
    RevocationAppliedRow,
    RevocationRow,
)
from server.tables.house import HouseRow
from server.tables.household import (
    ConsentRow,
    HolderAliasRow,
    HolderPhotoRow,
    HolderWatchRow,
    HouseholdMemberRow,
    HouseholdRow,
)
from server.tables.identity import AuthorityRow, CertificateRow
from server.tables.importing import ImportLineRow, ImportMappingRow, ImportRow
from server.tables.incident import IncidentPhotoRow, IncidentRow, IncidentSourceRow, IncidentStepRow
from server.tables.notice import NoticeMailRow, NoticeReaderRow, NoticeRow
from server.tables.once import OnceRow
from server.tables.org import HolderRow, OrgUnitRow
from server.tables.partitions import partition_events as _partition_events  # noqa: F401 - hooks into create_all
from server.tables.place import (
    AccessLevelRow,
    AreaRow,
    CalendarDayRow,
    LevelPointRow,
    PointRow,
    PrivilegesRow,
    ScheduleRow,
)
from server.tables.policy import BlobRow, CardGoneRow, CardPastRow, CardsBaseRow, PolicyPastRow, PolicyVersionRow
from server.tables.privacy import (
    AssessmentRow,
    PrivacyNightRow,
    PrivacyRequestRow,
    PrivacyStepRow,
    RetentionRow,
)
from server.tables.proof import AckSealRow, AlarmToldRow, BatchSealRow, EventGoneRow
from server.tables.property import ParkingPermitRow, PassRow, TicketMessageRow, TicketRow
from server.tables.purse import PurseEntryRow, PurseMoveRow, SubsidyRow
from server.tables.roster import PostRow
from server.tables.search import HolderKeyRow
from server.tables.second_factor import OidcLinkRow, PasskeyRow, RecoveryCodeRow, TotpRow
from server.tables.shard import ShardRow, WorkerRow
from server.tables.statistic import KeptAnswerRow
from server.tables.user import AuditRow, SessionRow, TokenRow, UserRow
from server.tables.visitor import VisitorPassRow
from server.tables.webhook import DeliveryRow, WebhookRow

__all__ = [
    "AccessLevelRow",
    "AckSealRow",
    "ActivityRow",
    "AlarmRow",
    "AlarmToldRow",
    "AreaRow",
    "AssessmentRow",
    "AttendanceRow",
    "AuditRow",
    "AuthorityRow",
    "BatchSealRow",
    "BlobRow",
    "CalendarDayRow",
    "CardGoneRow",
    "CardLevelRow",
    "CardLogRow",
    "CardPastRow",
    "CardRow",
    "CardsBaseRow",
    "CareAbsenceRow",
    "CareCaseRow",
    "CareStepRow",
    "CareTallyRow",
    "CareWatchRow",
    "CertificateRow",
    "ClinicRecallRow",
    "ClinicTicketRow",
    "CommandRow",
    "ConsentRow",
    "CounterRow",
    "DeadLetterRow",
    "DeliveryRow",
    "EventGoneRow",
    "EventRow",
    "GatewayOutageRow",
    "GatewayRow",
    "HoleRow",
    "HolderAliasRow",
    "HolderKeyRow",
    "HolderPhotoRow",
    "HolderWatchRow",
    "HolderRow",
    "HouseRow",
    "HouseholdMemberRow",
    "HouseholdRow",
    "ImportLineRow",
    "ImportMappingRow",
    "ImportRow",
    "IncidentPhotoRow",
    "IncidentRow",
    "IncidentSourceRow",
    "IncidentStepRow",
    "KeptAnswerRow",
    "KeyVersionsRow",
    "LevelPointRow",
    "NoticeMailRow",
    "NoticeReaderRow",
    "NoticeRow",
    "OidcLinkRow",
    "OnceRow",
    "OrgUnitRow",
    "PartyMemberRow",
    "PasskeyRow",
    "ParkingPermitRow",
    "PassRow",
    "PointRow",
    "PolicyPastRow",
    "PolicyVersionRow",
    "PositionRow",
    "PostRow",
    "PrivacyNightRow",
    "PrivacyRequestRow",
    "PrivacyStepRow",
    "PrivilegesRow",
    "PurseEntryRow",
    "PurseMoveRow",
    "QuarantineRow",
    "RecoveryCodeRow",
    "RefusedMessageRow",
    "RetentionRow",
    "RevocationAppliedRow",
    "RevocationRow",
    "Row",
    "ScheduleRow",
    "SessionRow",
    "ShardRow",
    "SubsidyRow",
    "TicketMessageRow",
    "TicketRow",
    "TokenRow",
    "TotpRow",
    "UserRow",
    "VisitorPassRow",
    "WebhookRow",
    "WorkerRow",
]
