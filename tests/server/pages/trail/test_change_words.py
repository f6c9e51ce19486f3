"""What changed, in words."""

import ast
import json
from pathlib import Path

import pytest

from card_protocol.policy.rules import AccessLevel, Area, Privileges, Traits
from card_protocol.words.schedule import Calendar, Interval, Schedule
from server.pages.i18n import Language
from server.pages.privacy.field_words import FIELDS
from server.pages.trail.change_words import MORE_FIELDS, PLACES, changes, subject_words
from server.services.access.access import PointIn
from server.services.audit import AuditView
from server.services.keys.key_versions import KeyVersions
from server.services.party import members
from server.services.people.holders import HolderIn
from server.services.people.households import MemberView
from server.services.purses.subsidies import SubsidyIn
from server.services.shifts import shifts
from server.services.shifts.shifts import Standing
from server.services.users.users import UserIn

ROOT = Path(__file__).resolve().parents[4]


def line(before, after, subject="thing:1"):
    return AuditView(id=1, at_ms=0, actor="a", action="b", subject=subject, why="", before=before, after=after)


def test_what_changed_is_what_differs():
    told = line('{"a":1,"b":2}', '{"a":1,"b":[3, "y"],"c":"x","d":{"e":1}}')
    assert changes(told, Language.EN) == [("b", "2", "3, y"), ("c", "", "x"), ("d", "", "e: 1")]


def test_a_moment_is_told_as_a_clock_tells_it():
    told = line('{"due_ms":0}', '{"due_ms":86400000}')
    assert changes(told, Language.ZH) == [("办理期限", "1970-01-01 08:00:00", "1970-01-02 08:00:00")]


@pytest.mark.parametrize(
    ("subject", "before", "after", "en", "zh"),
    [
        ("card:1", '{"state":"active"}', '{"state":"lost"}', ("State", "Active", "Lost"), ("状态", "使用中", "已挂失")),
        ("user:w", '{"role":"guard"}', '{"role":"nurse"}', ("Role", "Guard", "Nurse"), ("角色", "门卫", "护士")),
        ("user:w", "{}", '{"by":"password"}', ("Signed in by", "", "Password"), ("登录方式", "", "密码")),
        (
            "webhook:1",
            "{}",
            '{"topics":["onecard.alarm"]}',
            ("What it is told of", "", "An alarm"),
            ("通知哪些内容", "", "报警"),
        ),
        ("holder:1", "{}", '{"purpose":"care"}', ("Purpose", "", "Elderly care"), ("目的", "", "养老服务")),
        ("holder:1", "{}", '{"given":true}', ("Given", "", "yes"), ("已同意", "", "是")),
        ("import:1", "{}", '{"subject":"people"}', ("Of what", "", "People"), ("对象", "", "人员")),
        ("ticket:1", "{}", '{"step":"done"}', ("Step", "", "It is repaired"), ("步骤", "", "已修好")),
        ("thing:1", "{}", '{"state":"active"}', ("State", "", "active"), ("状态", "", "active")),
    ],
)
def test_what_has_words_is_told_in_words(subject, before, after, en, zh):
    assert changes(line(before, after, subject), Language.EN) == [en]
    assert changes(line(before, after, subject), Language.ZH) == [zh]


def test_hours_are_written_as_the_week_grid_writes_them():
    morning = {"day": 0, "start": 360, "end": 540}
    spans = json.dumps(
        {"id": "meal", "intervals": [morning, {"day": 0, "start": 1020, "end": 1320}, morning | {"day": 7}]}
    )
    told = changes(line('{"intervals":[]}', spans, "schedule:meal"), Language.EN)
    assert told == [("Hours", "", "Monday 06:00-09:00, 17:00-22:00; Holiday 06:00-09:00")], "and no id a second time"


def test_moments_and_spans_of_time_are_told_as_what_they_are():
    told = line("{}", '{"until":86400000,"passback_ms":43200000,"wait_ms":1500,"price_fen":1250}')
    assert [after for _, _, after in changes(told, Language.EN)] == ["1970-01-02 08:00:00", "720 min", "1.5 s", "12.50"]
    assert changes(line("{}", '{"until":"2026-03-01"}'), Language.EN)[0][2] == "2026-03-01"


def test_money_put_on_a_card_and_a_lockdown_are_told_in_words():
    told = changes(line("{}", '{"counter":3,"desk":"desk-1","level":2,"replaced":false}'), Language.EN)
    assert [name for name, _, _ in told] == [
        "Count on the card",
        "Card desk",
        "Level",
        "Takes the place of an older one",
    ]


