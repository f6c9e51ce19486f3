"""Other systems that are told (webhooks): made, with the secret shown once, tried, paused, ended; how messages fare."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError

from server.pages.answers import go, is_part, page, part, sentence_of
from server.pages.console import Console, TheConsole
from server.pages.developers.hook_words import CHOICES, STATES, TOPICS, problem_words, state_of
from server.pages.i18n import N_
from server.pages.visit import Needs, Visit, our_form
from server.services.paging import cut
from server.services.problems import Code, Problem
from server.services.roles import Permission
from server.services.webhooks import webhook_secret, webhooks
from server.services.webhooks.cloud_event import Topic
from server.services.webhooks.webhooks import DeliveryState, WebhookIn

router = APIRouter(prefix="/webhooks")

Admin = Annotated[Visit, Depends(Needs(Permission.WEBHOOKS_WRITE))]

PAGE_ITEMS = 50
BY_HAND = "ended by hand"
NO_URL = N_("Write the whole address, beginning with https://, without a password in it.")
NO_TOPICS = N_("Choose at least one of these.")
NO_HTTPS = N_("Another machine is told over https only: the address begins with https://.")


@router.get("")
def listing(visit: Admin, console: TheConsole) -> Response:
    """All of them, and whether they hear us; a form for a new one."""
    return _listing(visit, console)


@router.post("", dependencies=[Depends(our_form)])
def make(
    visit: Admin,
    console: TheConsole,
    url: Annotated[str, Form(max_length=1000)] = "",
    topics: Annotated[list[str], Form(max_length=16)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A new address; its secret is shown this once."""
    url, problems = url.strip(), {}
    chosen = [topic for topic in topics if topic in CHOICES]
    if not chosen:
        problems["topics"] = NO_TOPICS
    try:
        asked = WebhookIn(url=url, topics=[Topic(topic) for topic in chosen or CHOICES])
        if not problems:
            with console.transactions.work(visit.actor) as work:
                made = webhooks.add(work, asked)
            secret = webhook_secret.secret_of(console.house.keystore.server.sign, made.id)
            return page(visit, "webhook_made.html", one=made, secret=webhook_secret.shown(secret))
    except ValidationError:
        problems["url"] = NO_URL
    except Problem as problem:
        if problem.code is not Code.INVALID:
            return _listing(visit, console, url, chosen, {"form": sentence_of(visit, problem)}, problem.status)
        problems["url"] = NO_HTTPS if url.startswith("http:") else NO_URL
    return _listing(visit, console, url, chosen, {name: visit.say(said) for name, said in problems.items()}, 422)


@router.get("/{webhook_id}")
def one(
    request: Request,
    visit: Admin,
    console: TheConsole,
    webhook_id: str,
    state: Annotated[str, Query(max_length=12)] = "",
    after: Annotated[str, Query(max_length=26)] = "",
) -> Response:
    """An address, and its newest messages: all, or those of one state."""
    chosen = DeliveryState(state) if state in set(DeliveryState) else None
    with console.transactions.read() as session:
        view = webhooks.get(session, webhook_id)
        found = webhooks.deliveries(session, webhook_id, chosen, before=after or None, limit=PAGE_ITEMS + 1)
    shown: dict[str, Any] = {
        "one": view,
        "found": cut(found, PAGE_ITEMS, [message.id for message in found]),
        "chosen": chosen.value if chosen else "",
        "states": STATES,
        "topics": TOPICS,
        "sign_of": state_of,
        "said": lambda problem: problem_words(problem, visit.language),
    }
    if is_part(request):
        return part(visit, "webhook_rows.html" if after else "webhook_now.html", first=not after, **shown)
    return page(visit, "webhook.html", first=True, **shown)


@router.post("/{webhook_id}/test", dependencies=[Depends(our_form)])
def try_out(visit: Admin, console: TheConsole, webhook_id: str) -> Response:
    """Send a message that says nothing."""
    with console.transactions.work(visit.actor) as work:
        webhooks.try_out(work, console.house.community, webhook_id)
    return go(f"/webhooks/{webhook_id}")


@router.post("/{webhook_id}/pause", dependencies=[Depends(our_form)])
def pause(visit: Admin, console: TheConsole, webhook_id: str) -> Response:
    """Its messages wait."""
    with console.transactions.work(visit.actor) as work:
        webhooks.pause(work, webhook_id)
    return go(f"/webhooks/{webhook_id}")


@router.post("/{webhook_id}/resume", dependencies=[Depends(our_form)])
def resume(visit: Admin, console: TheConsole, webhook_id: str) -> Response:
    """It is told again."""
    with console.transactions.work(visit.actor) as work:
        webhooks.resume(work, webhook_id)
    return go(f"/webhooks/{webhook_id}")


@router.post("/{webhook_id}/end", dependencies=[Depends(our_form)])
def end(visit: Admin, console: TheConsole, webhook_id: str) -> Response:
    """It is told no more, from this moment."""
    with console.transactions.work(visit.actor) as work:
        webhooks.end(work, webhook_id, why=BY_HAND)
    return go("/webhooks")


@router.post("/{webhook_id}/again", dependencies=[Depends(our_form)])
def again(
    visit: Admin, console: TheConsole, webhook_id: str, message: Annotated[str, Form(max_length=26)] = ""
) -> Response:
    """Try one message that was given up once more, or all of them."""
    with console.transactions.work(visit.actor) as work:
        if message:
            webhooks.again(work, message)
        else:
            webhooks.again_all(work, webhook_id)
    return go(f"/webhooks/{webhook_id}")


def _listing(
    visit: Visit,
    console: Console,
    url: str = "",
    chosen: list[str] | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    with console.transactions.read() as session:
        found = webhooks.listing(session)
    shown: dict[str, Any] = {
        "found": found,
        "url": url,
        "chosen": chosen or [],
        "problems": problems or {},
        "topics": TOPICS,
        "choices": CHOICES,
        "sign_of": state_of,
        "said": lambda problem: problem_words(problem, visit.language),
    }
    return page(visit, "webhooks.html", status=status, **shown)
