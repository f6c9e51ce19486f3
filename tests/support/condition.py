"""What a test needs from the machine, said as a mark: `@pytest.mark.broker`.

A test whose condition is not met is skipped with one line that names the part and its package. With CI=true it
fails instead: there a missing part is a mistake of the machine, and a skipped test would hide it.
Fixtures that need a part call `require("broker")`, so a test that uses them needs no mark of its own.
"""

import importlib.util
import os
from dataclasses import dataclass

import pytest

from scripts import system_parts


@dataclass(frozen=True)
class Condition:
    """A part of the world a test needs: Debian packages (see scripts/system_parts.py) and Python modules."""

    packages: tuple[str, ...]
    modules: tuple[str, ...] = ()


CONDITIONS = {
    "broker": Condition(("mosquitto",)),
    "browser": Condition(("chromium", "fonts-noto-cjk")),
    "pcscd": Condition(("pcscd", "vsmartcard-vpcd"), ("smartcard",)),
    "postgres": Condition(("postgresql",)),
}


def unmet(name: str) -> str | None:
    """Why the condition `name` is not met here, in one line; None when it is. KeyError for an unknown name."""
    condition = CONDITIONS[name]
    parts = system_parts.missing_parts(condition.packages)
    if parts:
        return system_parts.report_line(parts)
    modules = [module for module in condition.modules if importlib.util.find_spec(module) is None]
    return f"missing Python module: {' '.join(modules)} (make setup)" if modules else None


def in_ci() -> bool:
    """Whether continuous integration runs us."""
    return os.environ.get("CI", "").lower() == "true"


def require(name: str) -> None:
    """Go on when the condition `name` is met; otherwise skip the test, or fail it in CI."""
    reason = unmet(name)
    if reason is None:
        return
    if in_ci():
        pytest.fail(f"{name}: {reason}", pytrace=False)
    pytest.skip(f"{name}: {reason}")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Check the conditions that a test carries as marks, before its fixtures."""
    for mark in item.iter_markers():
        if mark.name in CONDITIONS:
            require(mark.name)
