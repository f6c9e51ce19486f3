"""What people type into forms, as values."""

from datetime import datetime

from card_protocol.words.moment import LOCAL_TIME
from server.pages.i18n import N_

LAST_YEAR = 2200
TIME_PROBLEM = N_("A time is written like 2026-03-01 08:00.")


def moment_of(text: str) -> int:
    """A local time as a browser's field gives it (2026-03-01T08:00) -> wall time [ms]; ValueError when it is none."""
    local = datetime.fromisoformat(text)
    if local.tzinfo is not None or not 1970 < local.year < LAST_YEAR:
        raise ValueError(text)
    return int(local.replace(tzinfo=LOCAL_TIME).timestamp() * 1000)
