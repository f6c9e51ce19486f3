"""Every module has its test where one looks for it: `gateway/core/sync.py` → `tests/gateway/core/test_sync.py`.

A module that defines no function and no class has nothing to test (constants, re-exports). `__init__.py` and
`__main__.py` hold nothing of the kind either, which is checked too.
"""

import ast
from pathlib import Path

from tests.house.tree import PACKAGES, ROOT, parsed, python_files, relative

# Modules that have no test file of their own yet. This list only ever gets shorter.
WITHOUT_TEST: frozenset[str] = frozenset()

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def defines_something(path: Path) -> bool:
    return any(isinstance(node, DEFINITIONS) for node in parsed(path).body)


def test_file_of(path: Path) -> Path:
    inside = path.relative_to(ROOT)
    return ROOT / "tests" / inside.parent / f"test_{inside.name}"


test_file_of.__test__ = False  # type: ignore[attr-defined]

MODULES = [path for path in python_files(*PACKAGES, "scripts") if "server/migrations/" not in relative(path)]


def test_every_module_that_does_something_has_its_test_file() -> None:
    wanted = {path for path in MODULES if not path.name.startswith("__") and defines_something(path)}
    lacking = {relative(path) for path in wanted if not test_file_of(path).is_file()}
    assert wanted, "no modules found"
    assert sorted(lacking - WITHOUT_TEST) == []
    assert sorted(WITHOUT_TEST - lacking) == [], "these have their test now: take them off the list"


def test_package_files_define_nothing() -> None:
    assert [relative(path) for path in MODULES if path.name == "__init__.py" and defines_something(path)] == []
