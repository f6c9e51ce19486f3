"""Lines of a file of cases: what is read, and how whatever is wrong is named."""

import json

import pytest

from card_protocol.channel.ev2 import Mode
from card_protocol.profiles import kat_case
from card_protocol.profiles.kat_case import Case, Fields, MalformedCase, read_cases

GOOD = {"id": "a", "op": "cmac", "in": {"key": "00" * 16}, "out": {"mac": "AABB", "count": 3}, "source": "test"}


def read(*lines: str) -> list[Case]:
    return list(read_cases(lines, ["cmac"]))


def problem(line: str) -> str:
    with pytest.raises(MalformedCase) as told:
        read(json.dumps(GOOD), "", line)
    assert told.value.line == 3
    return str(told.value)


def test_a_case_is_read_with_its_line_and_its_types():
    (case,) = read("", json.dumps(GOOD))
    assert (case.line, case.id, case.op, case.expected) == (2, "a", "cmac", {"mac": b"\xaa\xbb", "count": 3})
    assert case.given.key("key", 2).version == 2
    assert "key" in case.given
    assert "mac" not in case.given


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "no JSON object: Expecting property name"),
        ("[" * 20_000, "no JSON"),
        ("[]", "no JSON object: a case is one"),
        (json.dumps(GOOD | {"id": 1}), 'a case has "id"'),
        (json.dumps(GOOD | {"in": []}), 'a case has "id"'),
        (json.dumps(GOOD | {"out": None}), 'a case has "id"'),
        (json.dumps(GOOD | {"op": "spell"}), '"op" is none of cmac'),
        (json.dumps(GOOD | {"op": 3}), '"op" is none of cmac'),
        (json.dumps(GOOD | {"out": {}}), '"out" lists nothing'),
        (json.dumps(GOOD | {"out": {"mac": True}}), '"mac" is not a byte string'),
        (json.dumps(GOOD | {"out": {"mac": "ABC"}}), '"mac" is not a byte string'),
        (" " + json.dumps(GOOD | {"source": "x" * kat_case.MAX_LINE_CHARS}), "longer than any case"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(line: str, said: str):
    assert said in problem(line)


def test_more_lines_than_any_file_has(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(kat_case, "MAX_CASES", 2)
    with pytest.raises(MalformedCase, match="more than 2 lines") as told:
        read("", "", "")
    assert told.value.line == 3


FIELDS = Fields(7, {"enc": "11" * 16, "mac": "22" * 16, "ti": "01020304", "ctr": 65535, "yes": True, "mode": "full"})


def test_fields_have_types():
    keys, ti, counter = FIELDS.session()
    assert (keys.enc.reveal(), ti, counter) == (b"\x11" * 16, b"\x01\x02\x03\x04", 65535)
    assert FIELDS.flag("yes") is True
    assert FIELDS.mode() is Mode.FULL
    assert Fields(1, {"mode": "mac"}).mode() is Mode.MAC
    assert FIELDS.octets("ti") == FIELDS.octets("ti", 4)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda f: f.octets("absent"), '"absent" is missing'),
        (lambda f: f.octets("ti", 3), '"ti" has 4 bytes, not 3'),
        (lambda f: f.octets("ctr"), '"ctr" is not a byte string'),
        (lambda f: f.key("ti"), '"ti" has 4 bytes, not 16'),
        (lambda f: f.number("ctr", 65535), "is not a number from 0 to 65534"),
        (lambda f: f.number("yes", 9), "is not a number"),
        (lambda f: f.number("ti", 9), "is not a number"),
        (lambda f: f.flag("ctr"), '"ctr" is not true or false'),
        (lambda _: Fields(7, {"mode": "plain"}).mode(), '"mode" is not "mac" or "full"'),
        (lambda _: Fields(7, {"mode": 1}).mode(), '"mode" is not "mac" or "full"'),
    ],
)
def test_a_field_of_another_type_is_named(ask, said: str):
    with pytest.raises(MalformedCase, match='"') as told:
        ask(FIELDS)
    assert told.value.line == 7
    assert said in str(told.value)
