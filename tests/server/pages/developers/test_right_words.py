"""Every right has words of its own."""

from server.pages.developers.right_words import RIGHTS
from server.services.roles import Permission


def test_every_right_is_told_in_words_of_its_own():
    assert set(RIGHTS) == set(Permission)
    assert len(set(RIGHTS.values())) == len(RIGHTS)
