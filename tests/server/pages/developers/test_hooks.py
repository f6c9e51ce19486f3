"""Other systems that are told, on their page."""

import re

import pytest

from server.services.roles import Role
from server.services.webhooks import webhook_secret, webhooks
from server.services.webhooks.webhooks import DeliveryState
from tests.server.build import ADMIN
from tests.server.pages.conftest import words_of

URL = "https://parking.example.com/onecard"
GIVEN = {"url": URL, "topics": ["onecard.alarm"]}


@pytest.fixture
def admin(house):
    return house.signed_in()


def only(house):
    with house.transactions.read() as session:
        return webhooks.listing(session)[0]


def states(house):
    with house.transactions.read() as session:
        return [message.state for message in webhooks.deliveries(session, only(house).id)]


def test_an_address_is_made_and_its_secret_shown_once(house, admin):
    made = admin.post("/webhooks", **GIVEN)
    secret = re.search(r"whsec_[\w+/=]+", made.text).group()
    hook = only(house)
    assert secret == webhook_secret.shown(webhook_secret.secret_of(house.console.house.keystore.server.sign, hook.id))
    assert (hook.url, hook.topics) == (URL, ["onecard.alarm"])
    for address in ("/webhooks", f"/webhooks/{hook.id}"):
        page = admin.get(address)
        assert secret not in page.text
        assert URL in words_of(page)
        assert "Is told" in words_of(page)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"url": "parking"}, "Write the whole address"),
        ({"url": "https://me:secret@example.com/"}, "Write the whole address"),
        ({"url": "http://example.com/"}, "Another machine is told over https only"),
        ({"topics": []}, "Choose at least one of these."),
        ({"topics": ["onecard.test"]}, "Choose at least one of these."),
    ],
)
def test_what_cannot_be_is_told_at_the_field_and_nothing_is_lost(house, admin, wrong, sentence):
    answer = admin.post("/webhooks", **GIVEN | wrong)
    assert answer.status_code == 422
    assert sentence in words_of(answer)
    assert f'value="{(GIVEN | wrong)["url"]}"' in answer.text
    assert ('value="onecard.alarm" checked' in answer.text) is ("topics" not in wrong)


def test_one_too_many_is_told(house, admin, monkeypatch):
    monkeypatch.setattr(webhooks, "ADDRESSES_MAX", 0)
    answer = admin.post("/webhooks", **GIVEN)
    assert answer.status_code == 429
    assert f'value="{URL}"' in answer.text


def test_it_is_tried_paused_sent_again_and_ended(house, admin):
    admin.post("/webhooks", **GIVEN)
    at = f"/webhooks/{only(house).id}"
    assert admin.post(f"{at}/test").status_code == 303
    assert "every 5s" in admin.get(at).text
    admin.post(f"{at}/pause")
    assert "Paused" in words_of(admin.get(at))
    admin.post(f"{at}/resume")
    with house.transactions.work(ADMIN) as work:
        (message,) = webhooks.deliveries(work.session, only(house).id)
        webhooks.failed(work, message.id, "answered 503")
    page = words_of(admin.get(at))
    assert "Messages do not arrive Its program failed (status 503)." in page
    assert "next try" in page
    with house.transactions.work(ADMIN) as work:
        webhooks.failed(work, message.id, "answered 404", gone=False)
        webhooks.end(work, only(house).id)
    assert states(house) == [DeliveryState.DEAD]
    assert admin.post(f"{at}/again").status_code == 409


@pytest.mark.parametrize("alone", [True, False])
def test_what_was_given_up_is_sent_again(house, admin, monkeypatch, alone):
    monkeypatch.setattr(webhooks, "RETRY_AFTER_S", ())
    admin.post("/webhooks", **GIVEN)
    at = f"/webhooks/{only(house).id}"
    admin.post(f"{at}/test")
    with house.transactions.work(ADMIN) as work:
        (message,) = webhooks.deliveries(work.session, only(house).id)
        webhooks.failed(work, message.id, "answered 503")
    assert "Send again" in words_of(admin.get(f"{at}?state=dead"))
    assert "No message here." in words_of(admin.get(f"{at}?state=delivered"))
    assert admin.post(f"{at}/again", **({"message": message.id} if alone else {})).status_code == 303
    assert states(house) == [DeliveryState.WAITING]
    admin.post(f"{at}/end")
    assert "Told no more" in words_of(admin.get("/webhooks"))
    assert "ended by hand" in words_of(admin.get(at))


def test_a_long_list_goes_on(house, admin, monkeypatch):
    monkeypatch.setattr("server.pages.developers.hooks.PAGE_ITEMS", 1)
    admin.post("/webhooks", **GIVEN)
    at = f"/webhooks/{only(house).id}"
    for _ in range(2):
        admin.post(f"{at}/test")
    more = re.search(r'hx-get="([^"]+after=[^"]+)"', admin.get(at).text).group(1).replace("&amp;", "&")
    part = admin.get(more, **{"hx-request": "true"})
    assert part.text.count("<tr>") == 1
    assert "<html" not in part.text
    assert 'id="now"' in admin.get(at, **{"hx-request": "true"}).text


def test_nobody_but_an_admin_sees_them(house):
    assert house.signed_in(Role.GUARD).get("/webhooks").status_code == 403
