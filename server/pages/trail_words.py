"""What the actions of the trail are called on a screen."""

from server.pages.i18n import N_, Language, translator

ACTIONS: dict[str, str] = {
    "alarm.acknowledge": N_("Alarm acknowledged"),
    "alarm.forward": N_("Alarm forwarded"),
    "audit.export": N_("This record taken out"),
    "area.remove": N_("Rules of an area removed"),
    "area.set": N_("Rules of an area set"),
    "calendar.official": N_("Official holidays taken over"),
    "calendar.set": N_("Holidays changed"),
    "card.active": N_("Card made to work"),
    "card.forget": N_("Card given up half-way"),
    "card.inspect": N_("Card inspected"),
    "card.issued": N_("Card issued"),
    "card.lost": N_("Card reported lost"),
    "card.recycle": N_("Card wiped for stock"),
    "card.renew": N_("Rights on a card renewed"),
    "card.reserve": N_("Card taken for a person"),
    "card.returned": N_("Card taken back"),
    "card.revoked": N_("Card revoked"),
    "card.rights": N_("Rights of a card changed"),
    "card.stock": N_("Card put into stock"),
    "card.suspended": N_("Card suspended"),
    "card.traits": N_("Special rights of a card changed"),
    "command.forgive": N_("Anti-passback of an area started anew"),
    "command.hold_open": N_("Door ordered to stay open"),
    "command.lock_down": N_("Area ordered locked down"),
    "command.open_once": N_("Door ordered to open"),
    "command.read_log": N_("Log of a gateway asked for"),
    "command.release": N_("Hold or lockdown ordered to end"),
    "command.restart_reader": N_("Reader ordered to restart"),
    "gateway.claim": N_("Claim for a gateway made"),
    "gateway.enrol": N_("Gateway enrolled"),
    "gateway.keys": N_("Keys of a gateway renewed"),
    "gateway.revoke": N_("Gateway no longer trusted"),
    "holder.add": N_("Person entered"),
    "holder.change": N_("Person corrected"),
    "level.remove": N_("Access level removed"),
    "level.set": N_("Access level set"),
    "muster.read": N_("Muster list opened"),
    "org.set": N_("Community or unit set"),
    "point.set": N_("Point set"),
    "privileges.set": N_("Roles with special rights changed"),
    "schedule.set": N_("Schedule set"),
    "session.end": N_("Signed out"),
    "session.start": N_("Signed in"),
    "token.add": N_("Token made"),
    "token.revoke": N_("Token ended"),
    "user.add": N_("User added"),
    "user.change": N_("User changed"),
    "user.locked": N_("User locked after wrong passwords"),
    "user.password": N_("Own password changed"),
    "user.reset": N_("New one-time password made"),
}


def action_words(action: str, language: Language) -> str:
    """The action in words; one that is newer than this page keeps its own name."""
    known = ACTIONS.get(action)
    return translator(language)(known) if known else action
