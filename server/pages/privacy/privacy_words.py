"""What purposes, laws, tables, fields, requests and assessments are called on a screen."""

from server.pages.i18n import N_
from server.services.privacy import fields
from server.services.privacy.aims import Aim, Basis, Law
from server.services.privacy.assessments import Standing, Verdict
from server.services.privacy.register import End
from server.services.privacy.request_life import Clock, Kind, State, Step, Way
from server.services.privacy.staying import Because

AIMS: dict[str, tuple[str, str]] = {
    Aim.ACCESS: (N_("To come in"), N_("Who may pass which door with which card, and who did.")),
    Aim.HOUSEHOLD: (N_("Who lives where"), N_("Households of a house, for the work of the residents' committee.")),
    Aim.PHOTO: (N_("Portrait"), N_("A guard compares it with a face.")),
    Aim.CARE: (N_("Elderly care"), N_("Visits at the care station and at home.")),
    Aim.NOT_SEEN: (N_("Being asked after"), N_("Somebody looks for who was not seen.")),
    Aim.CLINIC: (N_("Clinic"), N_("Arrivals and who is to come again; no diagnosis.")),
    Aim.ACTIVITY: (N_("Activities"), N_("Attendance at meetings and activities.")),
    Aim.PARTY: (N_("Party membership"), N_("Who belongs to which branch; the secretary of the branch alone sees it.")),
    Aim.PURSE: (N_("Meals and purse"), N_("What was paid and added, to the last fen.")),
    Aim.PROPERTY: (N_("Property"), N_("Repairs, parking, contractors.")),
    Aim.INCIDENT: (N_("Incidents"), N_("What happened, who handled it, and that it was closed.")),
    Aim.OFFICE: (N_("Posts and users"), N_("Who holds a post, and who works with this server.")),
    Aim.PROOF: (N_("Proof"), N_("That all this was lawful: the record, consents, requests. The record is never cut.")),
}
"""Purpose -> (name, what for)."""

BASES: dict[str, str] = {
    Basis.CONSENT: N_("Consent"),
    Basis.CONTRACT: N_("Contract"),
    Basis.DUTY: N_("Duty by law"),
    Basis.EMERGENCY: N_("To protect life and property"),
}
LAWS: dict[str, str] = {
    Law.CONSENT: N_("PIPL art. 13 no. 1"),
    Law.CONTRACT: N_("PIPL art. 13 no. 2"),
    Law.DUTY: N_("PIPL art. 13 no. 3"),
    Law.EMERGENCY: N_("PIPL art. 13 no. 4"),
    Law.PICTURES: N_("PIPL art. 26"),
    Law.SEPARATE: N_("PIPL art. 29"),
    Law.AUDITS: N_("PIPL art. 54"),
    Law.ASSESSMENT: N_("PIPL art. 56"),
    Law.LIABILITY: N_("PIPL art. 69"),
    Law.GATES: N_("Standard GB 50396-2007"),
    Law.PARTY: N_("Regulations on the Administration of Party Members"),
    Law.COMMITTEES: N_("Organic Law of Residents' Committees art. 3"),
    Law.PROPERTY: N_("Property Management Regulations art. 2"),
    Law.CLAIMS: N_("Civil Code art. 188"),
}

TABLES: dict[str, str] = {
    "holder": N_("The person"),
    "holder_alias": N_("Earlier entries of the person"),
    "holder_key": N_("What the person is found by"),
    "card": N_("Card"),
    "card_level": N_("What the card opens"),
    "card_log": N_("Whether the card's own log is complete"),
    "card_past": N_("What gateways knew of the card before"),
    "revocation": N_("Revocation"),
    "event": N_("What happened at a point"),
    "alarm": N_("Alarm"),
    "import_line": N_("Line of a list, until a day after"),
    "household_member": N_("Membership of a household"),
    "holder_photo": N_("Portrait"),
    "holder_watch": N_("What the guard is told of a person"),
    "care_watch": N_("Being asked after"),
    "care_absence": N_("Away or in hospital"),
    "care_case": N_("Not seen: a case"),
    "care_step": N_("What was done about a case"),
    "clinic_ticket": N_("Arrival at the clinic"),
    "clinic_recall": N_("To come to the clinic again"),
    "attendance": N_("Attendance at an activity"),
    "party_member": N_("Party membership"),
    "notice_reader": N_("Who gets notices by mail"),
    "notice_mail": N_("Mail of a notice"),
    "purse_entry": N_("Transaction of a purse"),
    "subsidy": N_("Subsidy of meals"),
    "ticket": N_("Ticket of a house"),
    "ticket_message": N_("Message on a ticket"),
    "parking_permit": N_("Parking permit"),
    "contractor_pass": N_("Contractor's pass"),
    "visitor_pass": N_("Visitor's pass"),
    "incident": N_("Incident"),
    "incident_step": N_("Step of an incident"),
    "incident_photo": N_("Picture of an incident"),
    "purse_move": N_("What moved from purse to purse"),
    "roster_post": N_("Post"),
    "user_account": N_("User"),
    "user_session": N_("Signed-in browser"),
    "totp": N_("Authenticator app"),
    "passkey": N_("Passkey"),
    "oidc_link": N_("Unified account"),
    "recovery_code": N_("Recovery code"),
    "consent": N_("Consent"),
    "audit": N_("Line of the record"),
    "privacy_request": N_("Request about own data"),
    "privacy_step": N_("Step of a request"),
}

