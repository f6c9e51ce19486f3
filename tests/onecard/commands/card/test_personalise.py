"""`onecard card personalise` on a simulated card, through nfcpy."""

from onecard.cli import main
from server.services import audit
from server.services.cards import cards
from tests.onecard.commands.card.conftest import UID, Hand, Office, stock_card


def test_a_blank_card_becomes_somebodys_and_the_data_base_knows(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    card = office.issue()
    assert (card["uid"], card["state"], card["holder_name"], card["levels"]) == (UID, "active", "王秀英", ["residents"])
    assert "✓ Put a blank card on the reader." in office.err
    assert "8 of 8" in office.err
    with office.transactions.read() as session:
        assert [view.id for view in cards.listing(session).items] == [card["id"]]
        (last, *_) = audit.trail(session, subject=f"card:{card['id']}").items
    assert last.actor.startswith("terminal:")


def test_in_chinese(office: Office, hand: Hand, monkeypatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    hand.hold(stock_card())
    said = office.run("personalise", "--holder", office.holder, "--level", "residents")
    assert said == "1 号卡已发放给王秀英。\n"
    assert "请将空白卡放在读卡器上。" in office.err


def test_pulled_away_it_is_asked_for_and_finished(office: Office, hand: Hand) -> None:
    hand.hold_shakily(stock_card(), 30)
    assert office.issue()["state"] == "active"
    assert "✗ Put the same card back." in office.err


def test_another_card_in_between_is_not_written(office: Office, hand: Hand) -> None:
    other = stock_card("04AAAAAAAAAAAA")
    hand.hold_shakily(stock_card(), 30, then=other)
    assert office.issue()["uid"] == UID
    assert "This is another card. Put the same card back." in office.err
    assert not other.state.applications


def test_a_card_in_use_is_refused_in_a_sentence_without_status_words(office: Office, hand: Hand) -> None:
    hand.hold(stock_card())
    office.issue()
    said = office.run("personalise", "--holder", office.holder, "--level", "residents", expect=1)
    assert said == ""
    assert office.err.splitlines()[-1] == "onecard: This card is not blank stock of this community."


def test_what_is_wrong_is_named(office: Office) -> None:
    office.run("personalise", "--holder", "wang", "--level", "residents", expect=1)
    assert "(holder_id)" in office.err
    office.run("personalise", "--holder", office.holder, "--level", "moon", "--wait", "1", expect=1)
    assert "No card was put" in office.err


def test_without_the_passphrase_nothing_is_opened(office: Office, monkeypatch) -> None:
    monkeypatch.delenv("ONECARD_KEYSTORE_PASSPHRASE")
    office.run("personalise", "--holder", office.holder, "--level", "residents", expect=1)
    assert "ONECARD_KEYSTORE_PASSPHRASE is not set" in office.err


def test_a_wrong_key_in_the_file_is_the_front_doors_line(tmp_path, capsys) -> None:
    file = tmp_path / "server.toml"
    file.write_text("comunity = 1\n")
    words = ["card", "personalise", "--config", str(file), "--reader", "nfc:x", "--holder", "x", "--level", "y"]
    assert main(words) == 2
    assert "comunity" in capsys.readouterr().err
