"""The walk of `onecard bench pages`: every page that shows people's data, asked for as a browser would, many times.

Each time it is about somebody else. The walk goes round and round, so that a slow moment of the machine hits all
pages alike.
"""

import random
import time
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import quote

import httpx
from sqlalchemy import Engine, text

from onecard.bench.application import COOKIE, application, cookie, serving
from onecard.bench.figures import percentile, rounded
from onecard.bench.pages_town import GATEWAY, LIVE_TOGETHER, Person, Town, house_id, person
from onecard.logs import set_up_logs
from server.services.opening import transactions_on
from server.services.people.name_keys import keys_of
from server.services.roles import Role
from server.services.statistics import kept
from server.tables.engine import make_engine

PLAIN: Final = "/holders/new"
"""The floor: a page of the same stack that asks the data base for nothing but who asks."""
WARM_ROUNDS: Final = 3
ANSWER_TIMEOUT_S: Final = 60.0

Address = Callable[[Person, Town], str]


def _sound(one: Person) -> str:
    return max((key for key in keys_of(one.name, "", "") if key.isascii()), key=len)


def _initials(one: Person) -> str:
    sounds = sorted((key for key in keys_of(one.name, "", "") if key.isascii()), key=len)
    return next((key for key in sounds if len(key) == len(one.name)), sounds[0])


ADDRESSES: Mapping[str, Address] = {
    "plain page": lambda _p, _t: PLAIN,
    "live gates": lambda _p, _t: "/live",
    "alarms": lambda _p, _t: "/alarms?everything=true",
    "who is inside": lambda _p, _t: "/muster",
    "incidents": lambda _p, _t: "/incidents",
    "tickets": lambda _p, _t: "/tickets",
    "people": lambda _p, _t: "/holders",
    "people by name": lambda p, _t: f"/holders?q={quote(p.name)}",
    "people by surname": lambda p, _t: f"/holders?q={quote(p.name[0])}",
    "people by sound": lambda p, _t: f"/holders?q={_sound(p)}",
    "people by initials": lambda p, _t: f"/holders?q={_initials(p)}",
    "people by house": lambda p, _t: f"/holders?q={p.house}",
    "people by telephone": lambda p, _t: f"/holders?q={p.phone_tail}",
    "people by card number": lambda p, _t: f"/holders?q={p.number + 1}",
    "people by tag": lambda _p, _t: f"/holders?q={quote('独居')}",
    "people by name and house": lambda p, _t: f"/holders?q={quote(p.name)}+{p.house}",
    "people by surname and telephone": lambda p, _t: f"/holders?q={quote(p.name[0])}+{p.phone_tail}",
    "people by two common words": lambda p, _t: f"/holders?q={quote(p.name[0])}+{p.house.split('-')[0]}",
    "people: nobody": lambda _p, _t: "/holders?q=qqqq",
    "a person": lambda p, _t: f"/holders/{p.id}",
    "houses": lambda _p, _t: "/houses",
    "houses by code": lambda p, _t: f"/houses?q={p.house}",
    "a house": lambda p, _t: f"/houses/{house_id(p.number // LIVE_TOGETHER)}",
    "cards": lambda _p, _t: "/cards",
    "cards: lost": lambda _p, _t: "/cards?state=lost",
    "cards by number": lambda p, _t: f"/cards?q={p.number + 1}",
    "cards by chip": lambda p, _t: f"/cards?q={p.uid}",
    "cards by name": lambda p, _t: f"/cards?q={quote(p.name)}",
    "cards by house": lambda p, _t: f"/cards?q={p.house}",
    "cards by surname": lambda p, _t: f"/cards?q={quote(p.name[0])}",
    "a card": lambda p, _t: f"/cards/{p.id}",
    "card desk": lambda _p, _t: "/desk",
    "card desk: search": lambda p, _t: f"/desk/people?q={_initials(p)}",
    "card desk: a person": lambda p, _t: f"/desk?holder={p.id}",
    "access": lambda _p, _t: "/access",
    "gateways": lambda _p, _t: "/gateways",
    "a gateway": lambda _p, _t: f"/gateways/{GATEWAY}",
    "events": lambda _p, _t: "/events",
    "events of a point": lambda p, _t: f"/events?point=door-{p.number % 8}",
    "events of a gateway": lambda _p, _t: f"/events?gateway={GATEWAY}",
    "events: refused": lambda _p, _t: "/events?reason=wrong_point",
    "events: a rare reason": lambda _p, _t: "/events?reason=revoked",
    "events of a day": lambda _p, _t: "/events?since=2026-01-01T00:00&until=2026-01-01T12:00",
    "an event": lambda p, t: f"/events/{p.number % t.taps + 1}",
    "the trail": lambda _p, _t: "/audit",
    "the trail of a person": lambda p, _t: f"/audit?subject=holder:{p.id}",
    "users": lambda _p, _t: "/users",
    "statistics of gates": lambda _p, _t: "/statistics/gates",
    "statistics of gates, 90 days": lambda _p, _t: "/statistics/gates?days=90",
    "cards unused for long": lambda _p, _t: "/statistics/_unused",
}
"""What a page is called -> its address about somebody."""


