"""What fields, questions, their rows and series are called on a screen, and how each is drawn."""

from dataclasses import dataclass

from server.pages.i18n import N_
from server.services.statistics.gate_answers import FAULTS
from server.services.statistics.questions import Field, Question

FIELDS: dict[str, tuple[str, str]] = {
    Field.GATES: ("door-enter", N_("Gates")),
    Field.CARE: ("heart-handshake", N_("Elderly care")),
    Field.CLINIC: ("stethoscope", N_("Clinic")),
    Field.ACTIVITIES: ("users", N_("Activities")),
    Field.INCIDENTS: ("alert-triangle", N_("Incidents")),
    Field.PROPERTY: ("home", N_("Property")),
}


@dataclass(frozen=True)
class Drawn:
    """How a question is asked and its answer drawn."""

    words: str
    row: str
    """What a row is."""
    series: tuple[str, ...]
    chart: str
    """bar, line, stack (bars on one another) or pie."""


QUESTIONS: dict[str, Drawn] = {
    Question.FAILING: Drawn(
        N_("Which gates fail?"),
        N_("Point"),
        (N_("Reader"), N_("Lock"), N_("Wires"), N_("Forced"), N_("Left open"), N_("Slow")),
        "stack",
    ),
    Question.PEAKS: Drawn(N_("When are the peaks?"), N_("Hour"), (N_("Passages"),), "bar"),
    Question.REFUSED: Drawn(N_("Why are people refused?"), N_("Reason"), (N_("Refusals"),), "bar"),
    Question.UNUSED: Drawn(N_("Which cards were not used in 90 days?"), N_("Cards"), (N_("How many"),), "pie"),
    Question.MEALS: Drawn(
        N_("How many meals are eaten at the care stations?"), N_("Day"), (N_("Meals"), N_("People")), "line"
    ),
    Question.ALARMS: Drawn(N_("Were people in need who were not seen?"), N_("What it was"), (N_("Cases"),), "pie"),
    Question.ARRIVALS: Drawn(N_("How many people come to the clinic?"), N_("Day"), (N_("Arrivals"),), "line"),
    Question.RECALLS: Drawn(N_("Do people come again when they are to?"), N_("How"), (N_("Appointments"),), "pie"),
    Question.ATTENDED: Drawn(N_("Who comes to activities?"), N_("Kind"), (N_("People present"),), "bar"),
    Question.LEVELS: Drawn(
        N_("At which level do incidents lie, and how many were late?"),
        N_("Level"),
        (N_("Under way"), N_("Finished"), N_("Late now or before, of both")),
        "bar",
    ),
    Question.MATTERS: Drawn(N_("What are incidents about?"), N_("About"), (N_("Incidents"),), "bar"),
    Question.REPAIRS: Drawn(N_("How long do repairs take?"), N_("Until it was done"), (N_("Repairs"),), "bar"),
}

assert len(QUESTIONS[Question.FAILING].series) == len(FAULTS)

ROWS: dict[tuple[str, str], str] = {
    (Question.UNUSED, "used"): N_("Used"),
    (Question.UNUSED, "old"): N_("Not for 90 days"),
    (Question.UNUSED, "never"): N_("Never"),
    (Question.ALARMS, "true"): N_("In need: a true alarm"),
    (Question.ALARMS, "false"): N_("Well: a false alarm"),
    (Question.ALARMS, "other"): N_("Ended otherwise"),
    (Question.RECALLS, "kept"): N_("Came by the day"),
    (Question.RECALLS, "late"): N_("Came later"),
    (Question.RECALLS, "open"): N_("Have not come"),
    (Question.REPAIRS, "one"): N_("Within a day"),
    (Question.REPAIRS, "three"): N_("1 to 3 days"),
    (Question.REPAIRS, "seven"): N_("3 to 7 days"),
    (Question.REPAIRS, "longer"): N_("Longer"),
    (Question.REPAIRS, "waiting"): N_("Still waiting"),
}
"""(question, key) -> words; points, reasons, levels, matters, days and hours have words of their own."""

SPANS: dict[int, str] = {7: N_("7 days"), 30: N_("30 days"), 90: N_("90 days")}
