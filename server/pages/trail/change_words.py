"""What a line of the trail says has changed, in words: fields, values and what it is about."""

import json
from collections.abc import Mapping
from typing import Any

from card_protocol.words.schedule import Interval
from server.pages import i18n, marks
from server.pages.access.week import DAYS, kinds, written
from server.pages.activities import activity_words
from server.pages.care.care_words import DEEDS
from server.pages.developers.hook_words import TOPICS
from server.pages.i18n import N_, Language, translator
from server.pages.incidents import incident_words
from server.pages.money import yuan
from server.pages.people.import_words import SUBJECTS as LISTED
from server.pages.privacy import privacy_words
from server.pages.privacy.field_words import FIELDS
from server.pages.property import tickets
from server.pages.users.account import BY as SIGNED_IN_BY
from server.pages.words import (
    CARD_STATES,
    DIRECTIONS,
    EVENT_KINDS,
    HOLDER_KINDS,
    POINT_KINDS,
    PURPOSES,
    REASONS,
    RELATIONS,
    ROLES,
    TENURES,
)
from server.services.audit import AuditView

MORE_FIELDS: dict[str, str] = {
    "action": N_("What was done"),
    "again": N_("To be looked at again"),
    "aim": N_("Purpose"),
    "alarms": N_("Alarms"),
    "app": N_("Authenticator app"),
    "at": N_("Address of the console"),
    "at_once": N_("At once"),
    "by": N_("Signed in by"),
    "by_hand": N_("By hand"),
    "by_mail": N_("Also by mail"),
    "bytes": N_("Size in bytes"),
    "capacity": N_("Most people inside"),
    "card": N_("Card"),
    "cards": N_("Cards"),
    "case": N_("Case"),
    "changed": N_("Changed"),
    "check_value": N_("Check value"),
    "code": N_("Code"),
    "command": N_("Order"),
    "compartments": N_("Parts of the card"),
    "connected": N_("Connected"),
    "counter": N_("Count on the card"),
    "day_limit_fen": N_("At most a day on one card (yuan)"),
    "days": N_("Number of days"),
    "desk": N_("Card desk"),
    "direction": N_("Direction"),
    "disabled": N_("Shut out"),
    "duress": N_("Shown under duress"),
    "en": N_("In English"),
    "end": N_("To"),
    "escort": N_("May take others along"),
    "escorted": N_("Only with an escort"),
    "events": N_("Events"),
    "expires_ms": N_("Ends"),
    "failures": N_("Wrong tries"),
    "first_person": N_("Opens for the first person"),
    "floors": N_("Floors"),
    "forced": N_("Forced"),
    "free": N_("Free by the schedule"),
    "gateway_id": N_("Gateway"),
    "held": N_("Held open"),
    "holder": N_("Person"),
    "holder_id": N_("Person"),
    "holidays": N_("Holidays and days off"),
    "id": N_("Name in the system"),
    "incidents": N_("Incidents"),
    "interlock": N_("Doors of which one opens at a time"),
    "intervals": N_("Hours"),
    "keep_days": N_("Keep for days"),
    "kept": N_("Rows that stay"),
    "key_version": N_("Version of the keys"),
    "level": N_("Level"),
    "levels": N_("Access levels"),
    "lockdown": N_("Enter in a lockdown"),
    "lockdowns": N_("Areas locked down"),
    "max_offline_ms": N_("Works without a network for"),
    "members": N_("Members"),
    "members_only": N_("Members of the Party only"),
    "messages": N_("Messages"),
    "minimum_assurance": N_("How sure the card must be"),
    "name_en": N_("Name in English"),
    "name_zh": N_("Name in Chinese"),
    "needed_by": N_("Needed by"),
    "new": N_("New"),
    "newest": N_("Newest version"),
    "offline": N_("Offline"),
    "oldest": N_("Oldest version"),
    "org": N_("Unit"),
    "others": N_("Other browsers"),
    "overdue": N_("Overdue"),
    "partner_timeout_ms": N_("Wait for the second person"),
    "passback": N_("Anti-passback"),
    "passback_ms": N_("Forgotten after"),
    "passkey": N_("Passkey"),
    "people": N_("People"),
    "persons": N_("People at a time"),
    "price_fen": N_("Price (yuan)"),
    "relation": N_("Relation"),
    "removed": N_("Rows removed"),
    "replaced": N_("Takes the place of an older one"),
    "restored": N_("Set back"),
    "roles": N_("Special roles"),
    "rows": N_("Rows"),
    "rules": N_("Rules"),
    "schedule": N_("Schedule"),
    "scopes": N_("Rights"),
    "serial": N_("Serial number"),
    "signing_key": N_("Key for signing"),
    "start": N_("From"),
    "step": N_("Step"),
    "tenure": N_("They live here as"),
    "to": N_("To"),
    "topics": N_("What it is told of"),
    "uid_waived": N_("Cards without keys too"),
    "undone": N_("Taken back"),
    "unit": N_("Unit"),
    "until": N_("Valid until"),
    "url": N_("Address"),
    "verdict": N_("What comes out"),
    "wait_ms": N_("Locked for"),
    "workdays": N_("Make-up workdays"),
    "year": N_("Year"),
    "zh": N_("In Chinese"),
}
"""Fields that are in no table of the register."""

