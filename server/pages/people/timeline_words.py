"""A person's line of time in words."""

from dataclasses import dataclass

from server.pages.activities.activity_words import marks_of
from server.pages.care.care_words import DEEDS
from server.pages.clinic.clinic_words import PLACES, RECALLS
from server.pages.i18n import N_, Language, translator
from server.pages.incidents import incident_words
from server.pages.live.live_views import TapLine, point_name, tap_line
from server.pages.money import money
from server.pages.property import tickets
from server.pages.trail.trail_words import action_words
from server.services.access.access import PointIn
from server.services.people.timeline_kinds import Kind
from server.services.people.timeline_pieces import Moment

KINDS: dict[str, tuple[str, str]] = {
    Kind.PASSAGE: ("door", N_("Gates and doors")),
    Kind.CARE_TAP: ("heart-handshake", N_("Taps at the care station")),
    Kind.CLINIC_TAP: ("stethoscope", N_("Taps at the clinic")),
    Kind.ACTIVITY_TAP: ("activity", N_("Taps at activities")),
    Kind.CARD: ("credit-card", N_("Cards")),
    Kind.RECORD: ("user", N_("Entries")),
    Kind.CONSENT: ("check", N_("Consents")),
    Kind.PRIVACY: ("lock", N_("Own data")),
    Kind.MONEY: ("plus", N_("Money on the card")),
    Kind.MEAL: ("credit-card", N_("Meals")),
    Kind.VISIT: ("home", N_("Home visits")),
    Kind.CARE: ("heart-handshake", N_("Being asked after")),
    Kind.CLINIC: ("stethoscope", N_("Arrivals")),
    Kind.RECALL: ("clock", N_("To come again")),
    Kind.ACTIVITY: ("users", N_("Activities")),
    Kind.PARTY: ("users", N_("Meetings of the Party")),
    Kind.TICKET: ("home", N_("Repairs and talks")),
    Kind.INCIDENT: ("alert-triangle", N_("Incidents")),
}
"""Kind -> (symbol, name)."""


@dataclass(frozen=True)
class Line:
    """A moment in words."""

    at_ms: int
    kind: str
    icon: str
    tap: TapLine | None
    text: str
    href: str
    why: str
    actor: str
    card_id: str | None
    card_number: int | None


def lines(found: list[Moment], points: list[PointIn], language: Language, speed: int) -> list[Line]:
    """Moments in words."""
    known = {point.id: point for point in points}
    return [_line(moment, known, language, speed) for moment in found]


def _line(moment: Moment, known: dict[str, PointIn], language: Language, speed: int) -> Line:
    text, href = _said(moment, known, language)
    return Line(
        moment.at_ms,
        moment.kind.value,
        KINDS[moment.kind][0],
        tap_line(moment.tap, known, language, speed) if moment.tap else None,
        text,
        href,
        moment.why,
        moment.actor,
        moment.card_id,
        moment.card_number,
    )


def _said(moment: Moment, known: dict[str, PointIn], language: Language) -> tuple[str, str]:
    """(words, where they lead)."""
    say = translator(language)
    match moment.kind:
        case Kind.MEAL:
            where = point_name(known[moment.code], language) if moment.code in known else moment.code
            return f"{say(N_('Meal'))} {money(moment.number or 0)} · {where}", ""
        case Kind.VISIT:
            minutes = say(N_("%(count)s minutes")) % {"count": moment.number} if moment.number is not None else ""
            return " · ".join(filter(None, (say(N_("Visited at home")), moment.text, minutes))), ""
        case Kind.CARE:
            return say(DEEDS[moment.code][1]) if moment.code else say(N_("Not seen: a case began")), ""
        case Kind.CLINIC:
            words = {"number": moment.number, "place": say(PLACES[moment.code][2])}
            return say(N_("At the clinic, number %(number)s: %(place)s")) % words, ""
        case Kind.RECALL:
            what = {"what": say(RECALLS[moment.code]), "day": moment.text}
            came = N_("%(what)s: came, due %(day)s") if moment.number else N_("%(what)s: to come on %(day)s")
            return say(came) % what, ""
        case Kind.ACTIVITY | Kind.PARTY:
            return f"{moment.text} · {say(marks_of(moment.state)[moment.code][2])}", f"/activities/{moment.number}"
        case Kind.TICKET:
            state = say(tickets.STATES[moment.code][2])
            return f"{moment.text} · {state}", f"/tickets/{moment.number}"
        case Kind.INCIDENT:
            state = say(incident_words.STATES[moment.code][2])
            return f"{moment.text} · {state}", f"/incidents/{moment.number}"
        case _:
            return (action_words(moment.action, language) if moment.action else ""), ""
