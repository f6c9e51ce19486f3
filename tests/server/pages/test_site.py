"""The pages as one application."""

from server.pages.site import BODY_MAX_BYTES
from tests.server.pages.conftest import words_of


def test_nobody_can_fill_the_memory_or_the_disk_before_they_have_said_who_they_are(house):
    client = house.browser().client
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=bytes(BODY_MAX_BYTES + 1), headers=form).status_code == 413
    unsaid = client.build_request("POST", "/login", content=bytes(BODY_MAX_BYTES + 1), headers=form)
    del unsaid.headers["content-length"]  # a body that says nothing of its length
    told = client.send(unsaid)
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
