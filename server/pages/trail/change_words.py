"""What a line of the trail says has changed, in words: fields, values and what it is about."""

import json
from collections.abc import Mapping
from typing import Any

from server.pages import i18n, marks
from server.pages.activities import activity_words
from server.pages.care.care_words import DEEDS
from server.pages.i18n import N_, Language, translator
from server.pages.incidents import incident_words
from server.pages.privacy import privacy_words
from server.pages.privacy.field_words import FIELDS
from server.pages.property import tickets
from server.pages.words import CARD_STATES, DIRECTIONS, HOLDER_KINDS, POINT_KINDS, PURPOSES, ROLES
from server.services.audit import AuditView

MORE_FIELDS: dict[str, str] = {
    "action": N_("What was done"),
    "by": N_("Signed in by"),
    "cards": N_("Cards"),
    "changed": N_("Changed"),
    "disabled": N_("Shut out"),
    "en": N_("In English"),
    "expires_ms": N_("Ends"),
    "holder": N_("Person"),
    "incidents": N_("Incidents"),
    "keep_days": N_("Keep for days"),
    "levels": N_("Access levels"),
    "name_en": N_("Name in English"),
    "name_zh": N_("Name in Chinese"),
    "new": N_("New"),
    "org": N_("Unit"),
    "overdue": N_("Overdue"),
    "people": N_("People"),
    "removed": N_("Rows removed"),
    "rows": N_("Rows"),
    "scopes": N_("Rights"),
    "step": N_("Step"),
    "unit": N_("Unit"),
    "verdict": N_("What comes out"),
    "zh": N_("In Chinese"),
}
"""Fields that are in no table of the register."""

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

Words = Mapping[str, Any]

VALUES: dict[tuple[str, str], Words] = {
    ("card", "state"): CARD_STATES,
    ("user", "role"): ROLES,
    ("token", "role"): ROLES,
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
    ("activity", "state"): {state: words[2] for state, words in activity_words.STATES.items()},
}
"""(kind of the subject, field) -> value -> words."""


def changes(line: AuditView, language: Language) -> list[tuple[str, str, str]]:
    """(field, before, after) of everything that a line says has changed."""
    before, after = json.loads(line.before), json.loads(line.after)
    kind = line.subject.partition(":")[0]
    say = translator(language)
    return [
        (
            say(MORE_FIELDS.get(name) or FIELDS.get(name, name)),
            _plain(kind, name, before.get(name), language),
            _plain(kind, name, after.get(name), language),
        )
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]


def subject_words(subject: str, language: Language) -> str:
    """`card:01J…` -> card 01J…; one of a kind that is newer than this page keeps its own name."""
    kind, _, name = subject.partition(":")
    known = SUBJECTS.get(kind)
    return f"{translator(language)(known)} {name}" if known and name else subject


def _plain(kind: str, name: str, value: Any, language: Language) -> str:
    """A moment (`…_ms`) as the clock on the wall shows it; what has words in its words; the rest as it is."""
    say = translator(language)
    if value is None:
        return ""
    if isinstance(value, bool):
        return say(N_("yes") if value else N_("no"))
    if name.endswith("_ms") and isinstance(value, int):
        return i18n.local_time(value)
    if isinstance(value, list):
        return marks.COMMA[language].join(_plain(kind, name, one, language) for one in value)
    words = VALUES.get((kind, name), {})
    if isinstance(value, str):
        return say(words[value]) if value in words else value
    return json.dumps(value, ensure_ascii=False)
