"""What every reader driver must do, whatever its stack. A driver's test inherits this and says how to make one."""

import time

import pytest

from card_protocol.errors import CardGone
from edge.ports.reader import CardInField, CardKind, Reader
from firmware_sim.field.chip import OtherSmartCard
from firmware_sim.field.faults import FaultPlan, LongAnswer, NoAnswer
from firmware_sim.field.field import Field
from firmware_sim.field.visit import Pull, Swap, Visit
from tests.edge.issued import issued_card, stock_card
from tests.edge.words import OTHER_UID, UID

GET_VERSION = bytes.fromhex("9060000000")
MORE = bytes.fromhex("90AF000000")
LONG_MS = 5000


def meet(reader: Reader) -> CardInField:
    card = reader.wait_for_card(LONG_MS)
    assert card is not None
    return card


def ask_often(card: CardInField, times: int) -> None:
    for _ in range(times):
        card.transmit(GET_VERSION)


class ReaderContract:
    """`field` and `reader` face each other; the field is empty at first."""

    @pytest.fixture
    def field(self) -> Field:
        raise NotImplementedError

    @pytest.fixture
    def reader(self, field: Field) -> Reader:
        raise NotImplementedError

    def test_an_empty_field_is_no_card(self, reader: Reader) -> None:
        assert reader.wait_for_card(50) is None
        assert reader.name

    def test_a_card_says_its_uid_and_answers(self, reader: Reader, field: Field) -> None:
        field.place(Visit(stock_card()))
        before_ns = time.monotonic_ns()
        card = meet(reader)
        assert (card.uid, card.kind) == (UID, CardKind.ISO_DEP)
        assert before_ns <= card.seen_ns <= time.monotonic_ns()
        assert card.transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")
        assert card.transmit(MORE)[-2:] == bytes.fromhex("91AF")

    def test_a_card_that_is_taken_away_is_noticed(self, reader: Reader, field: Field) -> None:
        field.place(Visit(stock_card()))
        card = meet(reader)
        assert not card.wait_for_removal(50)
        card.transmit(GET_VERSION)
        field.clear()
        assert card.wait_for_removal(LONG_MS)
        with pytest.raises(CardGone):
            card.transmit(GET_VERSION)

    def test_a_card_pulled_away_in_the_middle_is_gone_and_may_come_back(self, reader: Reader, field: Field) -> None:
        # Over PC/SC, GET UID is the first exchange of a visit.
        field.place(Visit(stock_card(), pull=Pull(at_exchange=3)))
        card = meet(reader)
        with pytest.raises(CardGone):
            ask_often(card, 3)
        assert card.wait_for_removal(LONG_MS)
        field.place(Visit(stock_card()))
        assert meet(reader).transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")

    def test_nobody_need_ask_whether_a_pulled_card_has_left(self, reader: Reader, field: Field) -> None:
        field.place(Visit(stock_card(), pull=Pull(at_exchange=3)))
        card = meet(reader)
        with pytest.raises(CardGone):
            ask_often(card, 3)
        assert reader.wait_for_card(50) is None
        field.place(Visit(stock_card()))
        assert meet(reader).transmit(GET_VERSION)[-2:] == bytes.fromhex("91AF")

    def test_cards_swapped_in_the_middle_do_not_become_one(self, reader: Reader, field: Field) -> None:
        other = Visit(stock_card(OTHER_UID))
        field.place(Visit(stock_card(), swap=Swap(3, other)))
        card = meet(reader)
        with pytest.raises(CardGone):
            ask_often(card, 3)
        assert card.wait_for_removal(LONG_MS)
        assert meet(reader).uid == OTHER_UID

    def test_an_answer_that_never_comes_is_a_card_gone(self, reader: Reader, field: Field) -> None:
        field.place(Visit(stock_card(), faults=FaultPlan({3: NoAnswer(), 4: NoAnswer()})))
        card = meet(reader)
        with pytest.raises(CardGone):
            ask_often(card, 4)

    def test_a_long_answer_arrives_whole(self, reader: Reader, field: Field) -> None:
        field.place(Visit(stock_card(), faults=FaultPlan({2: LongAnswer(400)})))
        card = meet(reader)
        answers = [card.transmit(GET_VERSION) for _ in range(2)]
        assert 402 <= max(map(len, answers)) < 500

    def test_another_smart_card_takes_commands(self, reader: Reader, field: Field) -> None:
        field.place(Visit(OtherSmartCard(bytes.fromhex(UID))))
        card = meet(reader)
        assert card.kind is CardKind.ISO_DEP
        assert card.transmit(GET_VERSION) == bytes.fromhex("6D00")

    def test_a_reader_can_be_closed_twice_and_opened_again(self, reader: Reader, field: Field) -> None:
        field.place(Visit(issued_card()))
        meet(reader)
        reader.close()
