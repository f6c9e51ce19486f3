"""How long the server was not heard of, from what the gateway's daemon keeps (`health.json`)."""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from card_protocol.words.moment import Moment
from gateway.core.health import Vitals
from gateway.drivers.health_keeper import FILE_NAME, MEASURE_EVERY_NS

FRESH_MS: Final = 3 * MEASURE_EVERY_NS // 1_000_000
"""A measurement of this age is one of now."""

NEVER_MS: Final = 2**62


class LinkFile:
    """Read anew for each question: it is asked only at points with a level that ends offline."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE_NAME

    def offline_ms(self, moment: Moment, heard_ms: int = 0) -> int:
        """Milliseconds; `heard_ms` is a wall time at which the server was heard for certain (its newest policy)."""
        try:
            vitals = Vitals.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            last_ms = heard_ms
        else:
            if vitals.online and 0 <= moment.wall_ms - vitals.at_ms < FRESH_MS:
                return 0
            last_ms = max(heard_ms, vitals.heard_ms)
        return max(0, moment.wall_ms - last_ms) if last_ms else NEVER_MS
