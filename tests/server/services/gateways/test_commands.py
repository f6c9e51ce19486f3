"""Commands: who may give which, what is sent, and what becomes of each."""

import pytest
from sqlmodel import col, select

from card_protocol.wire.command import Action, CommandAck, Outcome
from card_protocol.words.event import EventKind, note_event
from card_protocol.words.moment import ClockQuality, Moment
from server.services.gateways import commands, gateways
from server.services.gateways.commands import (
    LASTING_LIFE_MS,
    MOMENT_LIFE_MS,
    WAITING_MAX,
    CommandIn,
    CommandState,
    CommandView,
)
from server.services.problems import Code, Problem
from server.services.roles import Role
from server.services.signals import Wish
from server.services.work import SYSTEM, Actor, counter_value
from server.tables import AuditRow
from tests.server.build import ADMIN, NOW_MS, Box, Community

GATE = "south-gate-in"


@pytest.fixture
def box(community: Community) -> Box:
    return community.box()


def asked(action: Action = Action.OPEN_ONCE, **changed: object) -> CommandIn:
    aims: dict[str, object] = {"point": GATE}
    if action is Action.LOCK_DOWN:
        aims = {"area": "compound", "level": 2}
    if action is Action.READ_LOG or "area" in changed:
        aims = {}
    return CommandIn.model_validate({"action": action, "why": "a parcel", **aims, **changed})


def give(community: Community, one: CommandIn | None = None, actor: Actor = ADMIN, **more: str) -> CommandView:
    with community.transactions.work(actor) as work:
        return commands.give(work, "g-1", one or asked(), **more)  # type: ignore[arg-type]


def seen(community: Community, number: int) -> CommandView:
    with community.transactions.read() as session:
        return commands.get(session, "g-1", number, community.now[0])


def answer(community: Community, number: int, outcome: Outcome, **more: object) -> None:
    fields = {"gateway": "g-1", "number": number, "outcome": outcome, "newest": number, "at_ms": NOW_MS}
    with community.transactions.work(SYSTEM) as work:
        commands.answered(work, CommandAck.model_validate(fields | more))


def report(community: Community, number: int, kind: EventKind, **detail: str) -> None:
    moment = Moment(wall_ms=NOW_MS, mono_ns=1, boot="b", clock=ClockQuality.NTP)
    with community.transactions.work(SYSTEM) as work:
        commands.reported(work, "g-1", note_event(kind, moment, GATE, number=number, **detail))


