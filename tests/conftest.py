"""What every test has: the fixtures of tests/support and one hypothesis profile."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

SUPPORT = Path(__file__).parent / "support"

# Plugins are those with fixtures. The conditions come first: the others import them, and a plugin should not be
# imported before pytest loads it. The asserts of the rest explain themselves too.
MODULES = {module.stem: module.read_text(encoding="utf-8") for module in SUPPORT.glob("[a-z]*.py")}
PLUGINS = {name for name, text in MODULES.items() if "@pytest.fixture" in text or "def pytest_" in text}
NAMES = sorted(PLUGINS, key=lambda name: (name != "condition", name))
pytest.register_assert_rewrite(*(f"tests.support.{name}" for name in sorted(MODULES.keys() - PLUGINS)))
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
