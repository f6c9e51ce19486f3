"""What the real parts need from the operating system, and whether it is there.

One table serves the set-up (which packages to install), its message (what is missing) and the tests
(what is skipped on a desk and demanded in CI). A part is present when every one of its probes finds a file;
the package is only the Debian name under which it can be had. Standard library only.
"""

import glob
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass

APT_TIMEOUT_S = 1800
SUDO_TIMEOUT_S = 10


@dataclass(frozen=True)
class Part:
    """One thing the operating system provides: `probes` are glob patterns that must all match a file."""

    package: str
    probes: tuple[str, ...]
    used_for: str


PARTS = (
    Part("python3-venv", (f"{sysconfig.get_path('stdlib')}/ensurepip/__init__.py",), "the virtual environment"),
    Part("python3-dev", (f"{sysconfig.get_path('include')}/Python.h",), "building pyscard"),
    Part("pcscd", ("/usr/sbin/pcscd",), "the PC/SC reader stack"),
    Part("vsmartcard-vpcd", ("/usr/lib/pcsc/drivers/serial/libifdvpcd.so*",), "PC/SC readers without hardware"),
    Part("libpcsclite-dev", ("/usr/include/PCSC/winscard.h",), "building pyscard"),
    Part("swig", ("/usr/bin/swig*",), "building pyscard"),
    Part("gcc", ("/usr/bin/gcc*",), "building pyscard"),
    Part("mosquitto", ("/usr/sbin/mosquitto",), "the broker of the tests"),
    Part("chromium", ("/usr/bin/chromium",), "the browser journey"),
    Part("fonts-noto-cjk", ("/usr/share/fonts/**/Noto*CJK*.tt*",), "Chinese text in the browser"),
    Part("postgresql", ("/usr/lib/postgresql/*/bin/initdb",), "the server tests on PostgreSQL"),
)


def found(part: Part) -> bool:
    """Whether every probe of `part` matches at least one file."""
    return all(glob.glob(pattern, recursive=True) for pattern in part.probes)


def missing_parts(packages: Iterable[str] | None = None) -> list[Part]:
    """The parts that are not there, among `packages` (all when None). KeyError for a package not in the table."""
    by_package = {part.package: part for part in PARTS}
    wanted = PARTS if packages is None else [by_package[name] for name in packages]
    return [part for part in wanted if not found(part)]


def locate(program: str) -> str | None:
    """The path of a system program, also from the sbin directories that a user's PATH often lacks."""
    search = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return shutil.which(program, path=search)


def apt_prefix() -> list[str] | None:
    """How apt-get may be called here: directly, through sudo without a password, or not at all (None)."""
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    try:
        allowed = subprocess.run(
            ["sudo", "-n", "true"], stdin=subprocess.DEVNULL, check=False, capture_output=True, timeout=SUDO_TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        return None
    return ["sudo", "-n"] if allowed.returncode == 0 else None


def install(parts: list[Part], log_path: str) -> bool:
    """Install the packages of `parts` with apt-get; all output goes to the log. False when it could not."""
    prefix = apt_prefix()
    if prefix is None:
        return False
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    commands = [
        [*quiet, "update"],
        [*quiet, "install", "--no-install-recommends", *(part.package for part in parts)],
    ]
    with open(log_path, "ab") as log:
        for command in commands:
            try:
                done = subprocess.run(
                    command, stdin=subprocess.DEVNULL, check=False, stdout=log, stderr=log, timeout=APT_TIMEOUT_S
                )
            except subprocess.TimeoutExpired:
                return False
            if done.returncode != 0:
                return False
    return True


def report_line(parts: list[Part]) -> str:
    """One line that says what is missing and how to get it."""
    names = " ".join(part.package for part in parts)
    return f"missing system packages: {names} (as root: apt-get install {names})"
