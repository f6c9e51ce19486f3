"""The files of the house as its rules see them: what is tracked or would be, never what is made or fetched."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("card_protocol", "edge", "firmware_sim", "gateway", "onecard", "server")
MADE = {".git", ".venv", "node_modules", "vendor", "var", "build", "dist", "__pycache__"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, sorted; outside a git checkout (a source archive) everything but what is made."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    except OSError:
        listed = None
    if listed is not None and listed.returncode == 0:
        found = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not MADE & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file()))


def relative(path: Path) -> str:
    """The path as a rule's message names it."""
    return path.relative_to(ROOT).as_posix()


def python_files(*under: str) -> list[Path]:
    """The Python files below the folders; generated migration scripts are nobody's prose and no rule's concern."""
    return [
        path
        for path in files()
        if path.suffix == ".py"
        and path.relative_to(ROOT).parts[0] in under
        and "server/migrations/versions/" not in relative(path)
    ]


def own_scripts() -> list[Path]:
    """Our JavaScript modules."""
    folders = ("server/static/", "edge/drivers/screen/")
    return [path for path in files() if path.suffix == ".js" and relative(path).startswith(folders)]


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@dataclass(frozen=True)
class Span:
    """A function and how many lines it has."""

    name: str
    first: int
    lines: int


def functions(path: Path) -> Iterator[Span]:
    """Every function and method of a Python file; decorators are not counted."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, Function) and node.end_lineno is not None:
            yield Span(node.name, node.lineno, node.end_lineno - node.lineno + 1)


def imported_modules(path: Path) -> set[str]:
    """The top-level names of everything a Python file imports, wherever in it; relative imports aside."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found
