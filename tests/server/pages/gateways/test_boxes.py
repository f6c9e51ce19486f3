"""Gateways: what they hold and lack, and claims."""

import re

from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from server.pages.gateways.boxes import Box
from server.services.gateways import gateways
from server.services.gateways.gateways import GatewayView
from server.services.policies import policy
from server.services.roles import Role
from server.services.users.sessions import token_hash
from server.services.work import SYSTEM
from server.tables import EventRow, GatewayRow
from tests.server.build import ADMIN, EPOCH, NOW_MS
from tests.server.pages.conftest import words_of


def test_what_a_gateway_holds_stands_beside_what_it_should_hold(lived):
    house = lived.house
    (made,) = policy.publish(house.transactions, house.community.house.keystore, ["g-1"])
    wanted = made.version
    page = words_of(house.signed_in().get("/gateways"))
    assert "g-1" in page
    assert "Online" in page
    assert f"{1} newest" in page
    assert wanted == 1
    assert "0 of 1" in page, "the revocation of the lost card has not been applied"
    assert "Last heard" in page


def test_an_offline_gateway_says_since_when(lived):
    house = lived.house
    box = house.community.box("g-1")
    with house.transactions.work(SYSTEM) as work:
        gateways.note_state(work, box.state(online=False))
    browser = house.signed_in()
    assert "Offline since 2026-03-01 08:00:00" in words_of(browser.get("/gateways/_rows"))
    assert "Offline since 2026-03-01 08:00:00" in words_of(browser.get("/gateways/g-1/facts"))


def test_one_that_nobody_trusts_any_more_and_one_that_has_not_come_yet(house):
    house.community.box("g-2")
    with house.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-2", why="stolen")
    page = words_of(house.signed_in().get("/gateways"))
    assert "Gateway shut out" in page
    assert "Waiting for the box" in page
    assert "Its claim is valid until 2026-03-02 08:00:00." in page


def test_what_was_shut_out_takes_no_orders_and_was_taken_down_once_somebody_has_seen_it(lived):
    house = lived.house
    orders = 'href="/points/south-gate-in/orders"'
    admin = house.signed_in()
    assert orders in admin.get("/gateways/g-1").text
    assert orders in admin.get("/live").text
    with house.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    assert orders not in admin.get("/gateways/g-1").text
    assert orders not in admin.get("/live").text
    live = words_of(admin.get("/live"))
    sentence = "It opens by what it held until its policy ends, and hears nothing."
    assert f"Gateway shut out {sentence}" in live
    assert "Never seen online" not in live
    assert sentence in words_of(admin.get("/points/south-gate-in/orders"))
    with house.transactions.work(ADMIN) as work:
        gateways.take_down(work, "g-1", why="seen")
    for page in ("/gateways", "/gateways/g-1", "/live", "/points/south-gate-in/orders"):
        told = words_of(admin.get(page))
        assert "Gateway taken down" in told, page
        assert sentence not in told, page
    claim = "/gateways/_new?name=g-1"
    assert f'href="{claim}"' in admin.get("/gateways/g-1").text, "how a new box takes its place"
    assert 'value="g-1"' in admin.get(claim).text
    assert "A new box in its place" not in words_of(house.signed_in(Role.GUARD).get("/gateways/g-1"))


def test_a_claim_is_shown_once_and_is_the_one_that_counts(house):
    browser = house.signed_in()
    answer = browser.post("/gateways/_new", gateway_id="north-gate", place="North gate")
    claim = re.search(r'id="claim">([0-9a-f]+)<', answer.text)[1]
    assert "valid until 2026-03-02 08:00:00" in words_of(answer)
    assert 'action="/settings"' not in answer.text, "another language would cost the claim"
    assert 'action="/settings"' in browser.get("/gateways/_new").text
    with house.transactions.read() as session:
        row = session.get(GatewayRow, "north-gate")
        assert row.claim_hash == token_hash(claim)
        assert row.place == "North gate"
    assert claim not in browser.get("/gateways/north-gate").text
    assert claim not in browser.get("/gateways").text


