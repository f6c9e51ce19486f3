"""Pictures of every page in both languages, to be looked at: `python -m scripts.screenshots URL USER`.

The URL is like http://127.0.0.1:8443; the password is asked for (or read from ONECARD_PASSWORD). Every way in the menu
is taken, the first entry of each list, and the pages that it leads to. Pictures go to `var/screenshots/LANGUAGE/`.
"""

import getpass
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

EXECUTABLE = "/usr/bin/chromium"
TARGET = Path(__file__).resolve().parent.parent / "var" / "screenshots"
LANGUAGES = {"zh_CN": "zh-CN", "en": "en"}
SIZES = {"desk": (1280, 800), "tablet": (820, 1180)}
LIVE_WAIT_MS = 800

WAYS = "/live /alarms /alarms?everything=true /holders /holders/new /cards /desk /gateways /gateways/_new"
PEOPLE = "/houses /houses/_new /imports"
RIGHTS = "/access /access/why /access/levels/_new /access/hours/_new /access/calendar"
RECORDS = "/events /audit /users /users/_new /account /account/password /account/app /setup /setup/units /setup/keys"
SPECIAL = "/nothing-here /holders?q=qqqq /events?reason=revoked"
FIRST_OF = {
    "/holders": r"^/holders/[0-9A-Z]{26}$",
    "/cards": r"^/cards/[0-9A-Z]{26}$",
    "/gateways": r"^/gateways/[a-z0-9-]+$",
    "/events": r"^/events/\d+$",
    "/desk": r"^/desk\?holder=[0-9A-Z]{26}$",
    "/access": r"^/access/(levels|hours)/[a-z0-9-]+$",
    "/houses": r"^/houses/[0-9A-Z]{26}$",
    "/imports": r"^/imports/[0-9A-Z]{26}$",
    "/users": r"^/users/[a-z0-9][a-z0-9-]*$",
}
STEPS = r"^/cards/[0-9A-Z]{26}/(lost|suspend|revoke|resume|return)$"


def pages(page: Any, base: str) -> Iterator[str]:
    """Every path worth a picture, as far as this server has it."""
    yield from " ".join((WAYS, PEOPLE, RIGHTS, RECORDS, SPECIAL)).split()
    for path, pattern in FIRST_OF.items():
        page.goto(base + path)
        found = links(page, pattern)
        if not found:
            continue
        yield found[0]
        if path == "/holders":
            yield from (found[0] + more for more in ("/edit", "/more", "/notice", "/merge"))
        if path == "/cards":
            page.goto(base + found[0])
            yield from links(page, STEPS)


def links(page: Any, pattern: str) -> list[str]:
    """The addresses on the page that fit."""
    hrefs = page.eval_on_selector_all("a[href]", "found => found.map(a => a.getAttribute('href'))")
    return [href for href in dict.fromkeys(hrefs) if re.match(pattern, href)]


def name_of(path: str) -> str:
    """A file name for a path: ids are left out, so that pictures of two runs can be compared."""
    plain = re.sub(r"[0-9A-Z]{26}", "one", path).strip("/")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "start"


def sign_in(page: Any, base: str, name: str, password: str) -> None:
    """Through the page, as people do."""
    page.goto(base + "/login")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("form[action='/login'] button")
    page.wait_for_load_state()


def shoot(browser: Any, base: str, language: str, credentials: tuple[str, str]) -> int:
    """All pages in one language; returns how many pictures were taken."""
    context = browser.new_context(locale=LANGUAGES[language], timezone_id="Asia/Shanghai")
    page = context.new_page()
    folder = TARGET / language
    folder.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(base + "/login")
    page.screenshot(path=folder / "login.png", full_page=True)
    sign_in(page, base, *credentials)
    taken = 1
    for path in dict.fromkeys(pages(page, base)):
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.goto(base + path)
            page.wait_for_timeout(LIVE_WAIT_MS if path == "/live" else 0)
            page.screenshot(path=folder / f"{name_of(path)}.{size}.png", full_page=True)
            taken += 1
    context.close()
    return taken


def main() -> int:
    """Take them all."""
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    base, name = sys.argv[1].rstrip("/"), sys.argv[2]
    password = os.environ.get("ONECARD_PASSWORD") or getpass.getpass(f"Password of {name}: ")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=["--no-sandbox"])
        taken = sum(shoot(browser, base, language, (name, password)) for language in LANGUAGES)
        browser.close()
    print(f"{taken} pictures in {TARGET}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
