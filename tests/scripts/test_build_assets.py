import gettext
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pytest

from scripts import build_assets
from scripts.build_assets import AssetsMissing, build_vendor, compile_catalogues, icon_names, npm_reason, symbol

ROOT = Path(__file__).resolve().parent.parent.parent
ICON = '<svg\n  width="24"\n  class="icon"\n>\n  <path d="M14 12v.01" />\n  <path d="M3 21h18" />\n</svg>'
PO = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Granted"
msgstr "允许"
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A repository with a manifest and two icons wanted."""
    root = tmp_path / "house"
    (root / "server/static").mkdir(parents=True)
    (root / "server/static/icons.txt").write_text("# why\ndoor\nlock  # comment\n\ndoor\n")
    for name in build_assets.MANIFEST:
        (root / name).write_text(name)
    return root


@pytest.fixture
def fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Stands for npm: what it would have fetched lies there; the list grows with each call."""
    modules = tmp_path / "node_modules"
    for name in [*build_assets.FILES, *build_assets.LICENCES]:
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(f"this is {name}")
    for package in build_assets.PACKAGES:
        about = {"name": package, "version": "1.2.3", "license": "MIT", "homepage": "https://example.org"}
        (modules / package / "package.json").write_text(json.dumps(about))
    (modules / build_assets.ICONS).mkdir(parents=True)
    for icon in ("door", "lock"):
        (modules / build_assets.ICONS / f"{icon}.svg").write_text(ICON)
    calls: list[Path] = []

    def install(root: Path, work: Path) -> Path:
        calls.append(root)
        return modules

    monkeypatch.setattr(build_assets, "install_modules", install)
    return calls


class TestVendor:
    def test_the_named_files_their_licences_and_the_sprite_arrive(self, house: Path, fetched: list[Path]) -> None:
        build_vendor(house)
        vendor = house / "server/static/vendor"
        assert sorted(path.name for path in vendor.iterdir()) == sorted([*build_assets.expected_files(), ".recipe"])
        assert (vendor / "htmx.min.js").read_text() == "this is htmx.org/dist/htmx.min.js"
        assert "@tabler/core 1.2.3, licence MIT" in (vendor / "NOTICE").read_text()
        ids = [element.get("id") for element in ET.parse(vendor / "icons.svg").getroot()]
        assert ids == ["door", "lock"]

    def test_nothing_is_fetched_twice(self, house: Path, fetched: list[Path]) -> None:
        build_vendor(house)
        build_vendor(house)
        assert len(fetched) == 1

    @pytest.mark.parametrize("change", ["package-lock.json", "server/static/icons.txt"])
    def test_a_change_is_fetched_and_nothing_old_stays(self, change: str, house: Path, fetched: list[Path]) -> None:
        build_vendor(house)
        (house / "server/static/vendor/old.css").touch()
        (house / change).write_text("door")
        build_vendor(house)
        assert len(fetched) == 2
        assert not (house / "server/static/vendor/old.css").exists()

    def test_a_lost_file_is_fetched_again(self, house: Path, fetched: list[Path]) -> None:
        build_vendor(house)
        (house / "server/static/vendor/htmx.min.js").unlink()
        build_vendor(house)
        assert (house / "server/static/vendor/htmx.min.js").exists()

    def test_an_icon_that_does_not_exist_is_named_and_nothing_changes(self, house: Path, fetched: list[Path]) -> None:
        build_vendor(house)
        (house / "server/static/icons.txt").write_text("dor\n")
        with pytest.raises(AssetsMissing, match=r"^dor\.svg is missing"):
            build_vendor(house)
        assert 'id="door"' in (house / "server/static/vendor/icons.svg").read_text()


def test_an_icon_becomes_a_symbol_that_needs_no_style() -> None:
    drawn = ET.fromstring(symbol(ICON, "door"))
    assert drawn.tag == "symbol"
    assert (drawn.get("id"), drawn.get("viewBox"), drawn.get("stroke")) == ("door", "0 0 24 24", "currentColor")
    assert [path.get("d") for path in drawn] == ["M14 12v.01", "M3 21h18"]
    with pytest.raises(AssetsMissing, match="the icon door"):
        symbol("<html/>", "door")


def test_every_icon_that_our_pages_want_is_in_the_sprite() -> None:
    wanted = icon_names(ROOT / "server/static/icons.txt")
    sprite = ET.parse(ROOT / "server/static/vendor/icons.svg").getroot()
    assert wanted
    assert [element.get("id") for element in sprite] == wanted


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("npm error code ENOTFOUND\nnpm error x", "the package registry cannot be reached (ENOTFOUND)"),
        ("npm ERR! code EINTEGRITY\n", "npm ended with EINTEGRITY"),
        ("Segmentation fault", "npm gave no reason"),
    ],
)
def test_the_reason_npm_gives_is_one_clause(output: str, said: str) -> None:
    assert npm_reason(output).startswith(said)
    assert "\n" not in npm_reason(output)


def test_without_a_network_there_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Port 9 (discard): nobody listens there. The real npm, on our real manifest.
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    with pytest.raises(AssetsMissing, match=r"^npm could not fetch the browser assets: the package registry cannot"):
        build_assets.install_modules(ROOT, tmp_path)


def test_catalogues_are_compiled_beside_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "server/locale/zh_CN/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO, encoding="utf-8")
    compile_catalogues(tmp_path)
    with (folder / "messages.mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("Granted") == "允许"


def test_a_wheel_carries_packages_assets_and_catalogues_and_nothing_else(tmp_path: Path) -> None:
    program = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    names = zipfile.ZipFile(tmp_path / done.stdout.split()[-1]).namelist()
    vendor = {f"server/static/vendor/{name}" for name in build_assets.expected_files()}
    catalogues = {path.relative_to(ROOT).with_suffix(".mo").as_posix() for path in ROOT.glob("server/locale/*/*/*.po")}
    assert vendor | catalogues | {"onecard/cli.py", "server/static/icons.txt"} <= set(names)
    packages = {"card_protocol", "edge", "firmware_sim", "gateway", "onecard", "server"}
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == packages
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
