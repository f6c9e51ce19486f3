"""A clinic morning: taps give numbers, the screen masks names, who has not consented is a number and no more."""

import pytest
from playwright.sync_api import expect

from onecard.demo.community import CLINIC, SOUTH_IN
from onecard.demo.day import Manner
from server.services.people.consents import Purpose
from server.services.roles import Role
from tests.journeys.care_day import CareStage, open_care

SLOW_MS = 30_000


@pytest.fixture
def stage(tmp_path):
    with open_care(tmp_path, CareStage) as standing:
        yield standing


def row_of(page, number):
    return page.locator(f"[data-ticket='{number}']")


def test_from_the_tap_to_the_export(stage, open_page, page_complaints):
    for index in (0, 1):
        stage.consent(index, Purpose.CLINIC)
    page = open_page(locale="zh-CN")
    stage.sign_in(page, Role.NURSE)
    page.goto(stage.folder.console_url + "/clinic")
    screen = page.context.new_page()
    screen.goto(stage.folder.console_url + "/clinic/screen")
    expect(screen.get_by_text("请等候叫号。")).to_be_visible()

    for index in range(3):
        stage.people.tap(index, CLINIC.id, Manner.CALM)
        expect(row_of(page, index + 1)).to_be_visible(timeout=SLOW_MS)
    stage.people.tap(0, CLINIC.id, Manner.CALM)
    expect(row_of(page, 3)).to_contain_text("未同意，仅显示号码")
    expect(row_of(page, 1)).to_contain_text("王秀英")

    page.get_by_role("button", name="叫下一位").click()
    expect(screen.get_by_text("王*英")).to_be_visible(timeout=SLOW_MS)
    assert "王秀英" not in screen.content()
    for word, state in (("进诊室", "就诊中"), ("已完成", "已完成")):
        row_of(page, 1).get_by_role("button", name=word).click()
        expect(row_of(page, 1)).to_contain_text(state)
    expect(screen.get_by_text("请等候叫号。")).to_be_visible(timeout=SLOW_MS)
    expect(row_of(page, 4)).to_have_count(0)

    export = stage.client(Role.NURSE).get("/clinic/fhir").json()
    kinds = [one["resource"]["resourceType"] for one in export["entry"]]
    assert (kinds.count("Patient"), kinds.count("Encounter")) == (2, 2)
    assert [one["resource"]["status"] for one in export["entry"] if one["resource"]["resourceType"] == "Encounter"] == [
        "finished",
        "arrived",
    ]
    neither_sees_the_other(stage)
    assert page_complaints == []


def neither_sees_the_other(stage):
    """What guards see of events has no clinic in it, and what nurses see no gate."""
    stage.people.tap(0, SOUTH_IN.id, Manner.CALM)
    for role, theirs, others in ((Role.GUARD, SOUTH_IN.id, CLINIC.id), (Role.NURSE, CLINIC.id, SOUTH_IN.id)):
        seen = stage.client(role).get("/events", params={"limit": 100}).json()["items"]
        points = {event["point"] for event in seen}
        assert others not in points, role
        assert theirs in points or role is Role.GUARD
