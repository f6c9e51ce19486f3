"""Makes `.venv` and fills it: `python3 -m scripts.setup [--dev] [--system] [--pcsc]`, from the repository's root.

Needs python3 and nothing else. Every step leaves a stamp in `.venv` that holds the digest of what it was made
from, so a second run only compares digests. Output of pip and apt-get goes to `var/setup.log`; the terminal
gets one line a step, and one clear line when a step fails.

    (no flag)   what the program needs to run (requirements/run.txt) and the program itself, editable
    --dev       the tools of the tests as well (requirements/dev.txt)
    --pcsc      pyscard, where it can be built; otherwise one line says what is missing
    --system    Debian packages of the real parts, where that is allowed; otherwise one line says what is missing
"""

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from scripts import system_parts

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "setup.log"
OLDEST_PYTHON = (3, 11)
PIP_TIMEOUT_S = 1800
PROBE_TIMEOUT_S = 30

EDITABLE_SOURCES = (
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    "scripts/build_assets.py",
    "server/static/icons.txt",
    "server/locale/**/*.po",
)


class SetupFailed(Exception):
    """A step could not be done; the text is the line for the person at the terminal."""


def digest(*parts: str, files: Iterable[Path] = ()) -> str:
    """SHA-256 over texts and over the names and contents of files, in the order given."""
    total = hashlib.sha256()
    for part in parts:
        total.update(part.encode() + b"\0")
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def is_stamped(name: str, value: str) -> bool:
    """Whether the step `name` was last finished with this digest."""
    stamp = VENV / f".stamp-{name}"
    return stamp.is_file() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    """Record that the step `name` is finished with this digest."""
    (VENV / f".stamp-{name}").write_text(value)


def run(command: Sequence[str | Path], failed: str) -> None:
    """Run a command with its output in the log; SetupFailed with `failed` and the log's best line otherwise."""
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        path = f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        environment = os.environ | {"PATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        try:
            code = subprocess.run(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False, stdout=log, stderr=log,
                timeout=PIP_TIMEOUT_S,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            raise SetupFailed(f"{failed}: no end after {PIP_TIMEOUT_S} s (see {LOG.relative_to(ROOT)})") from None
    if code != 0:
        with LOG.open("rb") as log:
            log.seek(start)
            said = best_line(log.read().decode(errors="replace"))
        raise SetupFailed(f"{failed}: {said} (see {LOG.relative_to(ROOT)})")


def best_line(output: str) -> str:
    """The line of a tool's output that tells most: our own message, else the first error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for mark in ("onecard: ", "ERROR: ", "error: "):
        for line in lines:
            if mark in line:
                return line.split(mark, 1)[1]
    return lines[-1] if lines else "no output"


def environment_is_sound() -> bool:
    """Whether `.venv` has a working interpreter that is new enough, has pip and still lives where it was made."""
    question = "import pip, sys; print(*sys.version_info[:2], sys.prefix)"
    try:
        answer = subprocess.run(
            [PYTHON, "-c", question], check=False, capture_output=True, text=True, timeout=PROBE_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    major, minor, prefix = [*answer.stdout.strip().split(" ", 2), "", "", ""][:3]
    return answer.returncode == 0 and (int(major), int(minor)) >= OLDEST_PYTHON and Path(prefix).samefile(VENV)


def make_environment() -> None:
    """Create `.venv`; one that works is kept, whoever made it."""
    if sys.version_info < OLDEST_PYTHON:
        oldest = ".".join(map(str, OLDEST_PYTHON))
        raise SetupFailed(f"Python {oldest} or newer is needed, this is {sys.version.split()[0]}")
    if environment_is_sound():
        return
    say("virtual environment in .venv")
    command: list[str | Path] = [sys.executable, "-m", "venv", "--clear", VENV]
    made = subprocess.run(command, stdin=subprocess.DEVNULL, check=False, capture_output=True, text=True)
    if made.returncode != 0:
        lacking = system_parts.missing_parts(["python3-venv"])
        raise SetupFailed(system_parts.report_line(lacking) if lacking else best_line(made.stdout + made.stderr))


def install_locked(name: str) -> None:
    """Install requirements/NAME.txt, every file checked against its hash.

    A lock file is complete, so pip has nothing to resolve; where it tries to, it takes `coverage[toml]` for another
    requirement than the pinned `coverage` and reaches for the newest, which has no hash.
    """
    lock = ROOT / "requirements" / f"{name}.txt"
    value = digest(files=[lock])
    if is_stamped(name, value):
        return
    say(f"dependencies from requirements/{name}.txt")
    options = ["-q", "--require-hashes", "--no-deps"]
    run([PYTHON, "-m", "pip", "install", *options, "-r", lock], f"requirements/{name}.txt")
    stamp(name, value)


def install_program() -> None:
    """Install onecard itself, editable; its build hook fetches the browser assets and compiles the catalogues."""
    sources = sorted(path for pattern in EDITABLE_SOURCES for path in ROOT.glob(pattern))
    value = digest(files=sources)
    if is_stamped("program", value) and (ROOT / "server" / "static" / "vendor" / "NOTICE").is_file():
        return
    say("onecard and its browser assets")
    options = ["-q", "--no-deps", "--no-build-isolation"]
    run([PYTHON, "-m", "pip", "install", *options, "-e", ROOT], "installing onecard")
    stamp("program", value)


def install_pyscard() -> None:
    """Build pyscard against the system's PC/SC library, or say in one line what is missing and go on."""
    lock = ROOT / "requirements" / "pcsc.txt"
    value = digest(files=[lock])
    if is_stamped("pcsc", value):
        return
    lacking = system_parts.missing_parts(["gcc", "libpcsclite-dev", "python3-dev"])
    if lacking:
        say(f"without pyscard (PC/SC readers): {system_parts.report_line(lacking)}")
        return
    install_locked("pcsc-build")
    say("pyscard from requirements/pcsc.txt")
    options = ["-q", "--require-hashes", "--no-deps", "--no-build-isolation"]
    try:
        run([PYTHON, "-m", "pip", "install", *options, "-r", lock], "without pyscard (PC/SC readers)")
    except SetupFailed as failure:
        say(str(failure))
        return
    stamp("pcsc", value)


def install_system_parts() -> None:
    """Install what the operating system lacks, where allowed; otherwise say in one line what is missing."""
    missing = system_parts.missing_parts()
    if not missing:
        return
    say("system packages: " + " ".join(part.package for part in missing))
    system_parts.install(missing, str(LOG))
    still = system_parts.missing_parts()
    if still:
        say(system_parts.report_line(still))


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(f"setup: {line}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; returns 1 after one line when a step failed."""
    parser = argparse.ArgumentParser(prog="python3 -m scripts.setup", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--dev", action="store_true", help="tools of the tests as well")
    parser.add_argument("--pcsc", action="store_true", help="pyscard, where it can be built")
    parser.add_argument("--system", action="store_true", help="Debian packages, where that is allowed")
    wanted = parser.parse_args(arguments)
    LOG.parent.mkdir(exist_ok=True)
    try:
        if wanted.system:
            install_system_parts()
        make_environment()
        install_locked("run")
        install_locked("build")
        install_program()
        if wanted.dev:
            install_locked("dev")
        if wanted.pcsc:
            install_pyscard()
    except SetupFailed as failure:
        print(f"setup: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
