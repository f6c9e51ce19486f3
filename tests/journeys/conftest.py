"""Journeys start every program of the house: they may take longer than a test of one part."""

from collections.abc import Iterator

import pytest

from onecard.demo import programs
from tests.support import nursery

JOURNEY_TIMEOUT_S = 600


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in item.nodeid and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(JOURNEY_TIMEOUT_S))


@pytest.fixture(scope="module", autouse=True)
def programs_are_born_quickly() -> Iterator[None]:
    """From a parent that has imported them already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs, "bear", nursery.bear)
        yield
