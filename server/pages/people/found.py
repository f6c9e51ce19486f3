"""People to choose from, by a search beside a form: as many as fit under it, and whether there are more."""

from typing import Any

from sqlmodel import Session

from server.services.people import holders

FOUND_ITEMS = 8
SEARCH_MAX_CHARS = 100


def found_by(session: Session, q: str, *, limit: int = FOUND_ITEMS) -> dict[str, Any]:
    """For a template: `q` as it was searched for, `found`, and `goes_on` (the macro of that name in parts/forms.html).

    Who has searched for nothing has found nobody.
    """
    text = q.strip()[:SEARCH_MAX_CHARS]
    if not text:
        return {"q": "", "found": [], "goes_on": False}
    seen = holders.search(session, text, limit=limit)
    return {"q": text, "found": seen.items, "goes_on": seen.next is not None}
