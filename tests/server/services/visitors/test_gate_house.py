"""The gate house's scanner: the one decider is asked, the guard opens, the use is counted."""

import pytest

from card_protocol.words.reason import Reason
from server.services.gateways import gateways
from server.services.problems import Code, Problem
from server.services.visitors import gate_house, visitor_passes
from server.services.visitors.gate_house import Scanned
from server.tables import PointRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community
from tests.server.services.visitors.test_visitor_passes import HOUR_MS, make

GATE = "south-gate-in"


def code_of(community: Community, number: int, *, printed: bool = True) -> str:
    with community.transactions.read() as session:
        sign = community.house.keystore.grants.sign
        return visitor_passes.code_of(session, number, sign, community.now[0], printed=printed)


def look(community: Community, typed: str, point: str = GATE) -> Scanned:
    verify = community.house.keystore.grants.verifier.verify
    with community.transactions.read() as session:
        return gate_house.look(session, COMMUNITY, verify, typed, point, community.now[0])


def let_in(community: Community, typed: str, point: str = GATE) -> Scanned:
    verify = community.house.keystore.grants.verifier.verify
    with community.transactions.work(ADMIN) as work:
        return gate_house.let_in(work, COMMUNITY, verify, typed, point, "scanned")[0]


def test_a_good_code_names_its_visitor_however_the_keyboard_stood(community: Community) -> None:
    made = make(community)
    text = code_of(community, made.number)
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" for c in text)
    for typed in (text, text.lower(), f" {text}\n", wide):
        found = look(community, typed)
        assert found.granted
        assert found.visitor is not None
        assert (found.visitor.name, found.visitor.host) == ("李客", "3-1-502")


def test_what_the_decider_refuses_is_told_with_its_reason(community: Community) -> None:
    made = make(community)
    text = code_of(community, made.number)
    assert look(community, "https://example.org/pay").reason is Reason.FOREIGN
    forged = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    assert look(community, forged).reason is Reason.GRANT_FORGED
    assert look(community, text, "clinic").reason is Reason.WRONG_POINT
    short = code_of(community, made.number, printed=False)
    community.now[0] += visitor_passes.CODE_LIFE_MS
    assert look(community, short).reason is Reason.EXPIRED, "a photograph of a code that was shown"
    assert look(community, text).granted
    community.now[0] += 4 * HOUR_MS
    assert look(community, text).reason is Reason.EXPIRED
    with pytest.raises(Problem) as told:
        look(community, text, "no-such-gate")
    assert told.value.code is Code.NOT_FOUND


def test_an_ended_pass_opens_nothing_from_that_moment(community: Community) -> None:
    made = make(community)
    text = code_of(community, made.number)
    with community.transactions.work(ADMIN) as work:
        visitor_passes.end(work, made.number, "left")
    assert look(community, text).reason is Reason.REVOKED


def test_letting_in_orders_once_and_counts_until_the_pass_is_used_up(community: Community) -> None:
    community.box("g-1")
    made = make(community, uses=2)
    text = code_of(community, made.number)
    for used in (1, 2):
        found = let_in(community, text)
        assert found.visitor is not None
        assert found.visitor.used == used
    assert look(community, text).reason is Reason.USED_UP
    with pytest.raises(Problem) as told:
        let_in(community, text)
    assert told.value.code is Code.WRONG_STATE
    with community.transactions.read() as session:
        assert visitor_passes.get(session, made.number, NOW_MS).used == 2


def test_a_gateway_that_takes_no_part_could_open_nothing(community: Community) -> None:
    made = make(community)
    text = code_of(community, made.number)
    assert look(community, text).gateway is None, "its box has not come yet"
    community.box("g-1")
    assert look(community, text).gateway == "g-1"
    with community.transactions.work(ADMIN) as work:
        gateways.revoke(work, "g-1")
    found = look(community, text)
    assert (found.granted, found.gateway) == (True, None)


def test_where_nothing_could_open_nothing_is_counted(community: Community) -> None:
    made = make(community)
    with community.transactions.work(ADMIN) as work:
        work.session.get_one(PointRow, GATE).gateway_id = None
    with pytest.raises(Problem) as told:
        let_in(community, code_of(community, made.number))
    assert told.value.code is Code.WRONG_STATE
    with community.transactions.read() as session:
        assert visitor_passes.get(session, made.number, NOW_MS).used == 0
