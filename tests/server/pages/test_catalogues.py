"""Both catalogues hold every sentence of the pages, and say the same with the same gaps."""

import re

import pytest

from scripts import catalogues

GAP = re.compile(r"%\(\w+\)s")
HAN = re.compile(r"[一-鿿]")
HALF_WIDTH = re.compile(r"[一-鿿）][,:;?!]|[,:;?!)][一-鿿]|[一-鿿](?:\)|\.(?!\w))|\((?=[一-鿿])")
"""Punctuation of English beside a Chinese character (GB/T 15834: Chinese has signs of its own)."""


def strings(message):
    return message.string if isinstance(message.string, tuple) else (message.string,)


def ids(message):
    return message.id if isinstance(message.id, tuple) else (message.id,)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_catalogue_has_exactly_the_sentences_of_the_pages(language):
    marked = {message.id for message in catalogues.template() if message.id}
    known = {message.id for message in catalogues.load(language) if message.id}
    assert marked, "nothing is marked?"
    assert known == marked, "run: python -m scripts.catalogues"


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_sentence_is_translated(language):
    lacking = [m.id for m in catalogues.load(language) if m.id and (m.fuzzy or not all(strings(m)))]
    assert lacking == []


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_a_translation_has_the_gaps_of_its_sentence(language):
    for message in catalogues.load(language):
        if message.id:
            wanted = {gap for text in ids(message) for gap in GAP.findall(text)}
            for text in strings(message):
                assert set(GAP.findall(text)) == wanted, message.id


def test_chinese_is_chinese_and_english_is_english():
    for message in catalogues.load("zh_CN"):
        if message.id:
            assert all(HAN.search(text) for text in strings(message)), message.id
            assert not any(HALF_WIDTH.search(text) for text in strings(message)), message.string
    for message in catalogues.load("en"):
        assert not any(HAN.search(text) for text in strings(message)), message.id