COUNTED: dict[str, str] = TABLES | {fields.TOGETHER: N_("What care, clinic, activities and Party keep")}
"""The same where rows are counted: those of the fields stand together."""

ENDS: dict[str, str] = {
    End.GONE: N_("is deleted"),
    End.UNNAMED: N_("stays as a count and names nobody"),
    End.KEPT: N_("is kept until its time is over"),
}

BECAUSE: dict[str, str] = {
    Because.CHAIN: N_(
        "a link of the chain that proves the others; without the entry that is deleted it leads to nobody"
    ),
    Because.TRAIL: N_("the record of who did what is a chain and never cut; its lines may name them"),
    Because.GATES: N_("gates must go on refusing the card"),
    Because.WORDS: N_("written by people; it goes when the time of what it belongs to is over"),
    Because.BOOKS: N_("money must add up"),
    Because.PROOF: N_("proves that the request was answered"),
    Because.OFFICE: N_("entered for another purpose, and ended there by hand"),
}
"""Why something stays when a person is forgotten."""

RULES: dict[str, str] = {
    "events.gates": N_("Passages at gates and doors"),
    "alarms": N_("Alarms that were acknowledged"),
    "people.left": N_("People who moved out"),
    "households": N_("Ended memberships of households"),
    "photos": N_("Portraits of people without a card"),
    "events.care": N_("Taps at the care station and at homes"),
    "care.cases": N_("Closed cases of people not seen"),
    "care.tally": N_("Counts of such cases of people who were forgotten"),
    "care.absences": N_("Absences that are over"),
    "events.clinic": N_("Taps at the clinic"),
    "clinic.tickets": N_("Names on numbers of the clinic"),
    "clinic.recalls": N_("Appointments that were kept"),
    "events.activity": N_("Taps at activity rooms"),
    "attendance": N_("Attendance at activities"),
    "mails": N_("Mails of notices that were sent"),
    "purses": N_("Transactions of purses that no card holds"),
    "subsidies": N_("Subsidies that ended"),
    "tickets": N_("Closed tickets"),
    "parking": N_("Parking permits that ended"),
    "passes": N_("Contractors' passes that ended"),
    "visitors": N_("Visitors' passes that ended"),
    "visitors.cards": N_("What visitors had instead of a card"),
    "incidents": N_("Closed incidents"),
    "rosters": N_("Terms of office that ended"),
    "sessions": N_("Sessions of users that ended"),
    "requests": N_("Requests that were answered"),
}

KINDS: dict[str, str] = {
    Kind.ACCESS: N_("To see their data and get a copy"),
    Kind.CORRECTION: N_("To have something corrected"),
    Kind.DELETION: N_("To be deleted"),
    Kind.EXPLAINING: N_("To have the rules explained"),
    Kind.RESTRICTING: N_("Not to be used for something"),
}
WAYS: dict[str, str] = {
    Way.IN_PERSON: N_("In person"),
    Way.TELEPHONE: N_("By telephone"),
    Way.LETTER: N_("By letter"),
    Way.FAMILY: N_("By family or a guardian"),
}
STATES: dict[str, tuple[str, str, str]] = {
    State.ASKED: ("warn", "clock", N_("Asked: who is it?")),
    State.CHECKED: ("warn", "user", N_("Known, to be answered")),
    State.DONE: ("good", "circle-check", N_("Answered")),
    State.REFUSED: ("quiet", "ban", N_("Refused with a reason")),
}
STEPS: dict[str, str] = {
    Step.CHECK: N_("It is they: identity checked"),
    Step.NOTE: N_("Only a note"),
    Step.DO: N_("Done as asked"),
    Step.REFUSE: N_("Refused, for this reason"),
}
CLOCKS: dict[str, tuple[str, str, str]] = {
    Clock.RUNS: ("quiet", "clock", N_("In time")),
    Clock.SOON: ("warn", "clock", N_("Soon due")),
    Clock.OVERDUE: ("bad", "alert-triangle", N_("Overdue")),
    Clock.STOPPED: ("good", "circle-check", N_("Answered in time")),
    Clock.LATE: ("bad", "clock", N_("Answered late")),
}
VERDICTS: dict[str, tuple[str, str, str]] = {
    Verdict.ACCEPTABLE: ("good", "circle-check", N_("Acceptable")),
    Verdict.WITH_MEASURES: ("good", "shield-check", N_("Acceptable with these measures")),
    Verdict.NOT_ACCEPTABLE: ("bad", "ban", N_("Not acceptable")),
}
STANDINGS: dict[str, tuple[str, str, str]] = {
    Standing.MISSING: ("bad", "alert-triangle", N_("Needed and missing")),
    Standing.DUE: ("warn", "clock", N_("To be done again")),
    Standing.REFUSED: ("bad", "ban", N_("Not acceptable")),
    Standing.IN_FORCE: ("good", "circle-check", N_("Done")),
    Standing.NOT_NEEDED: ("quiet", "minus", N_("Not needed")),
}
