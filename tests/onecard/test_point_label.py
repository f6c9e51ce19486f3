"""Labels."""

from xml.etree import ElementTree

from onecard.point_label import svg_label, text_label


def test_a_frame_of_characters_is_straight_in_both_languages() -> None:
    label = text_label("south-gate-in", "南门网关", ["reader: osdp:north"])
    assert "| south-gate-in " in label
    widths = {sum(2 if ord(c) > 0x2E80 else 1 for c in line) for line in label.splitlines()}
    assert widths == {44}


def test_the_drawing_holds_the_same_words_whatever_they_are() -> None:
    drawn = ElementTree.fromstring(svg_label("a&b", "<box>", ["x" * 60]))
    words = [element.text for element in drawn.iter() if element.text]
    assert words == ["a&b", "<box>", "x" * 60]
