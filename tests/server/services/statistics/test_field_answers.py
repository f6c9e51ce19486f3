"""Answers about care, clinic, incidents and property, on both data bases."""

from card_protocol.words.moment import DAY_MS
from server.services.statistics import field_answers as answers
from server.tables import CareCaseRow, ClinicTicketRow, IncidentRow, TicketMessageRow, TicketRow
from tests.server.build import ADMIN, COMMUNITY, NOW_MS, Community
from tests.server.incident_town import STREET
from tests.server.services.people.every_kind import everything_happened
from tests.server.services.privacy.lives import lived

SINCE_MS = NOW_MS - 7 * DAY_MS


def told(lines: list[answers.Line]) -> dict[str, tuple[int | None, ...]]:
    return {line.key: line.values for line in lines}


def test_care_and_clinic(community: Community) -> None:
    one, _other = lived(community), lived(community, "04010203040507")
    with community.transactions.work(ADMIN) as work:
        for number, outcome in enumerate(("helped", "away")):
            work.session.add(
                CareCaseRow(
                    id=f"{number}" * 26,
                    holder_id=one.holder,
                    stage="closed",
                    opened_ms=1,
                    closed_ms=NOW_MS,
                    outcome=outcome,
                )
            )
        old = {"place": "done", "arrived_ms": 1, "since_ms": 1}
        work.session.add(ClinicTicketRow(id="T" * 26, point="clinic", day="2025-01-01", number=9, **old))
    with community.transactions.read() as session:
        meals = told(answers.meals(session, SINCE_MS, NOW_MS))
        assert (len(meals), meals["2026-03-01"], meals["2026-02-28"]) == (8, (2, 2), (0, 0))
        cases = told(answers.alarms(session, SINCE_MS))
        assert sum(values[0] or 0 for values in cases.values()) == 4
        assert cases["true"] == (1,)
        assert told(answers.arrivals(session, SINCE_MS, NOW_MS))["2026-03-01"] == (2,)
        assert told(answers.recalls(session, SINCE_MS, NOW_MS)) == {"kept": (0,), "late": (0,), "open": (0,)}
        later = NOW_MS + DAY_MS
        assert told(answers.recalls(session, SINCE_MS, later))["kept"] == (2,)


def test_incidents_by_level(community: Community) -> None:
    plain = {"urgency": "normal", "reported_by": "user:g", "reported_ms": NOW_MS, "changed_ms": NOW_MS}
    rows = [
        ("safety", "filed", COMMUNITY, NOW_MS - 1, 0),
        ("safety", "filed", STREET, NOW_MS + DAY_MS, 1),
        ("order", "closed", STREET, None, 0),
    ]
    with community.transactions.work(ADMIN) as work:
        for number, (matter, state, unit, due, overdue) in enumerate(rows, 1):
            work.session.add(
                IncidentRow(
                    number=number,
                    matter=matter,
                    title="x",
                    state=state,
                    unit=unit,
                    due_ms=due,
                    overdue=overdue,
                    **plain,
                )
            )
    with community.transactions.read() as session:
        found = told(answers.levels(session, SINCE_MS, NOW_MS))
        assert (found["community"], found["street"], found["district"]) == ((1, 0, 1), (1, 1, 1), (0, 0, 0))
        assert told(answers.matters(session, SINCE_MS))["safety"] == (2,)


def test_who_comes_to_activities(community: Community) -> None:
    everything_happened(community)
    with community.transactions.read() as session:
        found = told(answers.attended(session, SINCE_MS))
    assert found["volunteer"] == (1,)
    assert "party_meeting" not in found


def test_how_long_repairs_take(community: Community) -> None:
    plain = {"kind": "repair", "title": "x", "house": "1", "opened_by": "a", "opened_ms": NOW_MS, "changed_ms": NOW_MS}
    with community.transactions.work(ADMIN) as work:
        for number, (state, took) in enumerate((("done", 1), ("closed", 2 * DAY_MS), ("open", None), ("closed", None))):
            work.session.add(TicketRow(number=number + 1, state=state, **plain))
            work.session.flush()
            if took is not None:
                said = {"actor": "a", "party": "property", "text": "x", "step": "done"}
                work.session.add(TicketMessageRow(number=number + 1, turn=1, at_ms=NOW_MS + took, **said))
    with community.transactions.read() as session:
        found = {key: values[0] for key, values in told(answers.repairs(session, SINCE_MS)).items()}
    assert found == {"one": 1, "three": 1, "seven": 0, "longer": 0, "waiting": 1}