def test_a_box_that_has_not_come_can_have_a_new_claim(house):
    admin = house.signed_in()
    admin.post("/gateways/_new", gateway_id="g-9", place="north gate")
    page = admin.get("/gateways/g-9")
    assert "It has not come yet" in words_of(page)
    assert 'href="/gateways/_new?name=g-9"' in page.text, "the claim is shown once and may be lost"
    assert 'href="/gateways/_new?name=g-9"' not in house.signed_in(Role.GUARD).get("/gateways/g-9").text


def test_a_name_that_is_none_is_said_with_an_example(house):
    for name in ("", "South Gate", "-x", "x" * 64):
        answer = house.signed_in().post("/gateways/_new", gateway_id=name)
        assert answer.status_code == 422, name
        assert "for example south-gate" in words_of(answer)


def reported(house, kind, point):
    """What the gateway noted of itself or of a point."""
    event = note_event(kind, Moment(wall_ms=NOW_MS, mono_ns=1, boot="b1", clock=ClockQuality.NTP), point)
    with house.transactions.work(SYSTEM) as work:
        work.session.add(
            EventRow(
                gateway_id="g-1",
                epoch=EPOCH,
                seq=900,
                body=event.to_bytes(),
                hash=bytes(32),
                kind=event.kind.value,
                point=point,
                wall_ms=event.wall_ms,
                clock=event.clock.value,
                received_ms=NOW_MS,
            )
        )


def test_a_gateways_page_shows_its_points_and_what_it_reported(lived):
    reported(lived.house, EventKind.READER_LOST, "clinic")
    page = words_of(lived.house.signed_in().get("/gateways/g-1"))
    assert "South gate, in" in page
    assert "Reader lost" in page
    assert "Tap" not in page.split("What it reported lately")[1]
    assert "check the cable" in page


def test_the_way_to_one_event_is_for_who_reads_events(lived):
    reported(lived.house, EventKind.POLICY_APPLIED, None)
    for role, leads in ((Role.INSTALLER, True), (Role.OFFICIAL, False)):
        page = lived.house.signed_in(role).get("/gateways/g-1")
        assert "New policy applied" in words_of(page)
        assert ('href="/events/' in page.text) is leads


def test_a_guard_looks_and_makes_no_claims(lived):
    browser = lived.house.signed_in(Role.GUARD)
    assert "Add a gateway" not in words_of(browser.get("/gateways"))
    assert browser.get("/gateways/_new").status_code == 403
    assert browser.post("/gateways/_new", gateway_id="x").status_code == 403
    assert browser.get("/gateways/nowhere").status_code == 404


def test_the_way_to_its_events_is_for_who_reads_events(lived):
    address = 'href="/events?gateway=g-1"'
    assert address in lived.house.signed_in(Role.INSTALLER).get("/gateways/g-1").text
    assert address not in lived.house.signed_in(Role.OFFICIAL).get("/gateways/g-1").text


def test_counting_what_is_lacking():
    view = GatewayView.model_validate(
        dict.fromkeys(GatewayView.model_fields, 0)
        | {"id": "g", "place": "", "epoch": "", "enrolled": True, "revoked": False, "online": True}
        | {"head_seq": 9, "acked_seq": 4, "policy_version": 3, "rev_seq": 2}
        | {"asks_mark": None, "held": [], "lockdowns": {}}
    )
    box = Box(view, 4, 2)
    assert (box.waiting, box.policy_current, box.revocations_current, box.state) == (5, False, True, "online")
    assert Box(view.model_copy(update={"acked_seq": 12}), 3, 3).waiting == 0
    shut = view.model_copy(update={"revoked": True, "gone_ms": None})
    assert Box(shut, 4, 2).state == "shut_out"
    assert Box(shut.model_copy(update={"gone_ms": NOW_MS}), 4, 2).state == "gone"
