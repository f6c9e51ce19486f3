"""A thread that looks now and then."""

from server.services.lookout import Lookout
from tests.support.patience import eventually


def test_it_looks_again_and_a_look_that_fails_is_not_the_last() -> None:
    looks: list[int] = []

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise RuntimeError("away")

    lookout = Lookout("test", look, 0.01)
    lookout.start()
    eventually(lambda: len(looks) > 2)
    lookout.stop()
    seen = len(looks)
    lookout.stop()
    assert len(looks) == seen


def test_the_first_look_waits_as_long_as_asked() -> None:
    looks: list[int] = []
    lookout = Lookout("test", lambda: looks.append(1), 0.01, first_s=3600)
    lookout.start()
    lookout.stop()
    assert looks == []
