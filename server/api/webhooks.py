"""/webhooks: other systems that are told (Standard Webhooks 1.0, CloudEvents 1.0)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from server.api.entry import DEFAULT_LIMIT, After, Id, Limit, Needs, TheHouse
from server.services.paging import Page, cut
from server.services.roles import Permission
from server.services.webhooks import webhook_secret, webhooks
from server.services.webhooks.webhooks import DeliveryState, DeliveryView, WebhookIn, WebhookView
from server.services.work import Actor

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

Admin = Annotated[Actor, Depends(Needs(Permission.WEBHOOKS_WRITE))]


class WithSecret(WebhookView):
    """A new address and the secret by which it knows us."""

    secret: str


@router.get("")
def listing(house: TheHouse, _actor: Admin, after: After = None, limit: Limit = DEFAULT_LIMIT) -> Page[WebhookView]:
    """Addresses, newest first."""
    with house.transactions.read() as session:
        found = webhooks.listing(session, before=after, limit=limit + 1)
    return cut(found, limit, [one.id for one in found])


@router.post("", status_code=201)
def add(house: TheHouse, actor: Admin, asked: WebhookIn, response: Response) -> WithSecret:
    """Tell an address from now on. The secret is for its owner alone."""
    response.headers["Cache-Control"] = "no-store"
    with house.transactions.work(actor) as work:
        view = webhooks.add(work, asked)
    secret = webhook_secret.secret_of(house.keystore.server.sign, view.id)
    return WithSecret(**view.model_dump(), secret=webhook_secret.shown(secret))


@router.delete("/{webhook_id}")
def end(house: TheHouse, actor: Admin, webhook_id: Id) -> WebhookView:
    """Tell it no more; what became of its messages stays to be seen."""
    with house.transactions.work(actor) as work:
        return webhooks.end(work, webhook_id, why="ended by hand")


@router.post("/{webhook_id}/test", status_code=202)
def try_out(house: TheHouse, actor: Admin, webhook_id: Id) -> DeliveryView:
    """Send a message that says nothing."""
    with house.transactions.work(actor) as work:
        return webhooks.try_out(work, house.community, webhook_id)


@router.get("/{webhook_id}/deliveries")
def deliveries(
    house: TheHouse,
    _actor: Admin,
    webhook_id: Id,
    state: DeliveryState | None = None,
    after: After = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Page[DeliveryView]:
    """The newest messages to an address; `?state=dead` are those that were given up."""
    with house.transactions.read() as session:
        found = webhooks.deliveries(session, webhook_id, state, before=after, limit=limit + 1)
    return cut(found, limit, [one.id for one in found])


@router.post("/deliveries/{delivery_id}/again", status_code=202)
def again(house: TheHouse, actor: Admin, delivery_id: Id) -> DeliveryView:
    """Try a dead message once more."""
    with house.transactions.work(actor) as work:
        return webhooks.again(work, delivery_id)
