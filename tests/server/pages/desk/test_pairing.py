"""Which desk stands before this browser."""

import asyncio

from card_protocol.wire.desk import Hello
from server.services.roles import Role
from tests.server.pages.conftest import words_of


def joined(house, *names):
    async def send(_message):
        pass

    async def join():
        return [house.console.house.desks.join(Hello(desk=name, reader="simulated"), send) for name in names]

    return asyncio.run(join())


def proposed(browser, person):
    found = browser.get(f"/desk?holder={person.id}").text
    return [part.split('"')[0] for part in found.split('name="desk" value="')[1:] if "checked" in part.split(">")[0]]


def test_the_code_of_the_desk_makes_it_this_browsers(house, person):
    first, second = joined(house, "desk-1", "desk-2")
    clerk = house.signed_in(Role.CLERK)
    assert proposed(clerk, person) == [], "nobody writes a card at a desk that they have not chosen"
    assert "Which desk is mine?" in words_of(clerk.get(f"/desk?holder={person.id}"))
    wrong = clerk.post("/desk/pair", code="no")
    assert (wrong.status_code, "No desk shows this code now" in words_of(wrong)) == (422, True)
    assert (
        clerk.post("/desk/pair", code=f" {second.code} ", back="/desk/several").headers["location"] == "/desk/several"
    )
    assert proposed(clerk, person) == ["desk-2"]
    assert "this browser means desk desk-2" in words_of(clerk.get("/desk/pair"))
    assert len({first.code, second.code}) == 2
    assert clerk.post("/desk/pair", code="").status_code == 422
    assert house.signed_in(Role.GUARD).get("/desk/pair").status_code == 403


def test_the_only_desk_needs_no_code(house, person):
    joined(house, "desk-1")
    assert proposed(house.signed_in(), person) == ["desk-1"]
