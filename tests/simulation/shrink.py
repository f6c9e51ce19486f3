"""The shortest history that still goes wrong: take steps away, make the others smaller, play again."""

from collections.abc import Callable, Sequence

from tests.simulation.script import History, Step

TRIES_MAX = 400

Fails = Callable[[History], bool]


def shrunk(history: History, fails: Fails) -> list[Step]:
    """A history that fails and of which no single step can be left out, within `TRIES_MAX` plays."""
    tries = _Tries(fails)
    steps = list(history)
    steps = _fewer(steps, tries)
    steps = _smaller(steps, tries)
    return _fewer(steps, tries)


class _Tries:
    """Counts plays; when there were too many, nothing fails any more and the search ends."""

    def __init__(self, fails: Fails) -> None:
        self._fails, self._left = fails, TRIES_MAX

    def __call__(self, history: Sequence[Step]) -> bool:
        self._left -= 1
        return self._left >= 0 and self._fails(history)


def _fewer(steps: list[Step], fails: _Tries) -> list[Step]:
    """Leave out runs of steps: half of them, a quarter, … one."""
    width = max(1, len(steps) // 2)
    while True:
        start = 0
        while start < len(steps):
            rest = steps[:start] + steps[start + width :]
            if fails(rest):
                steps = rest
            else:
                start += width
        if width == 1:
            return steps
        width //= 2


def _smaller(steps: list[Step], fails: _Tries) -> list[Step]:
    """Less of each step."""
    for index, step in enumerate(steps):
        for size in (0, step.size // 8, step.size // 2):
            tried = [*steps[:index], step._replace(size=size), *steps[index + 1 :]]
            if size < step.size and fails(tried):
                steps = tried
                break
    return steps