def test_what_is_inside_something_is_told_in_words_too():
    members = '{"members":[{"name":"王秀英","relation":"head","to_ms":null}]}'
    (told,) = changes(line("{}", members, "household:1"), Language.EN)
    assert told == ("Members", "", "Name: 王秀英, Relation: Head of the household")
    restored = changes(line("{}", '{"restored":["house","tags"]}', "holder:1"), Language.EN)
    assert restored == [("Set back", "", "House, Tags")]
    entries = line('{"kept":{"name":"王秀英"}}', "{}", "holder:1")
    merged = changes(entries.model_copy(update={"action": "holder.merge"}), Language.EN)
    assert merged == [("This entry stays", "Name: 王秀英", "")]
    assert changes(entries, Language.EN)[0][0] == "Rows that stay"


def test_counted_rows_are_told_by_the_words_of_their_tables():
    told = line("{}", '{"rows":{"card_level":3,"holder_key":14,"fields":2}}', "holder:1")
    said = "What the card opens: 3, What the person is found by: 14, What care, clinic, activities and Party keep: 2"
    assert changes(told, Language.EN) == [("Rows", "", said)]
    paid = line("{}", '{"counter":4,"desk":"desk-1","days":30}', "card:1")
    assert [name for name, _, _ in changes(paid, Language.EN)] == ["Count on the card", "Card desk", "Number of days"]


def test_what_somebody_looked_for_before_taking_it_out_is_told_in_words():
    taken = line("{}", '{"kind":"tap","reason":"lost","since":"2026-03-01T08:00","hour":"7"}', "events")
    told = changes(taken.model_copy(update={"action": "event.export"}), Language.EN)
    assert [field for field, _, _ in told] == ["Kind", "Reason", "From", "Hour"]
    assert {after for _, _, after in told}.isdisjoint({"tap", "lost"})


WHOLE = (
    AccessLevel, Area, Calendar, HolderIn, Interval, KeyVersions, MemberView, PointIn, Privileges, Schedule, Standing,
    SubsidyIn, Traits, UserIn,
)  # fmt: skip
"""What is written into the trail as a whole."""


def test_every_field_of_what_is_written_as_a_whole_has_a_name():
    assert {
        (one.__name__, name) for one in WHOLE for name in one.model_fields if name not in {*MORE_FIELDS, *FIELDS}
    } == set()


def test_what_a_line_is_about_keeps_its_id_behind_its_kind():
    assert subject_words("card:01J", Language.EN) == "Card 01J"
    assert subject_words("card:01J", Language.ZH) == "卡片 01J"
    assert subject_words("door:7", Language.EN) == "door:7"


def test_what_has_no_id_has_a_name():
    assert subject_words("areas", Language.ZH) == "区域"
    assert subject_words("audit", Language.EN) == "Who did what"
    assert subject_words("newer", Language.EN) == "newer"


def recordings():
    """(file, call) of everything that writes into the trail."""
    for path in (ROOT / "server").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for call in ast.walk(ast.parse(text)) if "audit." in text else ():
            if isinstance(call, ast.Call) and ast.unparse(call.func).startswith(("audit.record", "audit.Line")):
                yield path.name, call


def recorded_fields():
    """(file, field) of everything that is written into the trail as a literal."""
    for name, call in recordings():
        for given in [*call.args, *(keyword.value for keyword in call.keywords)]:
            for keys in (one.keys for one in ast.walk(given) if isinstance(one, ast.Dict)):
                yield from ((name, key.value) for key in keys if isinstance(key, ast.Constant))


def recorded_places():
    """What lines are about that has no id, as a literal."""
    for _, call in recordings():
        for about in call.args[2:3] if ast.unparse(call.func) == "audit.record" else call.args[1:2]:
            either = (about.body, about.orelse) if isinstance(about, ast.IfExp) else (about,)
            words = [one.value for one in either if isinstance(one, ast.Constant)]
            yield from (word for word in words if ":" not in word)


def test_everything_that_a_line_is_about_has_a_name():
    assert set(recorded_places()) | {members.SUBJECT, shifts.SUBJECT} <= set(PLACES)


def test_every_field_of_the_trail_has_a_name():
    assert {pair for pair in recorded_fields() if pair[1] not in {*MORE_FIELDS, *FIELDS}} == set()
