"""What changed, in words."""

import pytest

from server.pages.i18n import Language
from server.pages.trail.change_words import changes, subject_words
from server.services.audit import AuditView


def line(before, after, subject="thing:1"):
    return AuditView(id=1, at_ms=0, actor="a", action="b", subject=subject, why="", before=before, after=after)


def test_what_changed_is_what_differs():
    told = line('{"a":1,"b":2}', '{"a":1,"b":[3, "y"],"c":"x","d":{"e":1}}')
    assert changes(told, Language.EN) == [("b", "2", "3, y"), ("c", "", "x"), ("d", "", '{"e": 1}')]


def test_a_moment_is_told_as_a_clock_tells_it():
    told = line('{"due_ms":0}', '{"due_ms":86400000}')
    assert changes(told, Language.ZH) == [("办理期限", "1970-01-01 08:00:00", "1970-01-02 08:00:00")]


@pytest.mark.parametrize(
    ("subject", "before", "after", "en", "zh"),
    [
        ("card:1", '{"state":"active"}', '{"state":"lost"}', ("State", "Active", "Lost"), ("状态", "使用中", "已挂失")),
        ("user:w", '{"role":"guard"}', '{"role":"nurse"}', ("Role", "Guard", "Nurse"), ("角色", "门卫", "护士")),
        ("holder:1", "{}", '{"purpose":"care"}', ("Purpose", "", "Elderly care"), ("目的", "", "养老服务")),
        ("holder:1", "{}", '{"given":true}', ("Given", "", "yes"), ("已同意", "", "是")),
        ("thing:1", "{}", '{"state":"active"}', ("State", "", "active"), ("状态", "", "active")),
    ],
)
def test_what_has_words_is_told_in_words(subject, before, after, en, zh):
    assert changes(line(before, after, subject), Language.EN) == [en]
    assert changes(line(before, after, subject), Language.ZH) == [zh]


def test_what_a_line_is_about_keeps_its_id_behind_its_kind():
    assert subject_words("card:01J", Language.EN) == "Card 01J"
    assert subject_words("card:01J", Language.ZH) == "卡片 01J"
    assert subject_words("door:7", Language.EN) == "door:7"
    assert subject_words("audit", Language.EN) == "audit"
