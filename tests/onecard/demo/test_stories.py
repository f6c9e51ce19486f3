"""The stories without a server: every deed at its minute, by a role that may, and one that is refused stops nothing."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from card_protocol.words.moment import PlayedDay, local_day_and_minute, local_ms
from onecard.demo.community import CARE, COMMUNITY, OLD_LADY, residents
from onecard.demo.console import ConsoleError
from onecard.demo.day import DAY_ENDS_MIN, DAY_STARTS_MIN, plan_day
from onecard.demo.stories import COUNTS, ROLES, SCRIPT, Stories, counted
from server.services.roles import Role
from server.tables.engine import make_engine
from server.tables.migrate import migrate

MONDAY = local_day_and_minute(1_795_406_400_000)[0]


class Client:
    """Answers what the stories need to know."""

    def __init__(self, role: str, asked: list[tuple[str, str, str]]) -> None:
        self._role, self._asked = role, asked
        self._waiting = [{"id": "t1"}, None, None]

    def ask(self, method: str, path: str, _body: object) -> Any:
        self._asked.append((self._role, method, path))
        if path == "/tickets":
            raise ConsoleError("POST /tickets: 409")
        return self._waiting.pop(0) if path == "/clinic/next" else {"number": 7, "id": "c1"}

    def close(self) -> None:
        self._asked.append((self._role, "close", ""))


def told(asked: list[tuple[str, str, str]]) -> tuple[Stories, list[str]]:
    said: list[str] = []
    clients: Any = {role: Client(role, asked) for role in ROLES}
    holders = [f"h{n}" for n in range(len(residents()))]
    return Stories(clients, holders, lambda en, _zh: said.append(en)), said


def test_every_deed_is_done_in_order_and_a_refusal_stops_nothing() -> None:
    asked: list[tuple[str, str, str]] = []
    stories, said = told(asked)
    day = PlayedDay(anchor_ms=0, from_ms=local_ms(MONDAY, DAY_STARTS_MIN))
    over = local_ms(MONDAY, DAY_ENDS_MIN) - day.from_ms
    stories.play(day, lambda: over, threading.Event())
    stories.close()
    assert len(said) == len(SCRIPT)
    assert len(stories.refused) == 3, "the repair, and what follows from it"
    assert ("guard", "POST", "/incidents") in asked
    assert ("care", "PUT", f"/care/watch/h{OLD_LADY}") in asked
    assert asked.count(("nurse", "POST", "/clinic/tickets/t1/enter")) == 1
    assert [role for role, method, _ in asked if method == "close"] == list(ROLES)


def test_nothing_is_done_before_its_minute_or_when_the_day_is_over() -> None:
    asked: list[tuple[str, str, str]] = []
    stories, said = told(asked)
    over = threading.Event()
    over.set()
    stories.play(PlayedDay(anchor_ms=0, from_ms=local_ms(MONDAY, DAY_STARTS_MIN)), lambda: 0, over)
    assert (asked, said) == ([], [])


def test_the_script_fits_the_day_and_the_people() -> None:
    minutes = [deed.minute for deed in SCRIPT]
    assert minutes == sorted(minutes)
    assert minutes[0] > DAY_STARTS_MIN
    assert minutes[-1] < DAY_ENDS_MIN
    assert set(ROLES) <= set(Role)
    assert residents()[OLD_LADY].elderly
    taps = plan_day(residents(), 1)
    assert not any(tap.resident == OLD_LADY for tap in taps)
    assert any(tap.point == CARE.id for tap in taps)


def test_it_is_counted_from_the_data_base(tmp_path: Path) -> None:
    file = tmp_path / "server.db"
    engine = make_engine(f"sqlite:///{file}")
    migrate(engine)
    engine.dispose()
    assert counted(file) == dict.fromkeys(COUNTS, 0)
    with sqlite3.connect(file) as connection:
        values = "'x', 'x', 'normal', 'filed', ?, '', '[]', '[]', 'u', 1, 1, '', 0, 0, 1, '', ''"
        columns = "matter, title, urgency, state, unit, person, path, done_by, reported_by, reported_ms, changed_ms"
        columns += ", closed_by, returns, overdue, turn, text, house"
        for number, unit in ((1, COMMUNITY[0]), (2, "330105009000")):
            connection.execute(f"INSERT INTO incident (number, {columns}) VALUES ({number}, {values})", (unit,))
    found = counted(file)
    assert (found["incidents"], found["incidents_above"]) == (2, 1)
