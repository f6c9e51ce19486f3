"""Which table holds what about people, what for, and how it is found: the register of processing (PIPL 51, 54).

A test compares it with the tables: a new table or column about people has no place until somebody says what it is for.
What becomes of a row when its person is forgotten stands here too, so that access requests, deletion requests and the
nightly deletion all read one list.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.services.privacy.aims import Aim


class Found(StrEnum):
    """How the rows of one person are found."""

    HOLDER = "holder_id"
    SELF = "id"
    """The person's own entry."""
    CARD = "card_id"
    PSEUDONYM = "pseudonym"
    """By the pseudonym that gateways know, the present one and earlier ones."""
    CASE = "case_id"
    TARGET = "target"
    BY_NAME = "by name"
    """By no key: whoever answers a request looks for it by name, house or plate."""


class End(StrEnum):
    """What becomes of a row when its person is forgotten (PIPL art. 47)."""

    GONE = "gone"
    UNNAMED = "unnamed"
    """It stays as a count, and names nobody."""
    KEPT = "kept"
    """A law or a claim needs it (art. 47, last sentence: stored, and not used for anything else)."""


@dataclass(frozen=True)
class Use:
    """A table of people's data."""

    aim: Aim
    found: Found
    end: End
    fields: tuple[str, ...]
    """What of it is about somebody; the other columns are keys and states."""
    blanked: tuple[tuple[str, object], ...] = ()
    """For UNNAMED: what its columns become."""


