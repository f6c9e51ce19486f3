"""Why a message did not arrive, in words."""

import pytest

from server.pages.developers.hook_words import CHOICES, STATES, TOPICS, problem_words, state_of
from server.pages.i18n import Language
from server.services.webhooks.cloud_event import Topic
from server.services.webhooks.webhooks import DeliveryState, WebhookView

VIEW = WebhookView(
    id="1",
    url="https://example.com/",
    topics=[],
    created_ms=1,
    paused_ms=None,
    ended_ms=None,
    ended_why="",
    waiting=0,
    dead=0,
    delivered_ms=None,
    problem="",
)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("", ""),
        ("answered 401", "It answered that it does not know us: its secret may be another."),
        ("answered 503", "Its program failed (status 503)."),
        ("answered 302", "It sends us elsewhere (status 302): enter that address."),
        ("answered 418", "It did not want the message (status 418)."),
        ("10000 messages were waiting already", "10000 messages were waiting already."),
        ("ConnectTimeout: timed out", "No answer in time."),
        ("ConnectError: [Errno -2] Name or service not known", "There is no host of this name."),
        ("the address is told no more", "The address is told no more."),
        ("Strange: never seen", "Strange: never seen"),
    ],
)
def test_what_the_network_said_is_told_in_words(problem, words):
    assert problem_words(problem, Language.EN) == words


def test_the_worst_that_is_true_of_an_address_is_its_state():
    worse = [{}, {"dead": 1}, {"problem": "answered 503"}, {"paused_ms": 1}, {"ended_ms": 1}]
    said, so_far = [], {}
    for more in worse:
        so_far |= more
        said.append(state_of(VIEW.model_copy(update=so_far))[2])
    assert said == ["Is told", "Some messages were given up", "Messages do not arrive", "Paused", "Told no more"]


def test_everything_has_words():
    assert set(TOPICS) == set(Topic)
    assert set(STATES) == set(DeliveryState)
    assert set(Topic) - set(CHOICES) == {Topic.TEST}
