"""Who works in no field sees that there is something, and neither whose nor what."""

import json

import pytest

from server.services.audit import AuditView
from server.services.privacy.aims import Aim
from server.services.privacy.fields import DEEDS, FIELD_AIMS, TOGETHER, counted, hidden_from, shown, together
from server.services.privacy.register import REGISTER, tables_of
from server.services.roles import PEOPLE_ROLES, Permission, Role, may
from server.services.work import SYSTEM, Actor

FALLEN = AuditView(
    id=7,
    at_ms=1,
    actor="user:zhou",
    action="care.deed",
    subject="holder:01J",
    before="{}",
    after='{"deed":"hospital"}',
    why="摔了一跤",
)


def reads(role: Role) -> Actor:
    return Actor(f"user:{role}", role.value)


@pytest.mark.parametrize("role", [role for role in PEOPLE_ROLES if may(reads(role), Permission.AUDIT_READ)])
def test_who_reads_the_trail_learns_of_nobody_that_they_are_in_hospital(role: Role) -> None:
    veiled = shown(FALLEN, reads(role))
    assert veiled.veiled
    assert (veiled.id, veiled.actor, veiled.action, veiled.subject) == (7, "user:zhou", "care.deed", "holder")
    assert "01J" not in veiled.model_dump_json()
    assert "hospital" not in veiled.model_dump_json()
    assert hidden_from(reads(role)) == tuple(DEEDS)


def test_that_somebody_was_looked_up_as_a_member_is_not_told_either() -> None:
    looked = FALLEN.model_copy(update={"action": "party.read", "after": "{}", "why": ""})
    assert shown(looked, reads(Role.ADMIN)).subject == "holder"
    listed = looked.model_copy(update={"subject": "party"})
    assert shown(listed, reads(Role.ADMIN)) == listed


def test_the_server_and_the_field_itself_see_it_whole() -> None:
    assert shown(FALLEN, SYSTEM) == shown(FALLEN, reads(Role.CARE)) == FALLEN


def test_that_a_board_was_opened_names_nobody_and_stays() -> None:
    opened = FALLEN.model_copy(update={"action": "care.read", "subject": "board", "after": "{}", "why": ""})
    assert shown(opened, reads(Role.AUDITOR)) == opened


def test_a_single_row_does_not_say_of_which_field_it_is() -> None:
    assert set(FIELD_AIMS) == {Aim.CARE, Aim.NOT_SEEN, Aim.CLINIC, Aim.ACTIVITY, Aim.PARTY}
    for table in (name for aim in FIELD_AIMS for name in tables_of(aim)):
        assert together({"holder": 1, table: 1, "card": 2}) == {"holder": 1, "card": 2, TOGETHER: 1}
    assert together({"holder": 1, "party_member": 1, "clinic_recall": 3}) == {"holder": 1, TOGETHER: 4}
    assert together({"holder": 1}) == {"holder": 1}
    assert TOGETHER not in REGISTER


def test_a_deletion_says_how_many_and_of_which_field_never() -> None:
    whole = {"rows": {"party_member": 1, "holder": 1}, "kept": {"event": 4}}
    assert counted(whole) == {"rows": {"holder": 1, TOGETHER: 1}, "kept": {"event": 4}}
    assert counted({"aim": "party", "rows": {"party_member": 1}}) == {"rows": {TOGETHER: 1}}
    assert counted({"aim": "clinic", "rows": {"clinic_ticket": 2, "event": 3}}) == {"rows": {TOGETHER: 5}}
    assert counted({"aim": "photo", "rows": {"holder_photo": 1}}) == {"aim": "photo", "rows": {"holder_photo": 1}}


def test_nor_does_the_line_that_says_that_everything_was_given_out() -> None:
    line = FALLEN.model_copy(update={"action": "privacy.export", "after": '{"rows":{"holder":1,"party_member":1}}'})
    assert json.loads(shown(line, reads(Role.ADMIN)).after) == {"rows": {"holder": 1, TOGETHER: 1}}


def test_the_line_of_a_deletion_is_shown_like_that() -> None:
    line = FALLEN.model_copy(update={"action": "privacy.forget", "after": '{"aim":"party","rows":{"party_member":1}}'})
    assert json.loads(shown(line, reads(Role.PRIVACY)).after) == {"rows": {TOGETHER: 1}}
    assert shown(line, reads(Role.PRIVACY)).subject == line.subject
