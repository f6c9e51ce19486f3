"""axe-core in a page: `check = axe(page)` says what a person with a keyboard or a screen reader would stumble over.

The script comes from the package registry by the locked manifest in tests/assets, once, into var/.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.condition import in_ci

MANIFEST = Path(__file__).parent.parent / "assets"
KEPT = Path(__file__).resolve().parent.parent.parent / "var" / "test-assets"
LOCK = MANIFEST / "package-lock.json"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

RUN = """async (tags) => {
  const found = await axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
    preload: false,  // for style sheets of other origins and for films; a page of ours has neither
  });
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.html.slice(0, 200)}: ${node.failureSummary.replace(/\\s+/g, " ")}`));
}"""

Axe = Callable[[Any], list[str]]


@pytest.fixture(scope="session")
def axe_script() -> Path:
    """The script's file, fetched when the locked version is not there yet."""
    from scripts.build_assets import AssetsMissing, install_modules

    kept = KEPT / f"axe-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}.js"
    if not kept.is_file():
        with tempfile.TemporaryDirectory(prefix="onecard-axe-") as work:
            try:
                modules = install_modules(MANIFEST, Path(work))
            except AssetsMissing as error:
                (pytest.fail if in_ci() else pytest.skip)(f"axe-core: {error}")
            KEPT.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / "axe-core" / "axe.min.js", kept)
    return kept


@pytest.fixture
def axe(axe_script: Path) -> Axe:
    """What axe finds on a page, a line per finding."""
    script = axe_script.read_text(encoding="utf-8")

    def run(page: Any) -> list[str]:
        # Evaluated by the debugger, so the page's strict policy needs no hole for it.
        page.evaluate(script + "; undefined")
        found: list[str] = page.evaluate(RUN, RULES)
        return found

    return run
