"""Every module has its test where one looks for it: `gateway/core/sync.py` → `tests/gateway/core/test_sync.py`.

A module in which no function does anything has nothing to test: constants, re-exports, plain records, interfaces
(Protocols, whose methods are `...`). `__init__.py` must be such a module.
"""

import ast
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, Function, parsed, python_files, relative

# Modules that have no test file of their own yet. This list only ever gets shorter.
WITHOUT_TEST: frozenset[str] = frozenset()


def does_something(path: Path) -> bool:
    """Whether a function or method in the module has a body beyond its docstring and `...`."""
    return any(isinstance(node, Function) and has_body(node) for node in ast.walk(parsed(path)))


def has_body(function: Function) -> bool:
    return not all(isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant) for line in function.body)


def mirror_of(path: Path) -> Path:
    inside = path.relative_to(ROOT)
    return ROOT / "tests" / inside.parent / f"test_{inside.name}"


MODULES = [path for path in python_files(*PACKAGES, "scripts") if "server/migrations/" not in relative(path)]


def test_every_module_that_does_something_has_its_test_file() -> None:
    wanted = {path for path in MODULES if not path.name.startswith("__") and does_something(path)}
    lacking = {relative(path) for path in wanted if not mirror_of(path).is_file()}
    assert wanted, "no modules found"
    assert sorted(lacking - WITHOUT_TEST) == []
    assert sorted(WITHOUT_TEST - lacking) == [], "these have their test now: take them off the list"


def test_package_files_do_nothing() -> None:
    assert [relative(path) for path in MODULES if path.name == "__init__.py" and does_something(path)] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LIMIT = 3\n", False),
        ('class Port(Protocol):\n    def read(self) -> bytes:\n        """One."""\n        ...\n', False),
        ("class Kind(Enum):\n    GATE = 'gate'\n", False),
        ("def f() -> int:\n    return 1\n", True),
        ("class A:\n    async def f(self) -> None:\n        await g()\n", True),
    ],
)
def test_what_counts_as_doing_something(text: str, expected: bool, tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(text)
    assert does_something(tmp_path / "x.py") is expected
