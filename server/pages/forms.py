"""What people type into forms, as values."""

from datetime import datetime

from card_protocol.words.moment import LOCAL_TIME
from server.pages.i18n import N_, local_time

LAST_YEAR = 2200
UPLOAD_MAX_BYTES = 16 * 1024 * 1024
"""Of a form with a picture or another small file. What is too large for its purpose is told on the page; what is larger
than this is not even read."""

TIME_PROBLEM = N_("A time is written like 2026-03-01 08:00.")


def moment_of(text: str) -> int:
    """A local time as a browser's field gives it (2026-03-01T08:00) -> wall time [ms]; ValueError when it is none."""
    local = datetime.fromisoformat(text)
    if local.tzinfo is not None or not 1970 < local.year < LAST_YEAR:
        raise ValueError(text)
    return int(local.replace(tzinfo=LOCAL_TIME).timestamp() * 1000)


def moment_or_none(text: str) -> int | None:
    """The same for a value object that names its field; None for what is no time."""
    try:
        return moment_of(text)
    except ValueError:
        return None


def field_of(wall_ms: int) -> str:
    """The same the other way round, for a field that is filled in already."""
    return local_time(wall_ms)[:16].replace(" ", "T")
