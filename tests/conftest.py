"""What every test has: the fixtures of tests/support and one hypothesis profile."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

SUPPORT = Path(__file__).parent / "support"

# The conditions come first: the others import them, and a plugin should not be imported before pytest loads it.
NAMES = sorted((module.stem for module in SUPPORT.glob("[a-z]*.py")), key=lambda name: (name != "condition", name))
pytest_plugins = [f"tests.support.{name}" for name in NAMES]

# No test asserts a time: an example may take as long as a busy machine needs.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A test may set up the logs of a whole program; the next test does not inherit them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