OWN_FIELDS: dict[tuple[str, str], str] = {
    ("audit.export", "since"): N_("From"),
    ("audit.export", "until"): N_("To"),
    ("event.export", "hour"): N_("Hour"),
    ("event.export", "since"): N_("From"),
    ("event.export", "until"): N_("To"),
    ("holder.merge", "kept"): N_("This entry stays"),
    ("holder.merge", "other"): N_("This entry goes"),
}
"""(action, field): what is called otherwise there."""

SUBJECTS: dict[str, str] = {
    "activity": N_("Meeting or activity"),
    "aim": N_("Purpose"),
    "alarm": N_("Alarm"),
    "area": N_("Area"),
    "card": N_("Card"),
    "gateway": N_("Gateway"),
    "holder": N_("Person"),
    "house": N_("House"),
    "household": N_("Household"),
    "import": N_("List"),
    "incident": N_("Incident"),
    "level": N_("Access level"),
    "notice": N_("Notice"),
    "org": N_("Unit"),
    "parking": N_("Parking permit"),
    "pass": N_("Contractor's pass"),
    "point": N_("Point"),
    "post": N_("Post"),
    "request": N_("Request"),
    "schedule": N_("Schedule"),
    "ticket": N_("Ticket"),
    "token": N_("Token"),
    "user": N_("User"),
    "visitor": N_("Visitor's pass"),
    "webhook": N_("Other system"),
}
"""The kind in `kind:id` -> words."""

PLACES: dict[str, str] = {
    "areas": N_("Areas"),
    "audit": N_("Who did what"),
    "board": N_("Elderly care"),
    "calendar": N_("Calendar"),
    "consents": N_("Consents"),
    "events": N_("Events"),
    "keystore": N_("Keystore"),
    "party": N_("Party members"),
    "points": N_("Meals"),
    "queue": N_("Clinic today"),
    "requests": N_("Requests of people"),
    "shift": N_("Shift"),
    "visits": N_("Home visits"),
}
"""What has no id: there is one of it -> words."""

Words = Mapping[str, Any]

VALUES: dict[tuple[str, str], Words] = {
    ("card", "state"): CARD_STATES,
    ("events", "kind"): EVENT_KINDS,
    ("events", "reason"): REASONS,
    ("household", "relation"): RELATIONS,
    ("household", "tenure"): TENURES,
    ("user", "role"): ROLES,
    ("user", "by"): SIGNED_IN_BY,
    ("token", "role"): ROLES,
    ("webhook", "topics"): TOPICS,
    ("holder", "kind"): HOLDER_KINDS,
    ("holder", "purpose"): {purpose: words[0] for purpose, words in PURPOSES.items()},
    ("holder", "deed"): {deed: words[1] for deed, words in DEEDS.items()},
    ("point", "kind"): {kind: words[1] for kind, words in POINT_KINDS.items()},
    ("point", "direction"): {way: words[1] for way, words in DIRECTIONS.items()},
    ("incident", "state"): {state: words[2] for state, words in incident_words.STATES.items()},
    ("incident", "action"): {action: step.done for action, step in incident_words.STEPS.items()},
    ("request", "state"): {state: words[2] for state, words in privacy_words.STATES.items()},
    ("request", "step"): privacy_words.STEPS,
    ("request", "kind"): privacy_words.KINDS,
    ("aim", "verdict"): {verdict: words[2] for verdict, words in privacy_words.VERDICTS.items()},
    ("ticket", "state"): {state: words[2] for state, words in tickets.STATES.items()},
    ("ticket", "kind"): tickets.KINDS,
    ("ticket", "step"): tickets.STEPS,
    ("import", "subject"): {subject.value: word for subject, word in LISTED.items()},
    ("activity", "state"): {state: words[2] for state, words in activity_words.STATES.items()},
}
"""(kind of the subject, field) -> value -> words."""


