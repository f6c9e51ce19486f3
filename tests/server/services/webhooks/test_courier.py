"""Messages carried to a real receiver on this machine, which checks their signatures by itself."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from card_protocol.errors import EquipmentFault
from onecard.free_ports import free_port
from server.services.webhooks import courier, webhook_secret, webhooks
from server.services.webhooks.cloud_event import Topic
from server.services.webhooks.courier import Courier
from server.services.webhooks.http_post import HttpPost
from server.services.webhooks.webhooks import DeliveryState, DeliveryView, WebhookIn, WebhookView
from tests.server.build import ADMIN, COMMUNITY, Community
from tests.support.patience import eventually


@dataclass
class Receiver:
    """Another system. `answers` are given in turn, the last one for ever."""

    port: int
    answers: list[int] = field(default_factory=lambda: [204])
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            answer = made.answers.pop(0) if len(made.answers) > 1 else made.answers[0]
            self.send_response(answer)
            self.send_header("Location", made.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", made.port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def post() -> Iterator[HttpPost]:
    made = HttpPost()
    yield made
    made.close()


@pytest.fixture
def carrier(community: Community, post: HttpPost) -> Courier:
    return Courier(community.transactions, community.house.keystore.server.sign, post)


@pytest.fixture
def hook(community: Community, receiver: Receiver) -> WebhookView:
    with community.transactions.work(ADMIN) as work:
        return webhooks.add(work, WebhookIn(url=receiver.url, topics=[Topic.CARD]))


def send(community: Community, hook: WebhookView) -> None:
    with community.transactions.work(ADMIN) as work:
        webhooks.try_out(work, COMMUNITY, hook.id)


def log(community: Community, hook: WebhookView) -> list[DeliveryView]:
    with community.transactions.read() as session:
        return webhooks.deliveries(session, hook.id)


def test_a_message_arrives_once_and_its_signature_holds(
    community: Community, carrier: Courier, receiver: Receiver, hook: WebhookView
) -> None:
    send(community, hook)
    assert (carrier.carry(), carrier.carry()) == (1, 0)
    ((headers, body),) = receiver.got
    secret = webhook_secret.secret_of(community.house.keystore.server.sign, hook.id)
    signed = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}"
    assert headers["content-type"] == "application/cloudevents+json"
    assert json.loads(body)["id"] == headers["webhook-id"]
    assert [one.state for one in log(community, hook)] == [DeliveryState.DELIVERED]


@pytest.mark.parametrize("status", [500, 302, 404])
def test_what_is_not_taken_is_tried_again_with_the_same_bytes(
    status: int, community: Community, carrier: Courier, receiver: Receiver, hook: WebhookView
) -> None:
    receiver.answers = [status, 200]
    send(community, hook)
    carrier.carry()
    (failed,) = log(community, hook)
    assert (failed.state, failed.problem) == (DeliveryState.WAITING, f"answered {status}")
    community.real[0] = failed.due_ms
    carrier.carry()
    assert [one.state for one in log(community, hook)] == [DeliveryState.DELIVERED]
    (first, again) = receiver.got
    assert (first[1], first[0]["webhook-id"]) == (again[1], again[0]["webhook-id"])
    assert first[0]["webhook-timestamp"] != again[0]["webhook-timestamp"]


def test_an_address_that_says_gone_is_told_no_more(
    community: Community, carrier: Courier, receiver: Receiver, hook: WebhookView
) -> None:
    receiver.answers = [410]
    send(community, hook)
    carrier.carry()
    with community.transactions.read() as session:
        assert webhooks.listing(session)[0].ended_ms is not None


def test_nobody_there_is_a_sentence(community: Community, carrier: Courier, post: HttpPost) -> None:
    with community.transactions.work(ADMIN) as work:
        hook = webhooks.add(work, WebhookIn(url=f"http://127.0.0.1:{free_port()}/", topics=[Topic.CARD]))
    send(community, hook)
    carrier.carry()
    assert log(community, hook)[0].problem.startswith("ConnectError")
    with pytest.raises(EquipmentFault):
        post("http://[::1", {}, b"")


def test_the_thread_carries_what_comes_and_survives_a_bad_moment(
    community: Community, carrier: Courier, receiver: Receiver, hook: WebhookView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "IDLE_S", 0.01)
    due, fails = webhooks.due, [RuntimeError("the data base is away")]

    def flaky(*given: Any) -> Any:
        if fails:
            raise fails.pop()
        return due(*given)

    monkeypatch.setattr(webhooks, "due", flaky)
    carrier.stop()  # before it began: nothing to wait for
    again = Courier(community.transactions, community.house.keystore.server.sign, carrier._post)
    again.start()
    send(community, hook)
    eventually(lambda: len(receiver.got) == 1)
    again.stop()
    assert fails == []
