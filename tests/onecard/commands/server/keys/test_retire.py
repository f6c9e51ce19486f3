"""`onecard server keys retire`"""

from tests.onecard.commands.server.keys.conftest import Said, tell


def test_cards_that_still_need_the_older_one_hold_it_up(said: Said, lived: str) -> None:
    said("raise", "--yes")
    code, _, err = said("retire", "--yes")
    assert code == 1
    assert "1 cards still have version 1: doors refuse them (wrong key version)" in err
    code, out, _ = said("retire", "--yes", "--force")
    assert code == 0
    assert "Doors accept key version 2." in out


def test_when_every_card_has_the_new_one(said: Said, lived: str) -> None:
    said("raise", "--yes")
    tell(lived, keys_newest=2, card=2)
    code, _, err = said("retire", "--yes")
    assert code == 0
    assert "No card needs the older one." in err


def test_the_only_one_stays(said: Said) -> None:
    code, _, err = said("retire", "--yes")
    assert code == 1
    assert "the only one" in err
