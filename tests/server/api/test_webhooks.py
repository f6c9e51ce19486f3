"""/webhooks as an integrator uses it."""

import pytest
from fastapi.testclient import TestClient

from server.services.roles import Role
from server.services.webhooks import webhook_secret
from tests.server.api.conftest import Client
from tests.server.build import Community

HOOK = {"url": "https://example.com/hook", "topics": ["onecard.alarm", "onecard.tap"]}


@pytest.fixture
def made(admin: TestClient) -> dict[str, object]:
    answer = admin.post("/webhooks", json=HOOK)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    found: dict[str, object] = answer.json()
    return found


def test_an_address_is_added_tried_looked_at_and_ended(admin: TestClient, made: dict[str, object]) -> None:
    assert str(made["secret"]).startswith("whsec_")
    (listed,) = admin.get("/webhooks").json()["items"]
    assert listed == {name: value for name, value in made.items() if name != "secret"}
    sent = admin.post(f"/webhooks/{made['id']}/test").json()
    assert (sent["topic"], sent["state"]) == ("onecard.test", "waiting")
    assert admin.get(f"/webhooks/{made['id']}/deliveries").json()["items"] == [sent]
    assert admin.get(f"/webhooks/{made['id']}/deliveries?state=dead").json()["items"] == []
    assert admin.post(f"/webhooks/deliveries/{sent['id']}/again").status_code == 409
    ended = admin.delete(f"/webhooks/{made['id']}").json()
    assert (ended["ended_why"], ended["dead"]) == ("ended by hand", 1)


def test_the_secret_is_the_one_that_signs(admin: TestClient, community: Community, made: dict[str, object]) -> None:
    secret = webhook_secret.secret_of(community.house.keystore.server.sign, str(made["id"]))
    assert made["secret"] == webhook_secret.shown(secret)


@pytest.mark.parametrize(
    "change", [{"url": "http://example.com/"}, {"url": "x"}, {"topics": []}, {"topics": ["everything"]}, {"more": 1}]
)
def test_what_is_wrong_is_told(change: dict[str, object], admin: TestClient) -> None:
    assert admin.post("/webhooks", json=HOOK | change).status_code == 422


def test_only_an_admin_tells_other_systems(client: Client) -> None:
    assert client(Role.GUARD).post("/webhooks", json=HOOK).status_code == 403
