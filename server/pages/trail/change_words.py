"""What a line of the trail says has changed, in words: fields, values and what it is about."""

import json
from collections.abc import Mapping
from typing import Any

from server.pages import i18n, marks
from server.pages.activities import activity_words
from server.pages.care.care_words import DEEDS
from server.pages.developers.hook_words import TOPICS
from server.pages.i18n import N_, Language, translator
from server.pages.incidents import incident_words
from server.pages.privacy import privacy_words
from server.pages.privacy.field_words import FIELDS
from server.pages.property import tickets
from server.pages.users.account import BY as SIGNED_IN_BY
from server.pages.words import CARD_STATES, DIRECTIONS, HOLDER_KINDS, POINT_KINDS, PURPOSES, ROLES
from server.services.audit import AuditView

MORE_FIELDS: dict[str, str] = {
    "action": N_("What was done"),
    "again": N_("To be looked at again"),
    "aim": N_("Purpose"),
    "app": N_("Authenticator app"),
    "at": N_("Address of the console"),
    "by": N_("Signed in by"),
    "by_hand": N_("By hand"),
    "by_mail": N_("Also by mail"),
    "bytes": N_("Size in bytes"),
    "card": N_("Card"),
    "cards": N_("Cards"),
    "case": N_("Case"),
    "changed": N_("Changed"),
    "check_value": N_("Check value"),
    "code": N_("Code"),
    "command": N_("Order"),
    "compartments": N_("Parts of the card"),
    "connected": N_("Connected"),
    "days": N_("Days"),
    "disabled": N_("Shut out"),
    "en": N_("In English"),
    "events": N_("Events"),
    "expires_ms": N_("Ends"),
    "failures": N_("Wrong tries"),
    "forced": N_("Forced"),
    "holder": N_("Person"),
    "incidents": N_("Incidents"),
    "keep_days": N_("Keep for days"),
    "kept": N_("Rows that stay"),
    "key_version": N_("Version of the keys"),
    "levels": N_("Access levels"),
    "messages": N_("Messages"),
    "name_en": N_("Name in English"),
    "name_zh": N_("Name in Chinese"),
    "needed_by": N_("Needed by"),
    "new": N_("New"),
    "org": N_("Unit"),
    "others": N_("Other browsers"),
    "overdue": N_("Overdue"),
    "passkey": N_("Passkey"),
    "people": N_("People"),
    "removed": N_("Rows removed"),
    "restored": N_("Set back"),
    "rows": N_("Rows"),
    "rules": N_("Rules"),
    "scopes": N_("Rights"),
    "serial": N_("Serial number"),
    "signing_key": N_("Key for signing"),
    "step": N_("Step"),
    "to": N_("To"),
    "topics": N_("What it is told of"),
    "undone": N_("Taken back"),
    "unit": N_("Unit"),
    "until": N_("Valid until"),
    "url": N_("Address"),
    "verdict": N_("What comes out"),
    "wait_ms": N_("Locked for (ms)"),
    "year": N_("Year"),
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
    if subject in PLACES:
        return translator(language)(PLACES[subject])
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