SPANS: frozenset[str] = frozenset({"max_offline_ms", "partner_timeout_ms", "passback_ms", "wait_ms"})
"""How long something lasts [ms]; every other `…_ms` is a moment."""

OF_TABLES: frozenset[str] = frozenset({"rows", "kept"})
"""Table -> how many of its rows."""

OLD_MOMENT = "until"
"""Of a certificate [ms]; elsewhere it is a day, as text."""

MINUTE_MS = 60_000


def changes(line: AuditView, language: Language) -> list[tuple[str, str, str]]:
    """(field, before, after) of everything that a line says has changed."""
    before, after = json.loads(line.before), json.loads(line.after)
    kind, _, own = line.subject.partition(":")
    return [
        (
            _field(name, language, line.action),
            _plain(kind, name, before.get(name), language),
            _plain(kind, name, after.get(name), language),
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name) and not (name == "id" and after.get(name, own) == own)
    ]


def subject_words(subject: str, language: Language) -> str:
    """`card:01J…` -> card 01J…; one of a kind that is newer than this page keeps its own name."""
    kind, _, name = subject.partition(":")
    if subject in PLACES:
        return translator(language)(PLACES[subject])
    known = SUBJECTS.get(kind)
    return f"{translator(language)(known)} {name}" if known and name else subject


def _field(name: str, language: Language, action: str = "") -> str:
    words = OWN_FIELDS.get((action, name)) or MORE_FIELDS.get(name) or FIELDS.get(name, name)
    return translator(language)(words)


def _named(counted: Words, name: str, language: Language) -> str:
    return translator(language)(counted[name]) if name in counted else _field(name, language)


def _plain(kind: str, name: str, value: Any, language: Language) -> str:
    """A value in words, where it has some; what is put together, piece by piece."""
    if value is None:
        return ""
    if name == "intervals" and isinstance(value, list):
        return _week(value, language)
    if isinstance(value, list):
        return marks.COMMA[language].join(_plain(kind, name, one, language) for one in value)
    if isinstance(value, dict):
        counted = privacy_words.COUNTED if name in OF_TABLES else {}
        pieces = [(_named(counted, one, language), _plain(kind, one, inner, language)) for one, inner in value.items()]
        return marks.COMMA[language].join(marks.COLON[language].join(pair) for pair in pieces if pair[1])
    if isinstance(value, bool):
        return translator(language)(N_("yes") if value else N_("no"))
    return _number(name, value, language) if isinstance(value, int) else _word(kind, name, str(value), language)


def _word(kind: str, name: str, value: str, language: Language) -> str:
    if name == "restored":  # names of fields
        return _field(value, language)
    words = VALUES.get((kind, name), {})
    return translator(language)(words[value]) if value in words else value


def _number(name: str, value: int, language: Language) -> str:
    """A moment (`…_ms`) as the clock on the wall shows it, a span of time with its unit, money in yuan."""
    if name in SPANS:
        whole = value % MINUTE_MS == 0
        words = translator(language)(N_("%(num)s min") if whole else N_("%(num)s s"))
        return words % {"num": value // MINUTE_MS if whole else f"{value / 1000:g}"}
    if name.endswith("_ms") or name == OLD_MOMENT:
        return i18n.local_time(value)
    return yuan(value) if name.endswith("_fen") else str(value)


def _week(spans: list[dict[str, int]], language: Language) -> str:
    """Hours as the week grid writes them, kind of day by kind of day."""
    intervals = [Interval.model_validate(span) for span in spans]
    days = [f"{translator(language)(DAYS[day])} {hours}" for day in kinds() if (hours := written(intervals, day))]
    return marks.SEMICOLON[language].join(days)