@pytest.mark.usefixtures("box")
class TestCommands:
    def test_it_is_numbered_logged_on_record_and_wanted_sent(self, community: Community) -> None:
        first, second = give(community), give(community, asked(Action.LOCK_DOWN))
        assert (first.number, second.number, first.state) == (1, 2, CommandState.WAITING)
        assert (first.expires_ms, second.expires_ms) == (NOW_MS + MOMENT_LIFE_MS, NOW_MS + LASTING_LIFE_MS)
        assert (first.given_by, first.why) == (ADMIN.name, "a parcel")
        with community.transactions.read() as session:
            words = commands.pending(session, NOW_MS, ["g-1"])
            assert [(word.number, word.action) for word in words] == [(1, Action.OPEN_ONCE), (2, Action.LOCK_DOWN)]
            assert commands.pending(session, NOW_MS, ["g-9"]) == []
            trail = session.exec(
                select(AuditRow).where(col(AuditRow.action).startswith("command.")).order_by(AuditRow.id)
            )
            lines = [(row.action, row.why) for row in trail]
        assert lines == [("command.open_once", "a parcel"), ("command.lock_down", "a parcel")]
        assert Wish.COMMAND in community.transactions.signals.wait(0)
        assert ("command", first.model_dump(mode="json")) in community.heard

    def test_an_answer_and_a_report_lead_to_done(self, community: Community) -> None:
        number = give(community).number
        answer(community, number, Outcome.TAKEN)
        assert seen(community, number).state is CommandState.TAKEN
        report(community, number, EventKind.COMMAND_DONE)
        done = seen(community, number)
        assert (done.state, done.done_ms) == (CommandState.DONE, NOW_MS)
        answer(community, number, Outcome.TAKEN)
        report(community, number, EventKind.COMMAND_FAILED, why="late word")
        assert seen(community, number) == done, "said again, or otherwise: it stays"

    def test_a_report_may_overtake_the_answer(self, community: Community) -> None:
        number = give(community).number
        report(community, number, EventKind.COMMAND_FAILED, why="no_lock")
        assert (seen(community, number).state, seen(community, number).outcome) == (CommandState.FAILED, "no_lock")
        answer(community, number, Outcome.TAKEN)
        assert seen(community, number).state is CommandState.FAILED

    @pytest.mark.parametrize("outcome", [Outcome.EXPIRED, Outcome.OVERTAKEN, Outcome.CLOCK_UNSURE, Outcome.TOO_MANY])
    def test_a_refusal_is_kept_with_its_reason(self, community: Community, outcome: Outcome) -> None:
        number = give(community).number
        answer(community, number, outcome)
        assert (seen(community, number).state, seen(community, number).outcome) == (CommandState.REFUSED, outcome)

    def test_a_log_is_done_by_the_gateway_itself(self, community: Community) -> None:
        number = give(community, asked(Action.READ_LOG)).number
        report(community, number, EventKind.COMMAND_DONE)
        assert seen(community, number).state is CommandState.WAITING, "the lines are still missing"
        answer(community, number, Outcome.DONE, log=("one", "two"))
        assert (seen(community, number).state, seen(community, number).log) == (CommandState.DONE, ["one", "two"])

    def test_what_nobody_answers_expires_and_is_sent_no_more(self, community: Community) -> None:
        number = give(community).number
        community.now[0] += MOMENT_LIFE_MS
        assert seen(community, number).state is CommandState.UNANSWERED
        with community.transactions.read() as session:
            assert commands.pending(session, community.now[0], ["g-1"]) == []

    def test_a_restored_server_goes_on_behind_what_the_gateway_knows(self, community: Community) -> None:
        number = give(community).number
        answer(community, number, Outcome.OVERTAKEN, newest=70)
        assert give(community).number == 71
        with community.transactions.read() as session:
            assert counter_value(session, commands.COUNTER) == 71

    def test_another_gateways_word_changes_nothing(self, community: Community) -> None:
        number = give(community).number
        answer(community, number, Outcome.TAKEN, gateway="g-2")
        assert seen(community, number).state is CommandState.WAITING

    def test_the_same_key_is_the_same_command(self, community: Community) -> None:
        first = give(community, key="k")
        assert give(community, key="k") == first
        assert give(community, key="k", actor=Actor("user:other", Role.GUARD.value)).number != first.number
        with pytest.raises(Problem) as caught:
            give(community, asked(Action.HOLD_OPEN), key="k")
        assert caught.value.code is Code.EXISTS

    @pytest.mark.parametrize(
        ("one", "code"),
        [
            (asked(point="nowhere"), Code.INVALID),
            (asked(Action.LOCK_DOWN, area="nowhere", level=1), Code.INVALID),
            (asked(Action.LOCK_DOWN, level=None), Code.INVALID),
            (asked(level=2), Code.INVALID),
            (asked(area="compound"), Code.INVALID),
            (CommandIn(action=Action.RELEASE, why="x"), Code.INVALID),
            (CommandIn(action=Action.RELEASE, why="x", point=GATE, area="compound"), Code.INVALID),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, community: Community, one: CommandIn, code: Code) -> None:
        with pytest.raises(Problem) as caught:
            give(community, one)
        assert caught.value.code is code

    @pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
    def test_who_may(self, community: Community, role: Role) -> None:
        actor = Actor(f"user:{role}", role.value)
        for one, roles in (
            (asked(), {Role.ADMIN, Role.GUARD, Role.INSTALLER}),
            (asked(Action.READ_LOG), {Role.ADMIN, Role.INSTALLER}),
        ):
            if role in roles:
                assert give(community, one, actor).state is CommandState.WAITING
            else:
                with pytest.raises(Problem) as caught:
                    give(community, one, actor)
                assert caught.value.code is Code.FORBIDDEN

    def test_a_gateway_that_nobody_believes_takes_no_order(self, community: Community) -> None:
        with community.transactions.work(ADMIN) as work:
            gateways.revoke(work, "g-1")
        with pytest.raises(Problem) as caught:
            give(community)
        assert caught.value.code is Code.WRONG_STATE

    def test_there_is_an_end_to_what_waits(self, community: Community) -> None:
        for _ in range(WAITING_MAX):
            give(community)
        with pytest.raises(Problem) as caught:
            give(community)
        assert caught.value.code is Code.TOO_MANY
        community.now[0] += MOMENT_LIFE_MS
        assert give(community).state is CommandState.WAITING

    def test_an_area_is_locked_down_at_every_gateway_that_serves_it(self, community: Community) -> None:
        with community.transactions.work(ADMIN) as work:
            given = commands.lock_down_area(work, "compound", 3, "a fight")
            assert [(one.gateway, one.action, one.level) for one in given] == [("g-1", Action.LOCK_DOWN, 3)]
            released = commands.lock_down_area(work, "compound", 0, "over")
            assert [(one.action, one.area) for one in released] == [(Action.RELEASE, "compound")]
        with community.transactions.work(ADMIN) as work, pytest.raises(Problem):
            commands.lock_down_area(work, "nowhere", 1, "x")

    def test_the_newest_come_first(self, community: Community) -> None:
        numbers = [give(community).number for _ in range(3)]
        with community.transactions.read() as session:
            assert [one.number for one in commands.listing(session, "g-1", NOW_MS)] == numbers[::-1]
