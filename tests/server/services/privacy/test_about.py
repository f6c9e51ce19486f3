"""Everything about somebody is found along the register, and erased along it; nobody else is touched."""

from collections import Counter

from sqlalchemy import func, select

from server.services.privacy import about
from server.services.privacy.aims import Aim
from server.services.privacy.register import REGISTER, End, Found
from server.tables import Row
from tests.server.build import ADMIN, Community
from tests.server.services.privacy.lives import lived, put_event

SELDOM = {"import_line", "contractor_pass", "visitor_pass", "holder_alias", "alarm", "card_log", "privacy_request",
          "revocation", "household_member", "attendance", "party_member", "card_past", "holder_watch",
          "purse_move"}  # fmt: skip
"""What this somebody has nothing of."""


def test_everything_is_found_and_only_of_this_person(community: Community) -> None:
    life, other = lived(community), lived(community, "04010203040507")
    put_event(community, 1, life)
    with community.transactions.read() as session:
        found = list(about.everything(session, life.holder))
        theirs = list(about.everything(session, other.holder))
    keyed = {name for name, use in REGISTER.items() if use.found is not Found.BY_NAME}
    assert {one.table for one in found} >= keyed - SELDOM
    assert Counter(one.table for one in theirs)["event"] == 0
    photo = next(one for one in found if one.table == "holder_photo")
    assert (photo.aim, photo.fields["data"]) == (Aim.PHOTO, "anBlZw==")
    assert next(one for one in found if one.table == "event").fields["point"] == "south-gate-in"


def test_who_was_forgotten_is_found_nowhere_and_what_counts_still_counts(community: Community) -> None:
    life, other = lived(community), lived(community, "04010203040507")
    put_event(community, 1, life)
    with community.transactions.read() as session:
        before = about.counts(session, other.holder)
    with community.transactions.work(ADMIN) as work:
        done = about.erase(work.session, life.holder)
        assert done["holder"] == done["holder_photo"] == done["care_step"] == 1
    with community.transactions.read() as session:
        assert about.counts(session, life.holder) == {}
        assert about.counts(session, other.holder) == before
        for name in ("card", "event", "purse_entry", "clinic_ticket", "incident"):
            rows = session.scalar(select(func.count()).select_from(Row.metadata.tables[name]))
            assert rows == (1 if name == "event" else 2), name
            assert REGISTER[name].end in (End.UNNAMED, End.KEPT)


def test_one_purpose_alone(community: Community) -> None:
    life = lived(community)
    with community.transactions.work(ADMIN) as work:
        done = about.erase(work.session, life.holder, Aim.CLINIC)
        assert set(done) == {"clinic_ticket", "clinic_recall"}
        assert about.counts(work.session, life.holder)["care_case"] == 1