def run_site(database_url: str, pipe: Connection) -> None:
    """In a process of its own: serve until the pipe says stop."""
    set_up_logs("bench", "error")
    engine = make_engine(database_url)
    transactions = transactions_on(engine)
    secret = cookie(transactions, f"bench-{time.time_ns()}", Role.ADMIN)
    began = time.monotonic()
    kept.look(transactions)  # as a server does soon after its start, and from then on beside its work
    counted_s = time.monotonic() - began
    with serving(application(transactions)) as port:
        pipe.send((port, secret, counted_s))
        pipe.recv()
    engine.dispose()


def walk(port: int, secret: str, town: Town, rounds: int, tell: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """Page -> p50_ms and p95_ms. RuntimeError for a page that is none."""
    took: dict[str, list[float]] = {name: [] for name in ADDRESSES}
    dice = random.Random(1)  # noqa: S311 - the same walk in every run
    # Cookies by hand: the walk is one browser that never changes.
    headers = {"Cookie": f"{COOKIE}={secret}", "Accept-Language": "en"}
    with httpx.Client(
        base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False, timeout=ANSWER_TIMEOUT_S
    ) as browser:
        for turn in range(WARM_ROUNDS + rounds):
            tell(f"walk: {turn} of {WARM_ROUNDS + rounds} ")
            for name, address in ADDRESSES.items():
                where = address(person(dice.randrange(town.people)), town)
                began = time.perf_counter()
                answer = browser.get(where)
                if turn >= WARM_ROUNDS:
                    took[name].append((time.perf_counter() - began) * 1000)
                if answer.status_code != 200:
                    raise RuntimeError(f"{where}: {answer.status_code}")
    return {name: figures(values) for name, values in took.items()}


def figures(took_ms: list[float]) -> dict[str, float]:
    """Percentiles of a page."""
    return {"p50_ms": rounded(percentile(took_ms, 50)), "p95_ms": rounded(percentile(took_ms, 95))}


def bare_lookup_ms(engine: Engine, town: Town, rounds: int) -> dict[str, float]:
    """The floor of the data base: one person by key, through the driver, nothing made of it."""
    took: list[float] = []
    dice = random.Random(2)  # noqa: S311 - as above
    with engine.connect() as connection:
        for _ in range(WARM_ROUNDS + rounds):
            wanted: dict[str, Any] = {"id": person(dice.randrange(town.people)).id}
            began = time.perf_counter()
            connection.execute(text("SELECT * FROM holder WHERE id = :id"), wanted).one()
            took.append((time.perf_counter() - began) * 1000)
    return figures(took[WARM_ROUNDS:])
