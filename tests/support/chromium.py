"""Real Chromium for the browser journeys: `page = open_page(locale="zh-CN", base_url=…)`.

It can reach 127.0.0.1 and nothing else, so a page that would need a CDN fails here; errors on the page's console
and scripts that throw fail the test at its end.

The browser lives as long as one test module: Playwright's synchronous interface keeps an event loop open in this
thread, and a test elsewhere that calls asyncio.run() would trip over it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.condition import require

EXECUTABLE = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
ACTION_TIMEOUT_MS = 60_000
MAX_COMPLAINTS = 20

OpenPage = Callable[..., Any]

_contexts: list[Any] = []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A running browser (playwright.sync_api.Browser)."""
    require("browser")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=ACTION_TIMEOUT_MS)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page_complaints() -> Iterator[list[str]]:
    """What pages complained about; a test that expects a complaint removes it from the list."""
    complaints: list[str] = []
    yield complaints
    assert not complaints, "the page complained:\n" + "\n".join(complaints)


@pytest.fixture
def open_page(chromium: Any, page_complaints: list[str]) -> Iterator[OpenPage]:
    """A function that opens a page in a browser profile of its own; its options are Playwright's new_context."""

    def complain(text: str) -> None:
        if len(page_complaints) < MAX_COMPLAINTS:
            page_complaints.append(text)

    def open_one(**options: Any) -> Any:
        context = chromium.new_context(**{"locale": "zh-CN", "timezone_id": "Asia/Shanghai"} | options)
        _contexts.append(context)
        context.set_default_timeout(ACTION_TIMEOUT_MS)
        page = context.new_page()
        page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        return page

    yield open_one
    leave_pages()


def leave_pages() -> None:
    """Close whatever is open."""
    while _contexts:
        _contexts.pop().close()
