"""Feedback for points without lamp or display: a line in the log."""

import structlog

from card_protocol.words.reason import Reason

_log = structlog.get_logger()


class LogFeedback:
    """Says what a display would say."""

    def __init__(self, point: str) -> None:
        self._point = point

    def show(self, reason: Reason) -> None:
        """See `Feedback.show`."""
        _log.info("shown", point=self._point, reason=reason.value)
