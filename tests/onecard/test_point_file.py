"""A point in the edge's file, and everything else in it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onecard.point_file import put_point

FILE = """\
# the box at the south gate
state_dir = "/var/lib/onecard"   # a folder

[[points]]
id = "gate"            # do not change: it is on the wall
reader = 'nfc:usb'     # the old one
unlock_ms = 3000
[points.door]
contact = "osdp:old/0" # white wire

# the clinic has no door
[[points]]
id = "clinic"
reader = "pcsc:ACS"
"""


def test_a_point_is_changed_in_its_place_and_the_comments_stay() -> None:
    changed = put_point(
        FILE, "gate", {"reader": "osdp:north", "lock": "osdp:north/0"}, {"door": {"contact": "osdp:north/0"}}
    )
    assert changed == (
        FILE.replace("'nfc:usb'     #", '"osdp:north"     #')
        .replace("unlock_ms = 3000\n", 'unlock_ms = 3000\nlock = "osdp:north/0"\n')
        .replace("osdp:old/0", "osdp:north/0")
    )


def test_the_last_point_gets_a_door() -> None:
    changed = put_point(FILE, "clinic", {"lock": "sim"}, {"door": {"rex": "osdp:north/1"}})
    assert changed == FILE + 'lock = "sim"\n[points.door]\nrex = "osdp:north/1"\n'


def test_a_new_point_is_added_at_the_end() -> None:
    changed = put_point('state_dir = "x"\n', "gate", {"reader": "nfc:usb"}, {})
    assert changed == 'state_dir = "x"\n\n[[points]]\nid = "gate"\nreader = "nfc:usb"\n'
    again = put_point(changed, "门-2", {"reader": "r"}, {"door": {"contact": "c"}})
    assert tomllib.loads(again)["points"][1] == {"id": "门-2", "reader": "r", "door": {"contact": "c"}}


def test_a_door_in_one_line_becomes_a_table() -> None:
    text = 'state_dir = "x"\n[[points]]\nid = "gate"\ndoor = { held_ms = 5000 }\nreader = "a"\n[server]\nx = 1\n'
    changed = put_point(text, "gate", {"reader": "b"}, {"door": {"contact": "c"}})
    assert tomllib.loads(changed)["points"] == [
        {"id": "gate", "reader": "b", "door": {"held_ms": 5000, "contact": "c"}}
    ]
    assert tomllib.loads(changed)["server"] == {"x": 1}


def test_a_sign_of_duress_stands_beside_the_door_wherever_that_is() -> None:
    tables = {"door": {"rex": "osdp:n/1"}, "duress": {"code": "911#", "button": "osdp:n/2"}}
    changed = put_point(FILE, "gate", {}, tables)
    assert changed == FILE.replace(
        "# white wire\n",
        '# white wire\nrex = "osdp:n/1"\n[points.duress]\ncode = "911#"\nbutton = "osdp:n/2"\n',
    )
    assert put_point(changed, "gate", {}, tables) == changed
    again = put_point(changed, "gate", {"lock": "sim"}, {"door": {"contact": "x"}, "duress": {"code": "12"}})
    assert tomllib.loads(again)["points"][0]["duress"] == {"code": "12", "button": "osdp:n/2"}
    assert "# the clinic has no door\n[[points]]" in again


@pytest.mark.parametrize(
    "text",
    [
        'points = [{ id = "gate", reader = "a" }]\n',
        '[[points]]\nid = "gate"\nreader = """\na"""\n',
        '[[points]]\nid = "gate"\n"reader" = "a"\n',
        "[[points]\n",
    ],
)
def test_what_cannot_be_changed_safely_is_left_alone(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        put_point(text, "gate", {"reader": "b"}, {})


NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12)


@given(st.lists(NAMES, min_size=1, max_size=4, unique=True), st.data())
def test_nothing_else_changes_whatever_the_names_are(names: list[str], data: st.DataObject) -> None:
    text = ""
    for name in names:
        text = put_point(text, name, {"reader": name + "!"}, {"door": {"contact": name}} if len(name) % 2 else {})
    chosen = data.draw(st.sampled_from(names))
    before = {point["id"]: point for point in tomllib.loads(text)["points"]}
    after = {
        p["id"]: p for p in tomllib.loads(put_point(text, chosen, {"lock": "sim"}, {"door": {"rex": "r"}}))["points"]
    }
    assert after.pop(chosen)["lock"] == "sim"
    del before[chosen]
    assert after == before
