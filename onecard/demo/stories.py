"""What else happens on this day: a propped door, a clinic morning, a repair, an old lady who is not seen.

Each is done by somebody of the role whose work it is, over the API, at its minute of the played day. Lunch needs
nobody: the care station takes its price off the cards. What came of them all is counted from the server's data base.
"""

import sqlite3
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from card_protocol.words.moment import MINUTE_MS, PlayedDay
from onecard.demo.community import COMMUNITY, OLD_LADY, UNIT_DOOR
from onecard.demo.console import ConsoleClient, ConsoleError
from onecard.demo.day import DAY_STARTS_MIN

WAIT_S = 0.05

Say = Callable[[str, str], None]
Clients = Mapping[str, ConsoleClient]
"""Role -> a client with its rights."""

ROLES = ("admin", "guard", "nurse", "care", "property")
"""Who works in the stories."""


@dataclass(frozen=True)
class Deed:
    """At `minute` of the local day somebody does something."""

    minute: int
    en: str
    zh: str
    do: Callable[["Stories"], None]


class Stories:
    """The stories of one day. A deed that the server refuses is told and counted; the day goes on."""

    def __init__(self, clients: Clients, holders: list[str], say: Say) -> None:
        self._clients, self._say = clients, say
        self.holders = holders
        self.known: dict[str, Any] = {}
        """What a later deed has to know of an earlier one."""
        self.refused: list[str] = []

    def call(self, role: str, method: str, path: str, body: object | None = None) -> Any:
        """Ask as somebody of a role. ConsoleError."""
        return self._clients[role].ask(method, path, body)

    def play(self, day: PlayedDay, now_ms: Callable[[], int], over: threading.Event) -> None:
        """Every deed at its minute, until the day is over."""
        midnight_ms = day.from_ms - DAY_STARTS_MIN * MINUTE_MS
        for deed in SCRIPT:
            while day.wall_ms(now_ms()) < midnight_ms + deed.minute * MINUTE_MS:
                if over.wait(WAIT_S):
                    return
            try:
                deed.do(self)
                self._say(deed.en, deed.zh)
            except (ConsoleError, KeyError) as error:
                self.refused.append(f"{deed.en} {error}")
                self._say(f"Refused: {deed.en} {error}", f"未能办理：{deed.zh} {error}")

    def close(self) -> None:
        """Hang up."""
        for client in self._clients.values():
            client.close()


def door(stories: Stories) -> None:
    """A guard reports the door that somebody holds open with a brick; nobody of the community has time for it."""
    report = {
        "matter": "safety",
        "title": "3幢单元门被砖头撑开",
        "text": "巡逻时发现。",
        "urgency": "urgent",
        "point": UNIT_DOOR.id,
    }
    stories.known["door"] = stories.call("guard", "POST", "/incidents", report)["number"]


def clinic(stories: Stories) -> None:
    """The nurse calls whoever waits, one after the other."""
    while (ticket := stories.call("nurse", "POST", "/clinic/next")) is not None:
        for move in ("enter", "finish"):
            stories.call("nurse", "POST", f"/clinic/tickets/{ticket['id']}/{move}")


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


def worry(stories: Stories) -> None:
    """A neighbour has not seen the old lady, and milk stands at her door."""
    holder = stories.holders[OLD_LADY]
    stories.call("care", "PUT", f"/care/watch/{holder}", {"contact_name": "女儿", "contact_phone": "057100000000"})
    case = stories.call("care", "POST", f"/care/watch/{holder}/case", {"note": "邻居说两天没看到她，门口有牛奶。"})
    stories.known["case"] = case["id"]


def looked_for(stories: Stories) -> None:
    """Nobody answers, and somebody goes there."""
    path = f"/care/cases/{stories.known['case']}/deeds"
    for deed in ("not_reached", "visiting"):
        stories.call("care", "POST", path, {"deed": deed})


def found(stories: Stories) -> None:
    """She has fallen, and is helped."""
    path = f"/care/cases/{stories.known['case']}/deeds"
    stories.call("care", "POST", path, {"deed": "helped", "note": "摔了一跤，已送医，无大碍。"})


SCRIPT = (
    Deed(430, "A guard reports a propped door.", "保安上报：单元门被撑开。", door),
    Deed(510, "The clinic calls its first patients.", "卫生站开始叫号。", clinic),
    Deed(540, "A lamp is reported.", "住户报修楼道灯。", repair),
    Deed(570, "A neighbour misses an old lady.", "邻居说独居老人两天没露面。", worry),
    Deed(600, "Nobody answers; somebody goes there.", "电话无人接听，派人上门。", looked_for),
    Deed(640, "She is helped.", "老人得到救助。", found),
    Deed(700, "The clinic calls the last of the morning.", "卫生站上午最后一批叫号。", clinic),
    Deed(830, "The lamp is replaced.", "物业已更换灯管。", repaired),
    Deed(860, "The resident confirms the repair.", "住户确认已修好。", confirmed),
)
"""The stories in the order of the day."""


def counted(database: Path) -> dict[str, int]:
    """What came of them, counted from the server's data base."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
        return {name: int(connection.execute(sql).fetchone()[0]) for name, sql in COUNTS.items()}


COUNTS = {
    "meals": "SELECT count(*) FROM purse_entry WHERE amount < 0",
    "arrivals": "SELECT count(*) FROM clinic_ticket",
    "called": "SELECT count(*) FROM clinic_ticket WHERE place = 'done'",
    "repairs_confirmed": "SELECT count(*) FROM ticket WHERE state = 'closed'",
    "incidents": "SELECT count(*) FROM incident",
    "incidents_above": f"SELECT count(*) FROM incident WHERE unit <> '{COMMUNITY[0]}'",  # noqa: S608 - our own code
    "found_in_need": "SELECT count(*) FROM care_case WHERE outcome = 'helped'",
}
"""Name -> how it is counted."""
