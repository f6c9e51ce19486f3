"""The pages as one application."""


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
