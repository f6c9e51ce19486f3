"""Feedback for points without lamp or display: what a display would say, as a line in the log."""

import structlog

from card_protocol.words.reason import Reason
from card_protocol.words.sentences import sentence, service_sentence
from card_protocol.words.service import Answer

_log = structlog.get_logger()


class LogFeedback:
    """Says it in both languages."""

    def __init__(self, point: str) -> None:
        self._point = point

    def show(self, reason: Reason, answer: Answer | None = None) -> None:
        """See `Feedback.show`."""
        said = (service_sentence(answer.service) if answer else sentence(reason)).display
        _log.info("shown", point=self._point, zh=said.zh, en=said.en)
