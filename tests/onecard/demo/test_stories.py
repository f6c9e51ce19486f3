"""Strands of deeds without a server: each at its minute, in its order; a refusal stops nothing."""

import threading
from typing import Any

from card_protocol.words.moment import PlayedDay, local_day_and_minute, local_ms
from onecard.demo.console import ConsoleError
from onecard.demo.day import DAY_ENDS_MIN, DAY_STARTS_MIN
from onecard.demo.stories import Deed, Hands, Stories

MONDAY = local_day_and_minute(1_795_406_400_000)[0]
DAY = PlayedDay(anchor_ms=0, from_ms=local_ms(MONDAY, DAY_STARTS_MIN))
NO_HANDS = Hands([], lambda: None, lambda: None, lambda _resident, _fen: None)


def at(minute: float) -> int:
    """Real time [ms] of a minute of the played day."""
    return int((minute - DAY_STARTS_MIN) * 60_000)


class Told:
    """Stories that write down what was done."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.said: list[str] = []
        self.over = threading.Event()
        self.stories = Stories({}, NO_HANDS, lambda en, _zh: self.said.append(en))

    def deed(self, name: str, minute: int = 400, awaits: Any = None, error: Exception | None = None) -> Deed:
        def do(_stories: Stories) -> None:
            self.done.append(name)
            if error is not None:
                raise error

        return Deed(minute, name, name, do, awaits)

    def play(self, *strands: list[Deed], minute: float = DAY_ENDS_MIN) -> None:
        self.stories.play(strands, DAY, lambda: at(minute), self.over)


def test_strands_go_on_beside_one_another_each_in_its_order() -> None:
    told = Told()
    told.play([told.deed("a1"), told.deed("a2")], [told.deed("b1", 1300), told.deed("b2", 500)])
    assert told.done == ["a1", "b1", "a2", "b2"]
    assert told.said == told.done
    assert (told.stories.refused, told.stories.undone) == ([], [])
    assert told.stories.minute == DAY_ENDS_MIN


def test_what_is_refused_is_told_and_counted_and_the_day_goes_on() -> None:
    told = Told()
    no = ConsoleError("POST /tickets: 409")
    told.play([told.deed("report", error=no), told.deed("confirm", error=KeyError("repair"))], [told.deed("other")])
    assert told.done == ["report", "other", "confirm"]
    assert len(told.stories.refused) == 2
    assert told.said[0] == "Refused: report POST /tickets: 409"


def test_a_deed_waits_for_what_it_follows_from_and_others_do_not_wait_for_it() -> None:
    told = Told()
    asked: list[str] = []

    def comes_late(_stories: Stories) -> bool:
        asked.append("?")
        if len(asked) == 1:
            raise ConsoleError("503")
        return len(asked) > 2

    told.play([told.deed("late", awaits=comes_late)], [told.deed("now")])
    assert told.done == ["now", "late"]
    assert len(asked) == 3


def test_what_follows_from_a_deed_that_was_refused_is_refused_and_not_waited_for() -> None:
    told = Told()

    def unknown(stories: Stories) -> bool:
        return bool(stories.known["case"])

    told.play([told.deed("case", error=ConsoleError("no")), told.deed("help", awaits=unknown, error=KeyError("case"))])
    assert len(told.stories.refused) == 2


def test_what_the_day_ends_before_is_told_of() -> None:
    told = Told()

    def ends(_stories: Stories) -> bool:
        told.over.set()
        return False

    told.play([told.deed("never", awaits=ends), told.deed("nor this")], [told.deed("evening", 1300)], minute=1200)
    assert told.done == []
    assert told.stories.undone == ["never", "nor this", "evening"]
