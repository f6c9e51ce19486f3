"""What else happens on this day: a propped door, a clinic morning, a meeting, a repair, lunch, a lady who is not seen.

Each strand is a story of its own. Lunch itself needs nobody: the care station takes its price off the cards. What came
of them all is counted from the server's data base.
"""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, Final

from card_protocol.words.moment import MINUTE_MS, local_day_and_minute
from onecard.demo.community import (
    ACTIVITY,
    BRANCH,
    COMMUNITY,
    DINER,
    EXCUSED,
    OLD_LADY,
    SUBSIDY_A_DAY_FEN,
    SUBSIDY_FEN,
    UNIT_DOOR,
)
from onecard.demo.stories import Deed, Stories

ROLES: Final = ("admin", "guard", "nurse", "care", "party", "property")
"""Who works in the stories."""

BRANCH_NAME: Final = "第一支部"
MEETING_MIN: Final = (540, 1260)
"""A Party day: of a day that is played in a minute, cards need hours to pass one reader."""

TOPPED_UP_FEN: Final = 2_000
LUNCH_TOLD_MIN: Final = 1_200
"""By then lunch has been told of; whoever ate nothing gets nothing added."""


def prop(stories: Stories) -> None:
    """Somebody leaves by the exit button and puts a brick under the door."""
    stories.hands.prop()


def door_tells(stories: Stories) -> bool:
    """Whether the door has raised its alarm: open for too long, and nobody closed it."""
    held = next(filter(_is_held, stories.call("guard", "GET", "/alarms")["items"]), None)
    stories.known["alarm"] = held
    return held is not None


def report(stories: Stories) -> None:
    """The guard makes an incident of the alarm; nobody of the community has time for it."""
    given = {
        "matter": "safety",
        "title": "3幢单元门久开未关",
        "text": "门禁报警，门下垫着砖头。",
        "urgency": "urgent",
        "point": UNIT_DOOR.id,
        "sources": [{"kind": "alarm", "id": stories.known["alarm"]["id"]}],
    }
    stories.known["door"] = stories.call("guard", "POST", "/incidents", given)["number"]


def unprop(stories: Stories) -> None:
    """Somebody of the street takes the brick away."""
    stories.hands.unprop()


def door_closes(stories: Stories) -> bool:
    """Whether the door has told that it is closed again: its closer takes a while."""
    return bool(stories.call("guard", "GET", f"/events?kind=door_restored&point={UNIT_DOOR.id}")["items"])


def clinic(stories: Stories) -> None:
    """The nurse calls whoever waits, one after the other."""
    while (ticket := stories.call("nurse", "POST", "/clinic/next")) is not None:
        for move in ("enter", "finish"):
            stories.call("nurse", "POST", f"/clinic/tickets/{ticket['id']}/{move}")


def call_meeting(stories: Stories) -> None:
    """The secretary enters the branch, calls its meeting and invites it; one of them is excused."""
    for index in BRANCH:
        member = {"standing": "full", "branch": BRANCH_NAME, "since": "2001-07-01"}
        stories.call("party", "PUT", f"/party/members/{stories.hands.holders[index]}", member)
    start_ms, end_ms = (stories.midnight_ms + minute * MINUTE_MS for minute in MEETING_MIN)
    meeting = {
        "kind": "party_meeting",
        "title": "主题党日暨支部党员大会",
        "point": ACTIVITY.id,
        "from_ms": start_ms,
        "to_ms": end_ms,
        "rule": "more_than_half",
        "points": 2,
    }
    number = stories.known["meeting"] = stories.call("party", "POST", "/activities", meeting)["number"]
    stories.call("party", "POST", f"/activities/{number}/invite", {"branch": BRANCH_NAME})
    excused = f"/activities/{number}/people/{stories.hands.holders[EXCUSED]}/mark"
    stories.call("party", "POST", excused, {"mark": "excused", "why": "出差"})


