"""The guard's page and the stream behind it, over HTTP."""

import asyncio
import json

import httpx

from card_protocol.words.reason import Reason
from server.pages.i18n import Language
from server.services.roles import Role
from tests.server.pages.conftest import words_of


def test_the_page_shows_tiles_and_taps_with_symbol_word_and_what_to_do(lived):
    answer = lived.house.signed_in(Role.GUARD).get("/live")
    text = words_of(answer)
    assert "South gate, in" in text
    assert "Online" in text
    assert "93 events are still arriving." in text
    assert "王秀英" in text
    assert "3-1-502" in text
    assert "Refused" in text
    assert "Card was reported lost" in text
    assert "compare the person with the photo" in text
    assert "Unknown person" in text
    assert "icons.svg#circle-x" in answer.text
    assert "icons.svg#circle-check" in answer.text
    assert 'data-bs-theme="dark"' in answer.text


def test_a_day_guard_may_have_it_light(lived):
    browser = lived.house.signed_in(Role.GUARD)
    browser.post("/settings", theme="light", back="/live")
    assert 'data-bs-theme="light"' in browser.get("/live").text


def test_before_anything_has_happened_the_page_says_so(house):
    text = words_of(house.signed_in().get("/live"))
    assert "No taps yet." in text
    assert "No gateway serves this point yet." in text


def test_a_part_asked_for_without_a_session_is_not_the_sign_in_page(house):
    answer = house.browser().get("/live/panel", **{"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.text == ""


def test_the_stream_of_nobody_says_bye(house):
    answer = house.browser().get("/live/stream?language=en")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text == "event: bye\ndata: {}\n\n"


def test_a_strange_language_is_refused(house):
    assert house.signed_in().get("/live/stream?language=klingon").status_code == 422


def test_a_tap_arrives_on_the_stream_and_signing_out_ends_it(lived):
    house = lived.house
    browser = house.signed_in()
    place = house.console.hub.position()
    number = house.tap(lived.lost, Reason.LOST)

    async def story():
        transport = httpx.ASGITransport(house.site)
        client = httpx.AsyncClient(transport=transport, base_url="http://testserver", cookies=dict(browser.cookies))
        async with asyncio.timeout(20), client:
            # httpx's ASGI transport hands over a stream only at its end: the end is the sign-out.
            waiting = asyncio.create_task(client.get(f"/live/stream?language=en&after={place}"))
            while not house.console.hub.listeners():
                await asyncio.sleep(0.01)
            while house.console.hub.position() == place:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(browser.post, "/logout")
            return (await waiting).text

    text = asyncio.run(story())
    frames = [json.loads(line[6:]) for line in text.splitlines() if line.startswith('data: {"mode"')]
    assert f"tap-{number}" in {frame["key"] for frame in frames}
    assert text.startswith("retry: 2000\n\nevent: beat\n")
    assert text.endswith("event: bye\ndata: {}\n\n")
    assert house.console.hub.listeners() == 0


def test_a_server_that_has_too_many_listeners_says_so(house, monkeypatch):
    from server.pages.live import hub

    monkeypatch.setattr(hub, "MAX_LISTENERS", 0)
    assert house.signed_in().get("/live/stream?language=en").status_code == 503


def test_the_page_knows_the_place_that_it_was_made_at(lived):
    answer = lived.house.signed_in().get("/live")
    assert f'data-live-after="{lived.house.console.hub.position()}"' in answer.text
    assert f"language={Language.EN}" in answer.text
