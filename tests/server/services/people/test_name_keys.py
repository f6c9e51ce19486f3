"""Keys of people: by characters, by sound, by initials, by house."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.people import name_keys
from server.services.people.name_keys import KEY_MAX_CHARS, card_number, keys_of, tokens_of


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("单秀英", {"单秀英", "秀英", "英", "shanxiuying", "danxiuying", "xiuying", "ying", "sxy"}),
        ("吕乐", {"吕乐", "lvle", "lule", "luyue", "ly", "ll"}),
        ("尉迟恭", {"yuchigong", "chigong", "ycg", "尉迟恭"}),
        ("曾黎明", {"zengliming", "zlm"}),
        ("阿依古丽·买买提", {"阿依古丽", "古丽", "买买提", "阿依古丽买买提", "ayglmmt"}),
        ("John Smith-Jones", {"john", "smith", "jones", "johnsmithjones"}),
        ("ＭＡＲＹ", {"mary"}),
        ("欧阳 修", {"欧阳修", "欧阳", "修", "ouyangxiu", "oyx"}),
    ],
)
def test_names(name, keys):
    assert keys <= keys_of(name, "", "")


def test_a_surname_sounds_as_surnames_do_first():
    assert name_keys._readings("单秀英")[0] == ("shan", "dan")
    assert name_keys._readings("简单")[1][0] == "dan"


@pytest.mark.parametrize(
    ("house", "keys"),
    [
        ("3-1-502", {"3-1-502", "1-502", "502"}),
        ("3幢1单元502室", {"3-1-502", "1-502", "502"}),
        ("Ａ座 12", {"a-12", "12"}),
        ("", set()),
    ],
)
def test_houses(house, keys):
    assert keys_of("", house, "") == keys


def test_the_telephone_is_one_key():
    assert keys_of("", "", "4711") == {"4711"}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        (" 单秀  ＳＨＡＮ 3-1 ", ["单秀", "shan", "3-1"]),
        ("'' -- %", []),
        ("a b c d e f", ["a", "b", "c", "d"]),
        ("O'Brien", ["obrien"]),
        ("x" * 99, ["x" * KEY_MAX_CHARS]),
    ],
)
def test_what_somebody_typed(text, tokens):
    assert tokens_of(text) == tokens


@given(st.text(max_size=100), st.text(max_size=100), st.from_regex(r"\A(\d{4})?\Z"))
def test_whatever_is_entered_has_bounded_keys_and_is_found_by_what_was_entered(name, house, tail):
    keys = keys_of(name, house, tail)
    assert len(keys) < 400
    assert all(0 < len(key) <= KEY_MAX_CHARS for key in keys)
    for token in tokens_of("".join(house.split())):
        assert any(key.startswith(token) for key in keys)


def test_every_character_with_a_sound_has_one_in_plain_letters():
    for character in "吕绿女略嗯单曾乐行重长茜":
        sounds = name_keys.sounds_of(character)
        assert sounds
        assert all(sound.isascii() and sound.isalpha() for sound in sounds)


@pytest.mark.parametrize(
    ("text", "number"),
    [("41", 41), ("41 号", 41), ("41号卡", 41), ("No. 41", 41), ("no.41", 41), ("４１", 41), ("0041", None),
     ("41室", None), ("No", None), ("1234567890", None), ("3 41", None)],
)  # fmt: skip
def test_the_number_of_a_card_is_read_as_the_console_writes_it(text, number):
    assert card_number(text) == number
    assert number is None or tokens_of(text) == ["41"]
