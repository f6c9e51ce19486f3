"""The line of time on a person's page: every kind opened by every role, as the one literal table says."""

import re
from dataclasses import replace

import pytest

from server.pages.i18n import Language
from server.pages.people.timeline_words import KINDS, lines
from server.services.activities.activity_life import ActivityState
from server.services.activities.quorum import Mark
from server.services.people.timeline_kinds import SEES, Kind
from server.services.people.timeline_pieces import Moment
from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.work import Actor
from tests.server.pages.conftest import words_of
from tests.server.services.people.every_kind import everything_happened


def kinds_on(page: str) -> set[str]:
    return set(re.findall(r'data-kind="(\w+)"', page))


def test_every_kind_has_a_word():
    assert set(KINDS) == set(Kind)


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_every_kind_is_opened_by_every_role(house, language):
    who = everything_happened(house.community)
    for role in PEOPLE_ROLES:
        browser = house.signed_in(role, **{"accept-language": language})
        page = browser.get(f"/holders/{who}")
        if not may(Actor("x", role.value), Permission.HOLDERS_READ):
            assert page.status_code == 403, role
            continue
        assert kinds_on(page.text) == {kind.value for kind, roles in SEES.items() if role in roles}, role
        if language != "en":
            continue  # which lines there are does not depend on the words in them
        for kind, roles in SEES.items():
            alone = kinds_on(browser.get(f"/holders/{who}?kind={kind}").text)
            assert alone == ({kind.value} if role in roles else set()), (role, kind)
            earlier = browser.get(f"/holders/{who}/timeline?before=9999999999999&kind={kind}")
            assert kinds_on(earlier.text) == alone, (role, kind)


def test_incidents_are_those_whose_matter_the_role_reads(house):
    who = everything_happened(house.community)
    admin, carer = (
        words_of(house.signed_in(role).get(f"/holders/{who}?kind=incident")) for role in (Role.ADMIN, Role.CARE)
    )
    assert "safety · Reported" in admin
    assert "care · Reported" not in admin
    assert "care · Reported" in carer
    assert "safety" not in carer


def test_what_is_said(house):
    who = everything_happened(house.community)
    carer, nurse = (words_of(house.signed_in(role).get(f"/holders/{who}")) for role in (Role.CARE, Role.NURSE))
    assert "Meal ¥12.00 · care" in carer
    assert "Called: nobody answers" in carer
    assert "Visited at home" in carer
    for page in (carer, nurse):
        assert "Tapped" in page
        assert "Granted" not in page, "a station and a clinic let nobody through a door"
    assert "At the clinic, number 4: Done" in nurse
    assert "Check-up: to come on 2026-03-01" in nurse


def test_whoever_was_missing_when_it_was_over_did_not_come():
    lost = Moment(1, Kind.ACTIVITY, code=Mark.INVITED, text="居民会议", number=1, state=ActivityState.HELD)
    ahead = replace(lost, state=ActivityState.PLANNED)
    short = replace(lost, state=ActivityState.ADJOURNED)
    said = [line.text for line in lines([lost, short, ahead], [], Language.EN, 1)]
    assert said == ["居民会议 · Did not come", "居民会议 · Did not come", "居民会议 · Not come yet"]
