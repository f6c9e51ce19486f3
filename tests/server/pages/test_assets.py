"""Static files: kept for ever under an address that names their content; icons and scripts that are there."""

import re

from server.pages import assets
from server.pages.render import TEMPLATE_DIR

STATIC = assets.STATIC_DIR
ICON = re.compile(r"""icon\(\s*"([a-z0-9-]+)"(?:\s+if[^)]*?else\s+"([a-z0-9-]+)")?""")
QUOTED = re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*)"')


def listed_icons():
    lines = (STATIC / "icons.txt").read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def used_icons():
    found = set()
    for template in TEMPLATE_DIR.rglob("*.html"):
        for pair in ICON.findall(template.read_text(encoding="utf-8")):
            found |= {name for name in pair if name}
    for module in TEMPLATE_DIR.parent.rglob("*.py"):
        found |= set(QUOTED.findall(module.read_text(encoding="utf-8"))) & listed_icons()
    return found


def test_every_icon_of_a_template_is_in_the_list_and_in_the_sprite():
    sprite = (STATIC / "vendor" / "icons.svg").read_text(encoding="utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert used_icons() - listed_icons() == set()
    assert listed_icons() == drawn, "the vendor folder is older than the list: python -m scripts.build_assets"


def test_a_file_is_kept_for_ever_under_its_own_address(house):
    answer = house.browser().get(assets.static_url("js/live.js"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert re.fullmatch(r"/static/[0-9a-f]{12}/js/live\.js", assets.static_url("js/live.js"))


def test_large_files_travel_packed(house):
    answer = house.browser().get(assets.static_url("vendor/tabler.min.css"), **{"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_a_file_that_is_none_and_a_way_out_of_the_folder(house):
    browser = house.browser()
    assert browser.get(assets.static_url("js/none.js")).status_code == 404
    assert browser.get(assets.static_url("%2e%2e/config.py")).status_code == 404
    assert browser.get("/static/000000000000/js/live.js").status_code == 404


def test_scripts_and_styles_ask_no_other_host_and_scripts_import_what_is_there():
    for path in (*STATIC.glob("js/*.js"), *STATIC.glob("css/*.css")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""["'(]\s*(?:https?:)?//""", text), path.name
        for name in re.findall(r'from "\./([^"]+)"', text):
            assert (path.parent / name).is_file(), (path.name, name)


def test_every_file_that_a_template_names_is_there():
    for template in TEMPLATE_DIR.rglob("*.html"):
        for name in re.findall(r"""static\(['"]([^'"]+)['"]\)""", template.read_text(encoding="utf-8")):
            assert (STATIC / name).is_file(), (template.name, name)
