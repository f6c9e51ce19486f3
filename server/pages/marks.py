"""What stands between the pieces of a line, as each language writes it, and what those who did something are called.

A whole sentence belongs into the catalogues; these are for lists and labels that are put together from pieces.
"""

import re

from server.pages.i18n import N_, Language, translator
from server.pages.words import PURPOSES

USER = "user:"

COMMA = {Language.ZH: "、", Language.EN: ", "}
COLON = {Language.ZH: "：", Language.EN: ": "}
SEMICOLON = {Language.ZH: "；", Language.EN: "; "}
STOP = {Language.ZH: "。", Language.EN: "."}
GAP = {Language.ZH: "", Language.EN: " "}
"""Between two sentences."""
_BRACKETS = {Language.ZH: "（{}）", Language.EN: " ({})"}

_ITSELF: dict[str, str] = {
    "system": N_("the system"),
    "intake": N_("the system"),
    "nobody": N_("nobody who was signed in"),
}
_KINDS: dict[str, str] = {
    "token": N_("program %(name)s"),
    "desk": N_("card desk %(name)s"),
    "gateway": N_("gateway %(name)s"),
    "terminal": N_("%(name)s, at the server's terminal"),
}

_BY_ITSELF: dict[str, str] = {
    "hours over": N_("its hours are over"),
    "used up": N_("it has let in as often as it may"),
    "recycled": N_("wiped for stock"),
    "moved to another branch": N_("moved to another branch"),
    "no longer in the Party": N_("no longer in the Party"),
    "has died": N_("has died"),
    "entered by mistake": N_("entered by mistake"),
    "its money was moved to another card": N_("its money was moved to another card"),
    "ended by hand": N_("ended by hand"),
    "Visitor's code scanned at the gate house.": N_("Visitor's code scanned at the gate house."),
    "Asked for on the gateway's page.": N_("Asked for on the gateway's page."),
    "the address answered 410 Gone": N_("the address answered that it is gone for good"),
}
_WITH_NUMBER: dict[str, str] = {
    "request": N_("request no. %(number)s"),
    "import": N_("a list from Excel"),
    "incident": N_("Incident no. %(number)s"),
}
_WITHDRAWN = "consent withdrawn: "


def who(actor: str, language: Language) -> str:
    """Somebody of the trail (services.work.Actor.name) in words: a user by their name alone."""
    say = translator(language)
    if actor in _ITSELF:
        return say(_ITSELF[actor])
    kind, _, name = actor.partition(":")
    return say(_KINDS[kind]) % {"name": name} if kind in _KINDS else actor.removeprefix(USER)


def brackets(text: object, language: Language) -> str:
    """A remark behind a word, in the language's own brackets: the English ones with the blank before them."""
    return _BRACKETS[language].format(text)


def why(text: str, language: Language) -> str:
    """The reason of something: what a person wrote stays as it is, what the server gave by itself is told in words."""
    say = translator(language)
    if text in _BY_ITSELF:
        return say(_BY_ITSELF[text])
    purpose = text.removeprefix(_WITHDRAWN)
    if purpose != text and purpose in PURPOSES:
        return say(N_("consent taken back: %(purpose)s")) % {"purpose": say(PURPOSES[purpose][0])}
    numbered = re.fullmatch(r"(request|import|incident)[ :](\w+)", text)
    return say(_WITH_NUMBER[numbered[1]]) % {"number": numbered[2]} if numbered else text