def has_quorum(stories: Stories) -> bool:
    """Whether the cards that were tapped make up a quorum, and it may begin; or nobody will come any more."""
    file = stories.call("party", "GET", f"/activities/{stories.known['meeting']}")
    return "begin" in file["steps"] or stories.minute > MEETING_MIN[1]


def hold_meeting(stories: Stories) -> None:
    """Enough have come, and it decides; or too few, and it is adjourned."""
    path = f"/activities/{stories.known['meeting']}"
    file = stories.call("party", "GET", path)
    steps = ["begin", "end"] if "begin" in file["steps"] else [*(s for s in file["steps"] if s == "open"), "adjourn"]
    for step in steps:
        stories.call("party", "POST", f"{path}/steps/{step}")


def repair(stories: Stories) -> None:
    """A lamp in the staircase is dark."""
    message = {"text": "二楼楼道灯不亮。", "speaker": "resident"}
    ticket = {"title": "楼道灯坏了", "house": "3幢1单元", "message": message}
    stories.known["repair"] = stories.call("admin", "POST", "/tickets", ticket)["number"]


def repaired(stories: Stories) -> None:
    """The company has sent somebody."""
    path = f"/tickets/{stories.known['repair']}/messages"
    stories.call("property", "POST", path, {"text": "派水电工", "step": "assign", "assignee": "水电工老赵"})
    stories.call("property", "POST", path, {"text": "灯管已更换。", "step": "done"})


def confirmed(stories: Stories) -> None:
    """The community asks the resident, who sees again."""
    path = f"/tickets/{stories.known['repair']}/messages"
    stories.call("admin", "POST", path, {"text": "住户确认已修好。", "step": "confirm"})


def subsidise(stories: Stories) -> None:
    """The street adds something to the meals of an elderly resident."""
    today: date = local_day_and_minute(stories.midnight_ms)[0]
    terms = {"per_meal": SUBSIDY_FEN, "day_limit": SUBSIDY_A_DAY_FEN, "first": today.isoformat()}
    stories.call("care", "POST", f"/subsidies/{stories.hands.holders[DINER]}", terms)


def has_eaten(stories: Stories) -> bool:
    """Whether the station has told of a lunch to which something is added."""
    standing = stories.call("care", "GET", f"/subsidies/{stories.hands.holders[DINER]}/standing")
    return bool(standing["due"] > 0) or stories.minute >= LUNCH_TOLD_MIN


def top_up(stories: Stories) -> None:
    """Money at the desk; what is due of the subsidy comes along."""
    stories.hands.pay_in(DINER, TOPPED_UP_FEN)


def look_after(stories: Stories) -> None:
    """An old lady lives alone and has agreed to be asked after."""
    contact = {"contact_name": "女儿", "contact_phone": "057100000000"}
    stories.call("care", "PUT", f"/care/watch/{stories.hands.holders[OLD_LADY]}", contact)


def is_missed(stories: Stories) -> bool:
    """Whether the board has opened a case of its own accord: by her rhythm she should have been seen long ago."""
    people = stories.call("care", "GET", "/care/board")["people"]
    case = next((one["case"] for one in people if one["case"] is not None), None)
    stories.known["case"] = case
    return case is not None


def look_for(stories: Stories) -> None:
    """Nobody answers, and somebody goes there."""
    for deed in ("not_reached", "visiting"):
        stories.call("care", "POST", f"/care/cases/{stories.known['case']['id']}/deeds", {"deed": deed})


def find(stories: Stories) -> None:
    """She has fallen, and is taken to hospital: the board does not miss her there."""
    path = f"/care/cases/{stories.known['case']['id']}/deeds"
    stories.call("care", "POST", path, {"deed": "hospital", "note": "摔了一跤，已送医，无大碍。"})


def _is_held(alarm: dict[str, Any]) -> bool:
    return bool(alarm["point"] == UNIT_DOOR.id and alarm["detail"].get("event") == "door_held")


