"""What every test has: the fixtures of tests/support and one hypothesis profile."""

import gc
import logging
import os
import sys
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

# The suite starts some two hundred programs: each source is compiled once, also where the desk says otherwise.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No test asserts a time: an example may take as long as a busy machine needs. The suite plays every property with a
# fresh seed each time; `make soak` plays them long (--hypothesis-profile soak).
EXAMPLES, EXAMPLES_SOAK = 25, 1000
settings.register_profile(
    "house", max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("soak", settings.get_profile("house"), max_examples=EXAMPLES_SOAK)
settings.load_profile("house")


# What is imported and collected lives to the end: nobody need look through it for garbage, now or later.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


def plain_tracebacks() -> None:
    """structlog as it is without a set-up, but for tracebacks: drawn with every local variable they take seconds."""
    structlog.reset_defaults()
    *others, _console = structlog.get_config()["processors"]
    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, console])


plain_tracebacks()


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """A test may set up the logs of a whole program; the next test does not inherit them."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    plain_tracebacks()
    root.handlers[:], root.level = handlers, level
