"""The pages as one application."""

from collections.abc import Iterator

from server.pages.site import BODY_MAX_BYTES
from tests.server.pages.conftest import words_of


def endless() -> Iterator[bytes]:
    """A body that says nothing of its length, and is longer than anybody may send."""
    for _ in range(BODY_MAX_BYTES // 65_536 + 1):
        yield bytes(65_536)


def test_nobody_can_fill_the_memory_or_the_disk_before_they_have_said_who_they_are(house):
    client = house.browser().client
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=bytes(BODY_MAX_BYTES + 1), headers=form).status_code == 413
    told = client.post("/login", content=endless(), headers=form)
    assert told.status_code == 413
    assert "That is too large" in words_of(told)
    file = {"content-type": "multipart/form-data; boundary=x"}
    assert client.post("/holders/1/photo", content=bytes(17 * 2**20), headers=file).status_code == 413


def test_it_has_no_documentation_page_and_no_schema_of_its_own(house):
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert house.browser().get(path).status_code == 404


def test_with_https_every_cookie_is_secure(community):
    from fastapi.testclient import TestClient

    from server.pages.console import make_console
    from server.pages.site import build_site

    site = build_site(make_console(community.house, "b", secure_cookies=True))
    cookie = TestClient(site, base_url="https://testserver").get("/login").headers["set-cookie"]
    assert "Secure" in cookie
