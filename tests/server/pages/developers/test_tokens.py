"""Tokens of programs on their page."""

import re

from server.services.roles import Role
from server.services.users import tokens
from tests.server.build import ADMIN, COMMUNITY
from tests.server.pages.conftest import words_of

GIVEN = {"name": "parking-lot", "role": "guard", "org": COMMUNITY, "days": "30", "scopes": ["cards.read"]}


def test_a_token_is_made_shown_once_and_revoked(house):
    admin = house.signed_in()
    made = admin.post("/tokens", **GIVEN)
    secret = re.search("oc_[0-9a-f]{64}", made.text).group()
    assert 'action="/settings"' not in made.text, "another language would cost the secret"
    actor = tokens.who(house.transactions, secret)
    assert (actor.role, actor.unit, actor.scopes) == ("guard", COMMUNITY, frozenset({"cards.read"}))
    page = admin.get("/tokens")
    assert secret not in page.text
    assert "parking-lot Guard" in words_of(page)
    assert "Valid now" in words_of(page), "a state has a word of its own beside the heading of a column"
    assert admin.post("/tokens/parking-lot/revoke").status_code == 303
    assert tokens.who(house.transactions, secret) is None
    assert "Revoked" in words_of(admin.get("/tokens"))


def test_what_cannot_be_is_told_and_nothing_is_lost(house):
    admin = house.signed_in()
    for wrong, sentence in (
        ({"scopes": ["audit.read"]}, "Choose at least one of the rights that the role has."),
        ({"days": "0"}, "A token lives for 1 to 3650 days."),
        ({"org": "330199000000"}, "Choose a unit of the list."),
        ({"name": "Parking lot"}, "A name has 1 to 63"),
        ({"role": "king"}, "Something in the request"),
    ):
        answer = admin.post("/tokens", **GIVEN | wrong)
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert f'value="{(GIVEN | wrong)["name"]}"' in answer.text


def test_a_paired_desk_is_among_them(house):
    with house.transactions.work(ADMIN) as work:
        tokens.add(work, "desk-1", Role.DESK)
    assert "desk-1 Card desk agent" in words_of(house.signed_in().get("/tokens"))


def test_nobody_but_an_admin_makes_tokens(house):
    assert house.signed_in(Role.GUARD).get("/tokens").status_code == 403
