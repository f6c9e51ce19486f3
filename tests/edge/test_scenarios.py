"""Every scenario through the real edge (libosdp, a line, doors of wood) and through the pure core alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.scenario import FOLDER, play, read
from tests.edge.scenario_pure import Pure
from tests.edge.scenario_real import Real

SCENARIOS = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_through_the_pure_core(path: Path) -> None:
    play(read(path), Pure())


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    stage = Real(tmp_path)
    yield stage
    stage.close()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_through_the_real_edge(path: Path, real: Real) -> None:
    play(read(path), real)


def test_a_door_that_does_something_else_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text("Wrong.\n\nlin has an active card\nlin taps : revoked\n")
    with pytest.raises(AssertionError, match="lin taps : revoked"):
        play(read(path), Pure())


@pytest.mark.parametrize("line", ["lin has a magic card", "the gate sings", "lin taps: granted"])
def test_what_is_no_line_of_the_language_is_told(tmp_path: Path, line: str) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text(f"Wrong.\n\n{line}\n")
    with pytest.raises((AssertionError, ValueError), match=r"wrong\.txt|magic"):
        read(path)
