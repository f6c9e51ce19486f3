"""The feed."""

import pytest

from server.services import live
from server.services.live import Feed


def test_everybody_hears_until_they_stop_listening() -> None:
    feed, heard = Feed(), []
    stop = feed.listen(lambda channel, fact: heard.append((channel, dict(fact))))
    feed.publish("card", {"id": 1})
    stop()
    feed.publish("card", {"id": 2})
    assert heard == [("card", {"id": 1})]


def test_a_listener_that_fails_does_not_silence_the_others() -> None:
    feed, heard = Feed(), []

    def fail(*_: object) -> None:
        raise RuntimeError

    feed.listen(fail)
    feed.listen(lambda channel, _fact: heard.append(channel))
    feed.publish("alarm", {})
    assert heard == ["alarm"]


def test_listeners_are_bounded() -> None:
    feed = Feed()
    for _ in range(live.MAX_LISTENERS):
        feed.listen(lambda *_: None)
    with pytest.raises(ValueError, match="listeners"):
        feed.listen(lambda *_: None)
