"""What somebody looks for in the trail, as they typed it: by whom, about what, on which days."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fastapi import Query
from sqlmodel import Session

from card_protocol.words.moment import local_ms
from server.pages.i18n import N_
from server.services.cards import cards
from server.services.people import holders

TEXT_MAX_CHARS = 120
DAY_PROBLEM = N_("A day is written like 2026-03-01.")
ACTORS = ("user", "token", "gateway", "desk", "terminal")
"""Kinds of those who do something; a name alone may be any of them."""


@dataclass(frozen=True)
class Search:
    """`user:wang` or wang; `card:01J…`, the number of a card, the name of a person or of a user."""

    actor: str = Query("", max_length=TEXT_MAX_CHARS)
    subject: str = Query("", max_length=TEXT_MAX_CHARS)
    since: str = Query("", max_length=TEXT_MAX_CHARS)
    until: str = Query("", max_length=TEXT_MAX_CHARS)
    """Days; the last one is meant with it."""
    problems: list[str] = field(default_factory=list, init=False)

    def query(self) -> dict[str, str]:
        """As it goes into an address; what was left open stays out."""
        names = ("actor", "subject", "since", "until")
        return {name: value for name in names if (value := getattr(self, name).strip())}

    def which(self, session: Session) -> dict[str, Any]:
        """As `audit.trail` takes it; a day that is none is told in `problems`."""
        asked = self.query()
        last = self._day(asked.get("until", ""))
        return {
            "actor": _actors(asked.get("actor", "")),
            "subject": _subjects(session, asked.get("subject", "")),
            "from_ms": _begin(self._day(asked.get("since", ""))),
            "to_ms": _begin(last + timedelta(days=1) if last else None),
        }

    def _day(self, text: str) -> date | None:
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = date.max
        if day is None or 1970 < day.year < 2200:
            return day
        self.problems[:] = [DAY_PROBLEM]
        return None


def _begin(day: date | None) -> int | None:
    return local_ms(day) if day else None


def _actors(text: str) -> list[str] | None:
    if not text:
        return None
    return [text] if ":" in text else [text, *(f"{kind}:{text}" for kind in ACTORS)]


def _subjects(session: Session, text: str) -> list[str] | None:
    """What the text may be the name of; the trail tells names itself, so finding by one tells nothing new."""
    if not text:
        return None
    if ":" in text:
        return [text]
    card = cards.of_number(session, text)
    people = [f"holder:{one}" for one in holders.named(session, text)]
    return [text, f"user:{text}", *([f"card:{card.id}"] if card else []), *people]
