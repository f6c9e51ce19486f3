"""What personal data is processed for, on which legal basis, and for how long: a literal table.

The law is the Personal Information Protection Law (PIPL, 个人信息保护法, 2021); numbers are its articles.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.services.people.consents import Purpose


class Basis(StrEnum):
    """Art. 13, first paragraph: what makes processing lawful here."""

    CONSENT = "consent"
    """No. 1; separate for what is sensitive (art. 29)."""
    CONTRACT = "contract"
    """No. 2: of residents with the community and the property company, of staff with their employer."""
    DUTY = "duty"
    """No. 3: a duty by law."""
    EMERGENCY = "emergency"
    """No. 4: to protect life, health and property."""


class Law(StrEnum):
    """Where a basis or a time limit stands."""

    CONSENT = "PIPL 13(1)"
    CONTRACT = "PIPL 13(2)"
    DUTY = "PIPL 13(3)"
    EMERGENCY = "PIPL 13(4)"
    PICTURES = "PIPL 26"
    SEPARATE = "PIPL 29"
    """Separate consent for what is sensitive."""
    AUDITS = "PIPL 54"
    ASSESSMENT = "PIPL 56"
    LIABILITY = "PIPL 69"
    GATES = "GB 50396-2007"
    PARTY = "Regulations on Party Members' Education and Administration"
    COMMITTEES = "Residents' Committees Act 3"
    PROPERTY = "Property Management Regulations 2"
    CLAIMS = "Civil Code 188"


class Aim(StrEnum):
    """A purpose."""

    ACCESS = "access"
    """To come in: who may, with which card, through which door, and who did."""
    HOUSEHOLD = "household"
    """Who lives where, with whom."""
    PHOTO = "photo"
    CARE = "care"
    """Visits of and at the care station."""
    NOT_SEEN = "not_seen"
    CLINIC = "clinic"
    ACTIVITY = "activity"
    PARTY = "party"
    """Who is a member of the Party, and of which branch."""
    PURSE = "purse"
    """Meals and money on the card."""
    PROPERTY = "property"
    """Repairs, parking, contractors."""
    INCIDENT = "incident"
    OFFICE = "office"
    """Who holds a post, who works with the server."""
    PROOF = "proof"
    """That all this was lawful: the trail, consents, requests, assessments."""


@dataclass(frozen=True)
class Processing:
    """How a purpose is processed."""

    basis: Basis
    laws: tuple[Law, ...]
    """Where the basis and the time stand."""
    sensitive: bool
    """Art. 28: health, whereabouts, belief, and everything of those under fourteen."""
    keep_days: int
    """How long, unless the community says otherwise. The trail itself is never cut: it is what proves the rest."""
    least_days: int = 0
    """What another law asks for."""
    consent: Purpose | None = None


YEAR_DAYS = 365
MOST_DAYS = 10 * YEAR_DAYS
CLAIMS_DAYS = 3 * YEAR_DAYS
"""Claims lapse after three years (Civil Code art. 188)."""

GATE_DAYS = 180
"""GB 50396-2007: events of an access control system are kept for 180 days at least."""

_L = Law
_OWN = (_L.CONSENT, _L.SEPARATE)
PROCESSINGS: dict[Aim, Processing] = {
    Aim.ACCESS: Processing(Basis.CONTRACT, (_L.CONTRACT, _L.GATES), True, YEAR_DAYS, GATE_DAYS),
    Aim.HOUSEHOLD: Processing(Basis.DUTY, (_L.DUTY, _L.COMMITTEES), False, YEAR_DAYS),
    Aim.PHOTO: Processing(Basis.CONSENT, (_L.CONSENT, _L.PICTURES), False, 30, consent=Purpose.PHOTO),
    Aim.CARE: Processing(Basis.CONSENT, _OWN, True, YEAR_DAYS, consent=Purpose.CARE),
    Aim.NOT_SEEN: Processing(Basis.CONSENT, _OWN, True, 2 * YEAR_DAYS, consent=Purpose.NOT_SEEN),
    Aim.CLINIC: Processing(Basis.CONSENT, _OWN, True, YEAR_DAYS, consent=Purpose.CLINIC),
    Aim.ACTIVITY: Processing(Basis.CONSENT, _OWN, True, 2 * YEAR_DAYS, consent=Purpose.ACTIVITY),
    Aim.PARTY: Processing(Basis.DUTY, (_L.DUTY, _L.PARTY), True, YEAR_DAYS),
    Aim.PURSE: Processing(Basis.CONTRACT, (_L.CONTRACT, _L.CLAIMS), False, CLAIMS_DAYS, CLAIMS_DAYS),
    Aim.PROPERTY: Processing(Basis.CONTRACT, (_L.CONTRACT, _L.PROPERTY, _L.CLAIMS), False, CLAIMS_DAYS),
    Aim.INCIDENT: Processing(Basis.EMERGENCY, (_L.DUTY, _L.EMERGENCY, _L.CLAIMS), True, CLAIMS_DAYS),
    Aim.OFFICE: Processing(Basis.CONTRACT, (_L.CONTRACT,), False, YEAR_DAYS),
    Aim.PROOF: Processing(
        Basis.DUTY, (_L.DUTY, _L.AUDITS, _L.ASSESSMENT, _L.LIABILITY), False, CLAIMS_DAYS, CLAIMS_DAYS
    ),
}
"""Every purpose."""

BY_CONSENT: dict[Purpose, Aim] = {
    processing.consent: aim for aim, processing in PROCESSINGS.items() if processing.consent is not None
}
"""What a consent allows."""
