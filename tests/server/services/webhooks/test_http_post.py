"""The HTTP client: covered with the courier, whose receiver is a real one (test_courier)."""

from server.services.webhooks import http_post


def test_it_waits_a_bounded_time_and_follows_nobody() -> None:
    post = http_post.HttpPost()
    assert post._client.timeout.read == http_post.TIMEOUT_S
    assert post._client.follow_redirects is False
    post.close()
