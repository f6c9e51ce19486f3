"""善贤社区 as the demo has it: the place is real, every person and number in it is invented."""

from dataclasses import dataclass

from card_protocol.words.point import Direction, Point, PointKind
from card_protocol.words.schedule import HOLIDAY, Interval, Schedule, always

CITY = ("330100000000", "杭州市", "Hangzhou")
DISTRICT = ("330105000000", "拱墅区", "Gongshu District")
STREET = ("330105009000", "上塘街道", "Shangtang Street")
COMMUNITY = ("330105009012", "善贤社区", "Shanxian Community")
ORG_UNITS = (CITY, DISTRICT, STREET, COMMUNITY)

GATEWAY = "shanxian-1"
DESK = "desk-1"


def _point(name: str, kind: PointKind, zh: str, en: str, area: str, way: Direction = Direction.NONE) -> Point:
    return Point(id=name, kind=kind, name_zh=zh, name_en=en, area=area, direction=way)


SOUTH_IN = _point("south-gate-in", PointKind.GATE, "南门进", "South gate, in", "compound", Direction.IN)
SOUTH_OUT = _point("south-gate-out", PointKind.GATE, "南门出", "South gate, out", "compound", Direction.OUT)
UNIT_DOOR = _point("unit-door", PointKind.DOOR, "3幢单元门", "Building 3 door", "building-3", Direction.IN)
CLINIC = _point("clinic", PointKind.CLINIC, "社区卫生站", "Clinic", "clinic")
CARE = _point("care-station", PointKind.CARE, "居家养老照料中心", "Elderly-care station", "care")
ACTIVITY = _point("activity-room", PointKind.ACTIVITY, "党群活动室", "Activity room", "activity")
OLD_LADY = 24
"""Resident, by index: elderly, lives alone, and has fallen; nobody sees her today."""

PATIENTS = range(0, 40, 2)
"""Residents, by index: they have agreed to be noted at the clinic; the others are numbers there."""

BRANCH = (0, 6, 12, 18, 30)
"""Residents, by index: members of the Party of one branch, who hold a meeting today. They come to the activity room."""

EXCUSED = 30
"""Of them: cannot come."""

DINER = 2
"""Resident, by index: elderly, has lunch at the station, and tops up the card in the afternoon."""

MEAL_FEN = 1200
SUBSIDY_FEN = 300
SUBSIDY_A_DAY_FEN = 600
"""What the street adds to an elderly resident's meals."""

MEALS_A_DAY = 2
ON_THE_CARD_FEN = 10_000
"""What an elderly resident paid in at the desk."""

AREAS = (("compound", "小区", "The compound"), ("building-3", "3幢", "Building 3"))
"""What people pass into: (id, name_zh, name_en); no rules of their own."""

POINTS = (SOUTH_IN, SOUTH_OUT, UNIT_DOOR, CLINIC, CARE, ACTIVITY)


def _daily(name: str, zh: str, en: str, *spans: tuple[int, int]) -> Schedule:
    """Open on every kind of day, from hour to hour."""
    days = range(HOLIDAY + 1)
    intervals = tuple(Interval(day=d, start=a * 60, end=b * 60) for d in days for a, b in spans)
    return Schedule(id=name, name_zh=zh, name_en=en, intervals=intervals)


SCHEDULES = (
    always("always"),
    _daily("clinic-hours", "卫生站开放时间", "Clinic hours", (8, 12), (13, 17)),
    _daily("care-hours", "照料中心开放时间", "Care station hours", (7, 19)),
    _daily("activity-hours", "活动室开放时间", "Activity room hours", (9, 21)),
)


@dataclass(frozen=True)
class LevelPlan:
    """An access level before the server gave it a number."""

    id: str
    name_zh: str
    name_en: str
    points: tuple[str, ...]
    schedule: str


HOME = LevelPlan("home", "居民通行", "Residents", (SOUTH_IN.id, SOUTH_OUT.id, UNIT_DOOR.id), "always")
SEES_DOCTOR = LevelPlan("clinic", "卫生站", "Clinic", (CLINIC.id,), "clinic-hours")
CARED_FOR = LevelPlan("care", "养老服务", "Elderly care", (CARE.id,), "care-hours")
MEMBER = LevelPlan("activity", "党群活动", "Activities", (ACTIVITY.id,), "activity-hours")
LEVELS = (HOME, SEES_DOCTOR, CARED_FOR, MEMBER)


@dataclass(frozen=True)
class Resident:
    """An invented person and the levels that their card gets."""

    name: str
    house: str
    phone: str
    elderly: bool
    levels: tuple[str, ...]


_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭单"
_GIVEN = (
    "秀英建国桂兰志明玉珍国强淑芬海燕文斌雪梅永康丽华春生美玲德福晓东金凤立新月娥伟民"
    "爱华长根素琴一鸣巧云新荣彩虹子涵福生慧敏阿毛宝珠正平若曦根法水英浩然荷花关林雨桐"
)


def _given_names() -> list[str]:
    return [_GIVEN[i : i + 2] for i in range(0, len(_GIVEN), 2)]


def residents() -> tuple[Resident, ...]:
    """The forty. Every second one is elderly; every third comes to the activity room."""
    return tuple(_resident(i, s + g) for i, (s, g) in enumerate(zip(_SURNAMES, _given_names(), strict=True)))


def _resident(index: int, name: str) -> Resident:
    elderly = index % 2 == 0
    levels = [HOME.id, SEES_DOCTOR.id] if index % 5 else [HOME.id]
    if elderly:
        levels.append(CARED_FOR.id)
    if index % 3 == 0:
        levels.append(MEMBER.id)
    house = f"{index % 4 + 1}幢{index % 2 + 1}单元{index // 8 + 1}0{index % 3 + 1}室"
    return Resident(name, house, f"1380000{index:04d}", elderly, tuple(levels))