_NOBODY = (("holder_id", None),)
_A, _F, _E = Aim, Found, End
REGISTER: dict[str, Use] = {
    "holder": Use(_A.ACCESS, _F.SELF, _E.GONE, ("name", "house", "phone_tail", "kind", "tags", "id_mark", "pseudonym")),
    "holder_alias": Use(_A.ACCESS, _F.HOLDER, _E.GONE, ("pseudonym", "old_id", "merged_ms")),
    "holder_key": Use(_A.ACCESS, _F.HOLDER, _E.GONE, ("key",)),
    "card": Use(
        _A.ACCESS,
        _F.HOLDER,
        _E.UNNAMED,
        ("number", "uid", "state", "valid_from_ms", "valid_to_ms", "issued_ms", "traits"),
        _NOBODY,
    ),
    "card_level": Use(_A.ACCESS, _F.CARD, _E.KEPT, ("level_id",)),
    "card_log": Use(_A.ACCESS, _F.CARD, _E.KEPT, ("complete", "reported", "torn", "missing")),
    "card_past": Use(_A.ACCESS, _F.CARD, _E.KEPT, ("entry", "until_ms")),
    "revocation": Use(_A.ACCESS, _F.CARD, _E.KEPT, ("state", "at_ms")),
    "event": Use(_A.ACCESS, _F.PSEUDONYM, _E.KEPT, ("kind", "point", "reason", "wall_ms")),
    "alarm": Use(_A.ACCESS, _F.CARD, _E.UNNAMED, ("kind", "point", "at_ms", "note"), (("card_id", None), ("note", ""))),
    "import_line": Use(_A.ACCESS, _F.TARGET, _E.GONE, ("cells", "made", "before")),
    "household_member": Use(_A.HOUSEHOLD, _F.HOLDER, _E.GONE, ("household_id", "relation", "from_ms", "to_ms")),
    "holder_photo": Use(_A.PHOTO, _F.HOLDER, _E.GONE, ("data", "changed_ms")),
    "holder_watch": Use(_A.ACCESS, _F.HOLDER, _E.GONE, ("todo", "since_ms")),
    "care_watch": Use(
        _A.NOT_SEEN,
        _F.HOLDER,
        _E.GONE,
        ("contact_name", "contact_phone", "home_point", "since_ms", "status", "last_ms", "silence_ms", "usual_ms"),
    ),
    "care_absence": Use(_A.NOT_SEEN, _F.HOLDER, _E.GONE, ("kind", "from_ms", "to_ms")),
    "care_case": Use(
        _A.NOT_SEEN, _F.HOLDER, _E.GONE, ("stage", "opened_ms", "last_ms", "silence_ms", "outcome", "closed_ms")
    ),
    "care_step": Use(_A.NOT_SEEN, _F.CASE, _E.GONE, ("at_ms", "deed", "stage", "actor", "note")),
    "clinic_ticket": Use(
        _A.CLINIC,
        _F.HOLDER,
        _E.UNNAMED,
        ("point", "day", "number", "arrived_ms", "inside_ms", "ended_ms"),
        (*_NOBODY, ("card_id", None)),
    ),
    "clinic_recall": Use(_A.CLINIC, _F.HOLDER, _E.GONE, ("kind", "due", "every_days", "done")),
    "attendance": Use(
        _A.ACTIVITY, _F.HOLDER, _E.UNNAMED, ("number", "mark", "way", "at_ms", "why"), (*_NOBODY, ("card_id", None))
    ),
    "party_member": Use(_A.PARTY, _F.HOLDER, _E.GONE, ("standing", "branch", "since", "changed_ms")),
    "notice_reader": Use(_A.HOUSEHOLD, _F.BY_NAME, _E.KEPT, ("address", "name", "since_ms")),
    "notice_mail": Use(_A.HOUSEHOLD, _F.BY_NAME, _E.KEPT, ("address", "state", "created_ms")),
    "purse_entry": Use(
        _A.PURSE, _F.HOLDER, _E.UNNAMED, ("point", "amount", "subsidy", "value", "state", "at_ms"), _NOBODY
    ),
    "purse_move": Use(_A.PURSE, _F.CARD, _E.KEPT, ("to_card_id", "at_ms", "why")),
    "subsidy": Use(_A.PURSE, _F.HOLDER, _E.GONE, ("per_meal", "day_limit", "first", "last")),
    "ticket": Use(_A.PROPERTY, _F.BY_NAME, _E.KEPT, ("title", "house", "assignee", "opened_by")),
    "ticket_message": Use(_A.PROPERTY, _F.BY_NAME, _E.KEPT, ("text", "actor", "at_ms")),
    "parking_permit": Use(_A.PROPERTY, _F.BY_NAME, _E.KEPT, ("plate", "house", "place", "from_day", "to_day")),
    "contractor_pass": Use(
        _A.PROPERTY,
        _F.HOLDER,
        _E.UNNAMED,
        ("name", "company", "level_id", "from_day", "to_day"),
        (*_NOBODY, ("name", "")),
    ),
    "visitor_pass": Use(
        _A.ACCESS,
        _F.HOLDER,
        _E.UNNAMED,
        ("name", "host", "points", "uses", "from_ms", "to_ms"),
        (*_NOBODY, ("name", ""), ("host", "")),
    ),
    "incident": Use(
        _A.INCIDENT,
        _F.HOLDER,
        _E.UNNAMED,
        ("title", "text", "house", "point", "state", "reported_ms"),
        (*_NOBODY, ("house", "")),
    ),
    "incident_step": Use(_A.INCIDENT, _F.BY_NAME, _E.KEPT, ("why", "actor", "at_ms")),
    "incident_photo": Use(_A.INCIDENT, _F.BY_NAME, _E.KEPT, ("data",)),
    "roster_post": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("name", "body", "title", "area", "from_day", "to_day")),
    "user_account": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("name", "role", "password_hash")),
    "user_session": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("agent", "created_ms", "seen_ms")),
    "totp": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("box",)),
    "passkey": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("name", "credential")),
    "oidc_link": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("issuer", "subject", "created_ms")),
    "recovery_code": Use(_A.OFFICE, _F.BY_NAME, _E.KEPT, ("mark",)),
    "consent": Use(_A.PROOF, _F.HOLDER, _E.GONE, ("purpose", "given", "notice", "at_ms", "actor")),
    "audit": Use(_A.PROOF, _F.BY_NAME, _E.KEPT, ("actor", "subject", "before", "after", "why")),
    "privacy_request": Use(_A.PROOF, _F.HOLDER, _E.KEPT, ("name", "kind", "way", "text", "asked_ms", "due_ms")),
    "privacy_step": Use(_A.PROOF, _F.BY_NAME, _E.KEPT, ("actor", "note", "at_ms")),
}
"""Table -> what it is for."""

NOBODYS = frozenset(
    {
        "access_level",
        "access_level_point",
        "ack_seal",
        "activity",
        "alarm_told",
        "api_token",
        "area",
        "authority",
        "batch_seal",
        "calendar_day",
        "card_gone",
        "cards_base",
        "care_tally",
        "certificate",
        "command",
        "counter",
        "dead_letter",
        "event_gone",
        "gateway",
        "gateway_outage",
        "hole",
        "house",
        "household",
        "import_batch",
        "import_mapping",
        "incident_source",
        "intake_position",
        "intake_shard",
        "intake_worker",
        "kept_answer",
        "key_versions",
        "notice",
        "org_unit",
        "point",
        "policy_blob",
        "policy_past",
        "policy_version",
        "privacy_assessment",
        "privacy_night",
        "privileges",
        "quarantine",
        "refused_message",
        "request_once",
        "retention",
        "revocation_applied",
        "schedule",
        "webhook",
        "webhook_delivery",
    }
)
"""Tables in which no resident is named: things, places, keys, and messages that only carry pseudonyms."""

WHO_COLUMNS = frozenset({"holder_id", "pseudonym", "holder", "plate", "contact_phone", "phone_tail", "id_mark"})
"""A table with one of these is about people, whatever it says."""


def tables_of(aim: Aim) -> dict[str, Use]:
    """What is kept for a purpose."""
    return {name: use for name, use in REGISTER.items() if use.aim is aim}
