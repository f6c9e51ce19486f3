"""Feedback in the log."""

from structlog.testing import capture_logs

from card_protocol.words.reason import Reason
from edge.drivers.log_feedback import LogFeedback


def test_what_a_display_would_say_is_in_the_log_in_both_languages() -> None:
    with capture_logs() as logs:
        LogFeedback("gate-1").show(Reason.PULLED_AWAY)
    assert logs == [
        {
            "event": "shown",
            "log_level": "info",
            "point": "gate-1",
            "zh": "请把卡贴稳再拿开",
            "en": "Hold the card still",
        }
    ]
