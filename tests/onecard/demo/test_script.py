"""The script without a server: it fits the day and the people, and what came of it is counted from a data base."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

from card_protocol.words.moment import PlayedDay, local_day_and_minute, local_ms
from onecard.demo.community import BRANCH, CARE, COMMUNITY, DINER, EXCUSED, OLD_LADY, UNIT_DOOR, residents
from onecard.demo.day import DAY_ENDS_MIN, DAY_STARTS_MIN, plan_day
from onecard.demo.script import COUNTS, MEETING_MIN, PREPARED, ROLES, SCRIPT, counted, has_quorum, hold_meeting
from onecard.demo.stories import Hands, Stories
from server.services.roles import Role
from server.tables.engine import make_engine
from server.tables.migrate import migrate

MONDAY = local_day_and_minute(1_795_406_400_000)[0]
HOLDERS = [f"h{number}" for number in range(len(residents()))]
ANSWERS: dict[str, Any] = {
    "/alarms": {"items": [{"id": "a1", "point": UNIT_DOOR.id, "detail": {"event": "door_held"}}]},
    f"/events?kind=door_restored&point={UNIT_DOOR.id}": {"items": [{"id": 9}]},
    "/activities/7": {"steps": ["begin"]},
    f"/subsidies/h{DINER}/standing": {"due": 300},
    "/care/board": {"people": [{"case": None}, {"case": {"id": "c1"}}]},
}


class Client:
    """Answers what the script needs to know."""

    def __init__(self, role: str, asked: list[tuple[str, str, str]]) -> None:
        self._role, self._asked = role, asked
        self._waiting = [{"id": "t1"}, None, None]

    def ask(self, method: str, path: str, _body: object) -> Any:
        self._asked.append((self._role, method, path))
        if path == "/clinic/next":
            return self._waiting.pop(0)
        return ANSWERS.get(path, {"number": 7, "id": "x"})

    def close(self) -> None:
        self._asked.append((self._role, "close", ""))


def test_the_whole_day_is_played_by_whose_work_it_is() -> None:
    asked: list[tuple[str, str, str]] = []
    by_hand: list[str] = []
    hands = Hands(
        HOLDERS,
        lambda: by_hand.append("prop"),
        lambda: by_hand.append("unprop"),
        lambda resident, fen: by_hand.append(f"{resident} pays {fen}"),
    )
    clients: Any = {role: Client(role, asked) for role in ROLES}
    stories = Stories(clients, hands, lambda _en, _zh: None)
    day = PlayedDay(anchor_ms=0, from_ms=local_ms(MONDAY, DAY_STARTS_MIN))
    over = local_ms(MONDAY, DAY_ENDS_MIN) - day.from_ms
    stories.play(SCRIPT, day, lambda: over, threading.Event())
    stories.close()
    assert (stories.refused, stories.undone) == ([], [])
    assert sorted(by_hand) == [f"{DINER} pays 2000", "prop", "unprop"]
    assert by_hand.index("prop") < by_hand.index("unprop")
    for wanted in (
        ("guard", "POST", "/incidents"),
        ("guard", "GET", f"/events?kind=door_restored&point={UNIT_DOOR.id}"),
        ("party", "POST", "/activities/7/invite"),
        ("party", "POST", "/activities/7/steps/begin"),
        ("party", "POST", "/activities/7/steps/end"),
        ("care", "PUT", f"/care/watch/h{OLD_LADY}"),
        ("care", "POST", "/care/cases/c1/deeds"),
        ("care", "POST", f"/subsidies/h{DINER}"),
    ):
        assert wanted in asked
    assert not [path for _, _, path in asked if path.endswith("/case")], "no case is opened by hand"
    assert asked.count(("nurse", "POST", "/clinic/tickets/t1/enter")) == 1
    assert [role for role, method, _ in asked if method == "close"] == list(ROLES)


def test_a_meeting_to_which_too_few_come_is_adjourned() -> None:
    asked: list[tuple[str, str, str]] = []
    clients: Any = {"party": Client("party", asked)}
    stories = Stories(clients, Hands(HOLDERS, lambda: None, lambda: None, lambda _r, _f: None), lambda _en, _zh: None)
    stories.known["meeting"] = 8
    stories.now_ms = lambda: MEETING_MIN[1] * 60_000
    ANSWERS["/activities/8"] = {"steps": ["open", "call_off"]}
    assert not has_quorum(stories)
    stories.now_ms = lambda: MEETING_MIN[1] * 60_000 + 60_000
    assert has_quorum(stories)
    hold_meeting(stories)
    assert [path for _, method, path in asked if method == "POST"] == [
        "/activities/8/steps/open",
        "/activities/8/steps/adjourn",
    ]


def test_the_script_fits_the_day_and_the_people() -> None:
    for strand in SCRIPT:
        minutes = [deed.minute for deed in strand]
        assert minutes == sorted(minutes)
        assert minutes[0] > DAY_STARTS_MIN
        assert minutes[-1] < DAY_ENDS_MIN
        assert strand[0].awaits is None
    assert set(ROLES) <= set(Role)
    assert residents()[OLD_LADY].elderly
    assert residents()[DINER].elderly
    taps = plan_day(residents(), 1)
    assert not any(tap.resident == OLD_LADY for tap in taps)
    assert any((tap.resident, tap.point) == (DINER, CARE.id) for tap in taps)
    assert all("activity" in residents()[index].levels for index in BRANCH)
    assert EXCUSED in BRANCH
    assert len(set(PREPARED)) == 2


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
