"""The field of the gate house's scanner on the live page."""

from card_protocol.words.moment import DAY_MS
from card_protocol.words.point import Direction
from server.services.access import access
from server.services.gateways import gateways
from server.services.roles import Role
from server.services.visitors import visitor_keeper, visitor_passes
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, gate
from tests.server.pages.conftest import words_of
from tests.server.pages.visitors.test_visitors import GIVEN

GATE = {"point": "south-gate-in"}


def printed(house, number: int = 1) -> str:
    with house.transactions.read() as session:
        return visitor_passes.code_of(session, number, house.console.house.keystore.grants.sign, NOW_MS, printed=True)


def test_a_guard_scans_sees_who_it_is_and_opens_once(house):
    house.community.box("g-1")
    guard = house.signed_in(Role.GUARD)
    guard.post("/visitors", **GIVEN)
    assert 'id="scanner-code"' in guard.get("/live").text
    code = printed(house)
    seen = guard.post("/visitors/_scan", **GATE, code=code)
    assert "The code is good here 李客 → 3-1-502" in words_of(seen)
    assert "0 of 2" in words_of(seen)
    assert "Open South gate, in" in words_of(seen)
    assert 'value="south-gate-in" selected' in guard.get("/live").text, "the guard stands where they stood"
    for used in ("1 of 2", "2 of 2"):
        opened = words_of(guard.post("/visitors/_let-in", **GATE, code=code))
        assert "South gate, in is opening." in opened
        assert used in opened
    assert "Nothing was opened" in words_of(guard.post("/visitors/_let-in", **GATE, code=code))
    assert "2 of 2" in words_of(guard.get("/visitors"))
    orders = words_of(guard.get("/gateways/g-1/orders"))
    assert orders.count("Visitor's code scanned at the gate house.") == 2
    chinese = house.signed_in(Role.GUARD, **{"accept-language": "zh-CN"})
    told = words_of(chinese.get("/gateways/g-1/orders"))
    assert told.count("门卫室扫描访客码") == 2, "whatever language the guard speaks"


def test_what_is_no_code_is_told_with_what_to_do(house):
    guard = house.signed_in(Role.GUARD)
    answer = words_of(guard.post("/visitors/_scan", **GATE, code="6901234567892"))
    assert "Open South gate" not in answer
    assert "This is no visitor's code" in answer
    assert "card" not in answer, "nobody held a card before the scanner"
    assert guard.post("/visitors/_scan", point="clinic", code="x").status_code == 404


def test_at_a_gate_whose_gateway_was_shut_out_the_code_is_good_and_no_button_promises_anything(house):
    house.community.box("g-1")
    guard = house.signed_in(Role.GUARD)
    guard.post("/visitors", **GIVEN)
    with house.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1", why="stolen")
    seen = words_of(guard.post("/visitors/_scan", **GATE, code=printed(house)))
    assert "The code is good here" in seen
    assert "This gate cannot be opened from here" in seen
    assert "Open South gate" not in seen


def test_each_way_in_which_a_pass_does_not_let_in_has_its_own_sentence_and_none_speaks_of_cards(house):
    house.community.box("g-1")
    guard = house.signed_in(Role.GUARD)
    for _ in (1, 2, 3):
        guard.post("/visitors", **GIVEN | {"uses": "1"})
    with house.transactions.work(ADMIN) as work:
        access.set_point(work, COMMUNITY, gate().model_copy(update={"id": "north-gate-in", "name_en": "North gate"}))
    codes = [printed(house, number) for number in (1, 2, 3)]
    with house.transactions.read() as session:
        sign = house.console.house.keystore.grants.sign
        short = visitor_passes.code_of(session, 3, sign, NOW_MS)

    def said(code, **asked):
        told = words_of(guard.post("/visitors/_scan", **GATE | asked, code=code))
        assert "card" not in told
        return told

    elsewhere = said(codes[0], point="north-gate-in")
    assert "This pass is for another gate" in elsewhere
    assert "South gate, in" in elsewhere, "which one it is for"
    assert "2026-03-01 08:00 – 12:00" in elsewhere
    guard.post("/visitors/1/end", why="left")
    assert "This pass was ended" in said(codes[0])
    guard.post("/visitors/_let-in", **GATE, code=codes[1])
    assert "This pass is used up" in said(codes[1])
    forged = codes[2][:40] + ("A" if codes[2][40] != "A" else "B") + codes[2][41:]
    assert "This code was not made here" in said(forged)
    house.community.now[0] = NOW_MS - 3_600_000
    assert "This pass has not begun yet" in said(codes[2])
    house.community.now[0] = NOW_MS + visitor_passes.CODE_LIFE_MS
    assert "This code is too old" in said(short)
    house.community.now[0] = NOW_MS + 5 * 3_600_000
    assert "This pass is over" in said(codes[2])


def test_what_still_lets_out_is_used_up_where_it_let_in(house):
    with house.transactions.work(ADMIN) as work:
        way_out = {"id": "south-gate-out", "direction": Direction.OUT}
        access.set_point(work, COMMUNITY, gate().model_copy(update=way_out))
    guard = house.signed_in(Role.GUARD)
    guard.post("/visitors", **GIVEN | {"uses": "1", "points": ["south-gate-in", "south-gate-out"]})
    code = printed(house, 1)
    with house.transactions.read() as session:
        card = visitor_passes.get(session, 1, NOW_MS).card_id
    house.tap(card)
    visitor_keeper.look(house.transactions)
    assert "This pass is used up" in words_of(guard.post("/visitors/_scan", point="south-gate-in", code=code))
    assert "The code is good" in words_of(guard.post("/visitors/_scan", point="south-gate-out", code=code))


def test_what_the_server_ended_by_itself_is_told_as_what_it_was(house):
    guard = house.signed_in(Role.GUARD)
    for uses in ("1", "2"):
        guard.post("/visitors", **GIVEN | {"uses": uses})
    used, unused = printed(house, 1), printed(house, 2)
    with house.transactions.read() as session:
        card = visitor_passes.get(session, 1, NOW_MS).card_id
    house.tap(card)
    for moment in (NOW_MS, NOW_MS + 3 * DAY_MS, NOW_MS + 3 * DAY_MS):  # gates and lists forget the cards in the end
        house.community.now[0] = moment
        visitor_keeper.look(house.transactions)
        assert "This pass is used up" in words_of(guard.post("/visitors/_scan", **GATE, code=used))
    assert "This pass is over" in words_of(guard.post("/visitors/_scan", **GATE, code=unused))


def test_who_may_give_no_orders_sees_the_code_and_opens_nothing(house):
    house.community.box("g-1")
    clerk = house.signed_in(Role.CLERK)
    clerk.post("/visitors", **GIVEN)
    assert "Open South gate" not in words_of(clerk.post("/visitors/_scan", **GATE, code=printed(house)))
    assert clerk.post("/visitors/_let-in", **GATE, code=printed(house)).status_code == 403
    assert house.signed_in(Role.NURSE).post("/visitors/_scan", **GATE, code="x").status_code == 403
