"""A sounder in the log."""

from structlog.testing import capture_logs

from edge.drivers.log_sounder import LogSounder
from edge.ports.door import Sound


def test_what_a_buzzer_would_do_is_in_the_log() -> None:
    with capture_logs() as logs:
        LogSounder("gate-1").sound(Sound.ALARM)
    assert logs == [{"event": "sounder", "log_level": "info", "point": "gate-1", "sound": "alarm"}]
