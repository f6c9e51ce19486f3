"""A refused form: its sentence names the fields, and the browser is led to them."""

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel, Field, ValidationError

from server.pages.i18n import Language
from server.pages.render import environment
from server.pages.said import Said, fields_of
from server.services.problems import Code, Problem
from server.services.roles import Role
from tests.server.pages.conftest import OWN_PASSWORD
from tests.server.pages.serving import serving


class Asked(BaseModel):
    name: str = Field(min_length=1)
    from_ms: int


def refusal(**values):
    with pytest.raises(ValidationError) as raised:
        Asked.model_validate(values)
    return raised.value


def test_a_refusing_value_names_its_fields_as_the_form_calls_them():
    assert fields_of(refusal(name="", from_ms="never"), from_ms="begins") == ("name", "begins")
    assert fields_of(Problem(Code.INVALID, fields={"to_day": "before it begins"})) == ("to_day",)
    assert fields_of(ValueError("no word")) == ()


def test_a_sentence_is_a_text_that_knows_its_fields():
    assert Said("Say why.", at="why") == "Say why."
    assert Said("Say why.", at="why").at == ("why",)
    assert Said("It is over.").at == ()


def shown(text):
    return str(environment(Language.EN).get_template("parts/forms.html").module.problem(text))


def test_the_box_names_them_beside_its_sentence():
    assert 'data-at="name begins"' in shown(Said("Both are needed.", at=["name", "begins"]))
    assert "data-at" not in shown(Said("It is over."))
    assert "data-at" not in shown("As a plain text.")


@pytest.fixture
def page(lived, open_page):
    house = lived.house
    house.signed_in(Role.ADMIN)
    with serving(house.site) as address:
        page = open_page(locale="en", base_url=address)
        page.goto("/login")
        page.locator("#name").fill(Role.ADMIN.value)
        page.locator("#password").fill(OWN_PASSWORD)
        page.locator("#password").press("Enter")
        page.wait_for_url(lambda url: not url.endswith("/login"))
        yield page
        house.console.hub.close()


def sent_past_the_browser(page, button):
    """The form goes to the server although the browser would have asked for more."""
    page.evaluate("document.querySelectorAll('main form').forEach((form) => { form.noValidate = true; })")
    page.get_by_role("button", name=button).click()


def others(complaints):
    """Chromium complains of every answer that refuses."""
    others = [one for one in complaints if "422" not in one]
    complaints.clear()
    return others


def test_the_sentence_stands_at_the_field_and_the_hand_is_there(page, axe, page_complaints):
    page.goto("/users/_new")
    page.locator("#name").fill("Uncle Chen")
    page.get_by_label("Guard").check()
    sent_past_the_browser(page, "Add and show")
    name = page.locator("#name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    told = page.locator("#" + name.get_attribute("aria-describedby").split()[0])
    expect(told).to_contain_text("lower-case letters")
    assert told.evaluate("(one) => one.previousElementSibling.id") == "name"
    expect(page.get_by_role("alert")).to_have_count(0)
    assert axe(page) == []

    page.goto("/users/_new")
    page.locator("#name").fill("chen")
    sent_past_the_browser(page, "Add and show")
    first = page.locator("[name=role]").first
    expect(first).to_be_focused()
    expect(page.locator("fieldset", has=first).locator(".invalid-feedback")).to_contain_text("one of the roles")
    assert axe(page) == []
    assert others(page_complaints) == []


def test_a_refusal_stands_at_the_form_that_was_sent_and_not_at_the_search_above_it(page, page_complaints):
    page.goto("/parking")
    page.locator("main #plate").fill("car")
    for name, value in (("house", "3-1-502"), ("from_day", "2026-01-01"), ("to_day", "2026-12-31")):
        page.locator(f"main #{name}").fill(value)
    sent_past_the_browser(page, "Enter")
    expect(page.locator("#plate")).to_be_focused()
    expect(page.locator("main [aria-invalid=true]")).to_have_count(1)
    assert others(page_complaints) == []


def test_what_was_just_done_is_told_once(page, lived, page_complaints):
    page.goto("/live?ordered=open_once&at=south-gate-in")
    told = page.get_by_role("status").filter(has_text="Ordered at")
    expect(told).to_be_visible()
    page.wait_for_url("**/live")
    page.reload()
    expect(page.get_by_role("heading", name="Live gates")).to_be_visible()
    expect(told).to_have_count(0)
    assert others(page_complaints) == []


def test_of_several_fields_each_is_marked_under_one_sentence(page, axe, page_complaints):
    page.goto("/visitors")
    sent_past_the_browser(page, "Make the pass")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("needs a name")
    expect(page.locator("#name")).to_be_focused()
    for field in ("name", "points"):
        first = page.locator(f"main [name={field}]").first
        assert alert.get_attribute("id") in first.get_attribute("aria-describedby")
    assert axe(page) == []
    assert others(page_complaints) == []


def test_of_many_forms_with_a_field_of_one_name_the_one_that_was_sent_is_meant(page, lived, page_complaints):
    page.goto(f"/incidents/{lived.incident}")
    deed = page.locator("details.deed", has=page.locator("textarea[required]")).last
    why = deed.locator("textarea")
    deed.evaluate("(one) => { one.open = true; }")
    why.fill(" ")
    action = why.get_attribute("id")
    deed.get_by_role("button").click()
    expect(page.locator(f"#{action}")).to_be_focused()
    expect(page.locator("main [aria-invalid=true]")).to_have_count(1)
    assert others(page_complaints) == []
