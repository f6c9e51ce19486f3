"""Rules about the tracked files themselves: nothing of one machine in them, nothing printed, everything introduced."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, Function, files, imported_modules, parsed, python_files, relative

TEXT_SUFFIXES = {
    "", ".cfg", ".css", ".html", ".ini", ".js", ".json", ".jsonl", ".mako", ".md", ".po", ".py", ".sh", ".svg",
    ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip

REGISTRY = re.compile(
    r"registry\.npmjs\.org|registry\.npmmirror\.com|files\.pythonhosted\.org|pypi\.org/simple|://[^\s\"']*/simple/"
    r"|--(?:extra-)?index-url|--find-links|\"resolved\"\s*:",
)
LOCAL_PATH = re.compile(r"(?<![\w./~-])/(?:home|root|Users|work|farm|private|mnt)/[\w.-]+")

# One file of a program knows a driver library; everything else knows our own interface.
DRIVER_LIBRARIES = ("gpiod", "nfc", "osdp_sys", "paho", "serial", "smartcard", "websockets")

# The lock and reader drivers that hardware.md must speak about.
DRIVER_NAMES = re.compile(r"edge/drivers/(?:\w+_(?:reader|lock)|gpio_lines|osdp_devices)\.py")


def texts() -> list[tuple[str, str]]:
    found = [path for path in files() if path.suffix in TEXT_SUFFIXES]
    return [(relative(path), path.read_text(encoding="utf-8")) for path in found]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line) and name != relative(Path(__file__))
    ]


def test_no_address_of_a_registry_stands_in_any_file() -> None:
    assert lines_with(REGISTRY) == []


def test_a_lock_file_holds_no_address_at_all() -> None:
    locks = [(name, text) for name, text in texts() if name.startswith("requirements/") or "lock" in Path(name).name]
    assert len([name for name, _ in locks if name.startswith("requirements/")]) >= 3
    assert [name for name, text in locks if re.search(r"https?://", text) and not name.endswith((".py", ".sh"))] == []


def test_every_locked_package_has_hashes() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        pinned = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8"))
        assert [entry.split()[0] for entry in pinned if "==" in entry and "--hash=sha256:" not in entry] == []


def test_no_path_of_one_machine_stands_in_any_file() -> None:
    assert lines_with(LOCAL_PATH) == []


@pytest.mark.parametrize(
    ("pattern", "line", "found"),
    [
        (REGISTRY, "--index-url https://example.org/x", True),
        (REGISTRY, "https://mirror.example.org/pypi/simple/", True),
        (REGISTRY, '"resolved": "x"', True),
        (REGISTRY, "a simple index", False),
        (LOCAL_PATH, 'open("/home/li/x")', True),
        (LOCAL_PATH, "see /root/x", True),
        (LOCAL_PATH, "GET /holders/home/1", False),
        (LOCAL_PATH, "https://example.org/home/x", False),
    ],
)
def test_the_patterns_see_what_they_should(pattern: re.Pattern[str], line: str, found: bool) -> None:
    assert bool(pattern.search(line)) is found


def test_only_the_front_door_prints() -> None:
    quiet = [name for name in PACKAGES if name != "onecard"]
    printing = [
        f"{relative(path)}:{node.lineno}"
        for path in python_files(*quiet)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_introduces_itself_on_one_screen(package: str) -> None:
    readme = ROOT / package / "README.md"
    assert readme.is_file(), f"{package}/README.md is missing"
    assert 5 <= len(readme.read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("library", DRIVER_LIBRARIES)
def test_one_file_of_a_program_knows_a_driver_library(package: str, library: str) -> None:
    knowing = [relative(path) for path in python_files(package) if library in imported_modules(path)]
    assert len(knowing) <= 1, f"{library} is imported in {', '.join(knowing)}"


def test_card_protocol_knows_no_driver_library_clock_or_thread() -> None:
    outside = {*DRIVER_LIBRARIES, "asyncio", "logging", "random", "secrets", "socket", "structlog", "threading", "time"}
    knowing = {relative(path): sorted(outside & imported_modules(path)) for path in python_files("card_protocol")}
    assert {name: modules for name, modules in knowing.items() if modules} == {}


def test_every_reader_and_lock_driver_has_its_row_in_the_hardware_table() -> None:
    table = (ROOT / "hardware.md").read_text(encoding="utf-8")
    drivers = {relative(path) for path in python_files("edge") if DRIVER_NAMES.fullmatch(relative(path))}
    assert sorted(name for name in drivers if f"`{name}`" not in table) == []
    rows = set(re.findall(DRIVER_NAMES, table))
    assert sorted(rows - drivers) == [], "the table speaks of drivers that do not exist"


def test_every_lock_driver_is_held_to_the_contract_of_locks() -> None:
    drivers = [path for path in python_files("edge") if relative(path).endswith("_lock.py")]
    tests = {path: ROOT / "tests" / path.parent.relative_to(ROOT) / f"test_{path.name}" for path in drivers}
    lacking = [relative(path) for path, test in tests.items() if "LockContract" not in test.read_text(encoding="utf-8")]
    assert lacking == ["edge/drivers/no_lock.py"], "a lock without a strike has nothing to show"


def test_every_module_says_what_it_is() -> None:
    silent = [relative(path) for path in python_files(*PACKAGES, "scripts") if ast.get_docstring(parsed(path)) is None]
    assert silent == []


def test_a_test_function_can_be_found() -> None:
    """A helper called test_… in a file that pytest does not collect would be a test that never runs."""
    hidden = [
        f"{relative(path)}:{node.lineno}"
        for path in python_files("tests")
        if not path.name.startswith("test_")
        for node in parsed(path).body
        if isinstance(node, Function) and node.name.startswith("test_")
    ]
    assert hidden == []
