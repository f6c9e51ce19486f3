"""`onecard card inspect`, with the server's keys and without."""

import json

from firmware_sim.field.chip import UidOnlyChip
from firmware_sim.field.visit import Pull, Visit
from tests.onecard.commands.card.conftest import UID, Hand, Office, stock_card


def test_an_issued_card_in_plain_sentences(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    office.issue()
    lines = office.run("inspect").splitlines()
    assert lines[0] == f"Card {UID}: issued"
    assert "Data base: card 1, active" in lines
    assert any(line.startswith("Grant 1: until ") for line in lines)
    assert "Revocations: none carried" in lines
    assert "    access: well; records: events 0" in lines
    assert "    gateway: access/header, access/grant, access/revocations, access/events" in lines
    assert "    clinic_point: clinic/pointer, clinic/visits" in lines


def test_a_half_issued_card_says_what_to_do(office: Office, hand: Hand) -> None:
    card = stock_card()
    hand.field.place(Visit(card, pull=Pull(40)))
    office.issue("--wait", "1", expect=1)
    hand.hold(card)
    assert "issuing was begun and not finished" in office.run("inspect")


def test_a_blank_card_as_json(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    found = json.loads(office.run("inspect", "--json"))
    assert (found["uid"], found["condition"], found["rights"], found["card"]) == (UID, "stock", None, None)
    assert "access/events" in found["readable_by"]["server"]


def test_in_chinese(office: Office, hand: Hand, monkeypatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    hand.hold(stock_card())
    assert office.run("inspect").startswith(f"卡片 {UID}：空白卡\n数据库：没有这张卡\n")


def test_without_keys_only_what_it_tells_anyone(office: Office, hand: Hand) -> None:
    card = stock_card()
    hand.hold(card)
    assert office.run("inspect", keys=False) == f"{UID}  a blank card, or one of another issuer\n"
    office.issue()
    found = json.loads(office.run("inspect", "--json", keys=False))
    assert found == {
        "uid": UID, "what": "like_ours", "generation": 2, "key_version": 1, "card_id": None, "why": None,
    }  # fmt: skip


def test_without_keys_a_card_that_leaves_is_asked_for(office: Office, hand: Hand) -> None:
    hand.hold_shakily(stock_card(), 3)
    assert "a blank card" in office.run("inspect", keys=False)
    assert "Put the same card back." in office.err


def test_another_kind_of_card(office: Office, hand: Hand) -> None:
    hand.hold(UidOnlyChip(bytes.fromhex("DEADBEEF")))
    office.run("inspect", expect=1)
    assert office.err.splitlines()[-1] == "onecard: This card is none of this community's."
    assert json.loads(office.run("inspect", "--json", keys=False))["what"] == "uid"


def test_no_card_and_no_reader(office: Office) -> None:
    office.run("inspect", "--wait", "1", keys=False, expect=1)
    assert "No card was put" in office.err
    office.reader = "smoke:signals"
    office.run("inspect", keys=False, expect=1)
    assert "onecard: The reader: no reader driver is called 'smoke'" in office.err
    office.run("inspect", expect=1)
    assert "onecard: The reader: no reader driver is called 'smoke'" in office.err