SCRIPT: Final = (
    (
        Deed(405, "Somebody props the door of building 3 open with a brick.", "有人用砖头撑开3幢单元门。", prop),
        Deed(405, "The door raises its alarm; a guard reports it.", "门久开报警，保安上报。", report, door_tells),
        Deed(1000, "The brick is taken away.", "砖头被拿走。", unprop),
        Deed(1000, "The door has closed again.", "门已关好。", None, door_closes),
    ),
    (
        Deed(510, "The clinic calls its first patients.", "卫生站开始叫号。", clinic),
        Deed(700, "The clinic calls the last of the morning.", "卫生站上午最后一批叫号。", clinic),
    ),
    (
        Deed(395, "The secretary calls a meeting of the branch.", "支部书记通知开会。", call_meeting),
        Deed(545, "The branch has signed in by card and met.", "支部刷卡签到，会议召开。", hold_meeting, has_quorum),
    ),
    (
        Deed(540, "A lamp is reported.", "住户报修楼道灯。", repair),
        Deed(830, "The lamp is replaced.", "物业已更换灯管。", repaired),
        Deed(860, "The resident confirms the repair.", "住户确认已修好。", confirmed),
    ),
    (
        Deed(395, "The street adds to an elderly resident's meals.", "街道发放用餐补贴。", subsidise),
        Deed(780, "The card is topped up; the subsidy comes along.", "老人到窗口充值，补贴随到。", top_up, has_eaten),
    ),
    (
        Deed(395, "An old lady is to be asked after.", "独居老人纳入关爱名单。", look_after),
        Deed(395, "She is missed: a case opened by itself.", "久未见到老人，系统自动立案。", look_for, is_missed),
        Deed(395, "She is found and taken to hospital.", "老人已找到并送医。", find),
    ),
)  # fmt: skip
"""Strand by strand, each in the order of the day."""


def counted(database: Path) -> dict[str, int]:
    """What came of them, counted from the server's data base."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
        return {name: int(connection.execute(sql).fetchone()[0]) for name, sql in COUNTS.items()}


COUNTS: Final = {
    "meals": "SELECT count(*) FROM purse_entry WHERE amount < 0",
    "subsidies_fen": "SELECT coalesce(sum(subsidy), 0) FROM purse_entry",
    "arrivals": "SELECT count(*) FROM clinic_ticket",
    "called": "SELECT count(*) FROM clinic_ticket WHERE place = 'done'",
    "meetings_held": "SELECT count(*) FROM activity WHERE state = 'held'",
    "meetings_adjourned": "SELECT count(*) FROM activity WHERE state = 'adjourned'",
    "signed_in_by_card": "SELECT count(*) FROM attendance WHERE mark = 'present' AND way = 'tap'",
    "repairs_confirmed": "SELECT count(*) FROM ticket WHERE state = 'closed'",
    "incidents": "SELECT count(*) FROM incident",
    "incidents_above": f"SELECT count(*) FROM incident WHERE unit <> '{COMMUNITY[0]}'",  # noqa: S608 - our own code
    "doors_closed_again": "SELECT count(*) FROM event WHERE kind = 'door_restored'",
    "missed_by_the_board": "SELECT count(*) FROM care_case WHERE opened_by = ''",
    "found_in_need": "SELECT count(*) FROM care_case WHERE outcome IN ('helped', 'hospital')",
}
"""Name -> how it is counted."""

PREPARED: Final = (
    "Prepared, not played: six weeks of the old lady's taps stand in the box's journal, so that she has a rhythm. "
    "Door, meeting, meals and her silence are the day's own.",
    "事先准备（并非当天演示）：老人前六周的刷卡记录已写入网关日志，以形成作息规律。"
    "门禁报警、会议、用餐和老人久未露面均为当天真实发生。",
)
"""(English, 中文): what the summary owns up to."""
