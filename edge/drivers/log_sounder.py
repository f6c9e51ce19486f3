"""A door without a buzzer: what it would do, as a line in the log."""

import structlog

from edge.ports.door import Sound

_log = structlog.get_logger()


class LogSounder:
    """Says it."""

    def __init__(self, point: str) -> None:
        self._point = point

    def sound(self, sound: Sound) -> None:
        """See `DoorSounder.sound`."""
        _log.info("sounder", point=self._point, sound=sound.value)
