"""One byte form, strict reading, one readable line for whatever is wrong."""

import json
from functools import cached_property

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from card_protocol.words.base import (
    NUMBER_END,
    Count,
    Line,
    OrderedSet,
    Positive,
    Title,
    Word,
    canonical_json,
    problems,
)
from tests.support.codecs import assert_refuses, assert_round_trip, assert_strict
from tests.support.strategies import counts, lines


class Sample(Word):
    """Every kind of field that words have."""

    count: Count
    line: Line = ""
    names: OrderedSet[str] = frozenset()
    extra: int | None = None


class Outer(Word):
    """A word in a word."""

    inner: Sample


samples = st.builds(
    Sample, count=counts, line=lines, names=st.frozensets(st.text(st.characters(codec="utf-8"), max_size=3), max_size=5)
)


@given(samples)
def test_round_trip(word: Sample) -> None:
    assert_round_trip(word)
    assert_round_trip(Outer(inner=word))


@given(samples)
def test_strictness(word: Sample) -> None:
    assert_strict(word)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_word_or_a_sentence(data: bytes) -> None:
    try:
        assert_round_trip(Sample.from_bytes(data))
    except ValueError:
        assert_refuses(Sample, data)


def test_the_bytes_of_one_word() -> None:
    word = Sample(count=7, line="门", names=frozenset({"b", "a", "é"}))
    assert word.to_bytes() == '{"count":7,"line":"门","names":["a","b","é"]}'.encode()


@given(st.lists(st.text(max_size=3, alphabet="abc"), unique=True).flatmap(st.permutations))
def test_a_set_has_one_form_whatever_order_it_grew_in(names: list[str]) -> None:
    one, other = frozenset(names), frozenset(sorted(names))
    assert Sample(count=0, names=one).to_bytes() == Sample(count=0, names=other).to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"count":1,"line":"\xff"}',
        b'{"count":1,"line":"\xed\xa0\x80"}',
        rb'{"count":1,"line":"\ud800"}',
        rb'{"count":1,"line":"\udc00\ud800"}',
        rb'{"count":1,"line":"\u0000"}',
        rb'{"count":1,"line":"a\nb"}',
        b'{"count":1,"line":"a\x7fb"}',
        b'{"count":1.0}',
        b'{"count":true}',
        b'{"count":"1"}',
        b'{"count":NaN}',
        b'{"count":1e400}',
        b'{"count":-1}',
        b'{"count":9223372036854775808}',
        b'{"count":' + b"9" * 5000 + b"}",
        b'\xef\xbb\xbf{"count":1}',
        '{"count":1}'.encode("utf-16"),
        b"[" * 100_000,
        b'{"count":1}x',
    ],
)
def test_what_is_no_word(data: bytes) -> None:
    assert_refuses(Sample, data)


def test_the_sentence_names_the_field_and_not_the_value() -> None:
    secret = "hunter2"
    with pytest.raises(ValueError, match=r"inner\.count: Input should be a valid integer") as caught:
        Outer.from_bytes(json.dumps({"inner": {"count": secret}}).encode())
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_word_made_wrong_in_the_program_does_not_tell_the_value_either() -> None:
    with pytest.raises(ValidationError) as caught:
        Sample(count=0, line="hunter2\n")
    assert "hunter2" not in str(caught.value)


def test_a_hostile_message_gets_a_short_sentence() -> None:
    with pytest.raises(ValueError, match=r"and 998 more$") as caught:
        Sample.from_bytes(json.dumps({f"{i}" + "x" * 100: 1 for i in range(1000)}).encode())
    assert len(str(caught.value)) < 400


def test_problems_of_a_value_that_is_in_no_field() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Positive).validate_python(0)
    assert problems(caught.value) == "Input should be greater than or equal to 1"


class Counted(Word):
    """A word that works something out of its fields once."""

    count: Count

    @cached_property
    def double(self) -> int:
        return 2 * self.count


def test_a_copy_forgets_what_was_worked_out_of_the_old_fields() -> None:
    word = Counted(count=2)
    assert word.double == 4
    assert word == Counted(count=2)
    assert word.model_copy(update={"count": 5}).double == 10
    assert word.model_copy(deep=True).double == 4
    assert word.to_bytes() == b'{"count":2}'


@given(samples)
def test_a_word_of_checked_fields_is_like_any_other(made: Sample) -> None:
    again = Sample.of_checked(count=made.count, line=made.line, names=made.names, extra=made.extra)
    assert again == made
    assert hash(again) == hash(made)
    assert again.to_bytes() == made.to_bytes()
    assert again.model_copy(update={"extra": 6}) == made.model_copy(update={"extra": 6})
    with pytest.raises(ValidationError):
        again.extra = 7


def test_words_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Sample(count=1).count = 2  # type: ignore[misc]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_canonical_json_has_no_numbers_that_json_lacks(bad: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json({"x": bad})


@pytest.mark.parametrize(("kind", "longest"), [(Line, 200), (Title, 80)])
def test_text_is_bounded(kind: object, longest: int) -> None:
    text: TypeAdapter[str] = TypeAdapter(kind)
    assert text.validate_python("单" * longest) == "单" * longest
    with pytest.raises(ValidationError):
        text.validate_python("单" * (longest + 1))


def test_numbers_fit_a_database() -> None:
    assert NUMBER_END == 2**63
    TypeAdapter(Count).validate_python(2**63 - 1)
