"""The ways through the console."""

from server.pages.menu import IN_THE_BAR, MENU, entries, home, shown
from server.services.roles import ALLOWED, PEOPLE_ROLES, Role
from server.services.work import Actor


def test_everybody_sees_exactly_what_is_open_to_them():
    for role, allowed in ALLOWED.items():
        shown = entries(Actor("x", role.value))
        assert [entry.path for entry in shown] == [entry.path for entry in MENU if entry.needs in allowed]
    assert entries(Actor("x", "nobody")) == []


def test_where_one_begins():
    assert home(Actor("x", Role.GUARD.value)) == "/live"
    assert home(Actor("x", Role.CLERK.value)) == "/desk"
    assert home(Actor("x", Role.INSTALLER.value)) == "/gateways"
    assert home(Actor("x", "nobody")) == "/account"


def test_everybody_begins_where_they_may_go():
    for role in PEOPLE_ROLES:
        actor = Actor("x", role.value)
        assert home(actor) in {entry.path for entry in entries(actor)}


def test_what_does_not_fit_in_one_row_opens_behind_more_and_one_way_alone_never_does():
    for count in range(len(MENU) + 1):
        bar, behind = shown(list(MENU[:count]))
        assert bar + behind == list(MENU[:count])
        assert len(bar) <= IN_THE_BAR + 1
        assert len(behind) != 1


def test_a_way_is_here_below_its_path_and_not_beside_it():
    cards = next(entry for entry in MENU if entry.path == "/cards")
    assert cards.here("/cards")
    assert cards.here("/cards/1/revoke")
    assert not cards.here("/cardsharps")


def test_every_way_leads_to_a_page(lived):
    for entry in MENU:
        role = next(role for role in PEOPLE_ROLES if entry.needs in ALLOWED[role])
        browser = lived.house.signed_in(role)
        assert browser.get(entry.path).status_code == 200, entry.path
