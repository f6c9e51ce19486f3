"""A passkey in real Chromium, with its virtual authenticator (CDP domain WebAuthn): made and used."""

import contextlib

import pytest
from playwright.sync_api import expect

from server.services.roles import Role
from tests.server.pages.conftest import OWN_PASSWORD
from tests.server.pages.serving import serving

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(house):
    """Under a name: at an address in numbers browsers have no passkeys."""
    house.signed_in(Role.ADMIN)
    with serving(house.site) as address:
        yield address.replace("127.0.0.1", "localhost")
        house.console.hub.close()


@contextlib.contextmanager
def authenticator(page):
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    name = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})["authenticatorId"]
    yield lambda verified: cdp.send("WebAuthn.setUserVerified", {"authenticatorId": name, "isUserVerified": verified})


def give_password(page):
    page.goto("/login")
    page.locator("#name").fill("admin")
    page.locator("#password").fill(OWN_PASSWORD)
    page.locator("#password").press("Enter")


def test_made_used_alone_and_used_as_the_second_step(house, site, open_page, axe, page_complaints):
    page = open_page(locale="en", base_url=site)
    with authenticator(page) as set_verified:
        give_password(page)
        page.wait_for_url("**/setup")
        page.goto("/account/passkeys/_new")
        assert axe(page) == []
        page.get_by_label("A name for it").fill("virtual key")
        page.get_by_label("Present password").fill(OWN_PASSWORD)
        page.get_by_role("button", name="Make the passkey").click()
        expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
        assert axe(page) == []
        page.goto("/account")
        expect(page.get_by_text("virtual key").first).to_be_visible()
        assert axe(page) == []
        page.locator(".console-side details.menu summary").click()
        page.locator("form[action='/logout'] button").click()

        house.community.real[0] += 1
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/setup")
        page.context.clear_cookies()

        house.community.real[0] += 1
        give_password(page)
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        assert axe(page) == []
        set_verified(False)
        page.get_by_role("button", name="Use a passkey").click()
        expect(page.get_by_text("The passkey was not shown.")).to_be_visible()
        set_verified(True)
        page.get_by_role("button", name="Use a passkey").click()
        page.wait_for_url("**/setup")
    page_complaints.clear()
