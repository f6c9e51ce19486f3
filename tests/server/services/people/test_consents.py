"""Consents: one purpose at a time, and taken back as easily as given."""

import pytest

from server.services.people import consents, photos
from server.services.people.consents import Purpose
from server.services.problems import Code, Problem
from tests.server.build import ADMIN, Community
from tests.server.services.people.test_photos import jpeg


def test_nothing_is_allowed_until_somebody_says_so(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        assert not any(view.given for view in consents.of_person(work.session, person.id))
        consents.say(work, person.id, Purpose.CARE, True)
        assert consents.is_given(work.session, person.id, Purpose.CARE)
        assert not consents.is_given(work.session, person.id, Purpose.PHOTO)


def test_of_many_those_whose_last_word_is_yes(community: Community) -> None:
    yes, no, never = (community.holder().id for _ in range(3))
    with community.transactions.work(ADMIN) as work:
        for person, given in ((yes, False), (yes, True), (no, True), (no, False)):
            consents.say(work, person, Purpose.CLINIC, given)
        consents.say(work, never, Purpose.CARE, True)
        assert consents.who_gave(work.session, {yes, no, never}, Purpose.CLINIC) == {yes}
        assert consents.who_gave(work.session, set(), Purpose.CLINIC) == set()


def test_a_portrait_needs_its_consent_and_goes_with_it(community: Community) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        with pytest.raises(Problem) as told:
            consents.put_photo(work, person.id, jpeg())
        assert told.value.code is Code.WRONG_STATE
        consents.say(work, person.id, Purpose.PHOTO, True)
        consents.put_photo(work, person.id, jpeg())
        consents.say(work, person.id, Purpose.PHOTO, False)
        assert photos.of(work.session, person.id) is None


def test_an_older_notice_has_to_be_signed_again(community: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    person = community.holder()
    with community.transactions.work(ADMIN) as work:
        consents.say(work, person.id, Purpose.PHOTO, True)
        monkeypatch.setattr(consents, "NOTICE_VERSION", "2099-01")
        view = consents.of_person(work.session, person.id)[0]
        assert (view.given, view.outdated) == (True, True)
        assert not consents.is_given(work.session, person.id, Purpose.PHOTO)
