"""Each finds their own work; what is over makes room, and what is not never does."""

from dataclasses import dataclass

import pytest

from server.services.desk.own_shelf import OwnShelf
from server.services.problems import Code, Problem


@dataclass
class Piece:
    id: str
    user_id: str = "wang"
    over: bool = False


def test_each_finds_their_own() -> None:
    shelf: OwnShelf[Piece] = OwnShelf(3)
    mine, ended, theirs = Piece("1"), Piece("2", over=True), Piece("3", "li")
    for one in (mine, ended, theirs):
        shelf.put(one)
    assert shelf.get("2", "wang") is ended
    assert shelf.mine("wang") == [mine]
    for one_id, user in (("1", "li"), ("1", ""), ("9", "wang")):
        with pytest.raises(Problem) as told:
            shelf.get(one_id, user)
        assert told.value.code is Code.NOT_FOUND


def test_what_was_over_first_makes_room_and_what_runs_stays() -> None:
    shelf: OwnShelf[Piece] = OwnShelf(3)
    for one in (Piece("1"), Piece("2", over=True), Piece("3", over=True), Piece("4")):
        shelf.put(one)
    assert [one.id for one in shelf] == ["1", "3", "4"]
    shelf.put(Piece("5"))
    with pytest.raises(Problem) as told:
        shelf.put(Piece("6"))
    assert told.value.code is Code.TOO_MANY
    assert [one.id for one in shelf] == ["1", "4", "5"]
