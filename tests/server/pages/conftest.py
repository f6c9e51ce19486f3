"""A whole console on a small data base: real services, a clock that stands still, cheap password hashes."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from card_protocol.words.point import Direction, PointKind
from card_protocol.words.schedule import always
from server.pages.console import Console, make_console
from server.pages.site import build_site
from server.services import access, gateways, holders, org, users
from server.services.access import LevelIn, PointIn
from server.services.desks import Desks
from server.services.holders import HolderIn
from server.services.house import House as Services
from server.services.keystore import from_secrets, new_secrets
from server.services.org import OrgUnitIn
from server.services.passwords import Passwords
from server.services.roles import Role
from server.services.users import UserIn
from server.services.work import SYSTEM, Transactions
from server.tables import Row
from server.tables.engine import make_engine

NOW_MS = 1_772_323_200_000
"""2026-03-01 08:00:00 in Shanghai."""
COMMUNITY = "330105008001"
OWN_PASSWORD = "tall bamboo by the canal"

POINTS = (
    ("south-gate-in", PointKind.GATE, "南门进口", "South gate in", Direction.IN),
    ("clinic", PointKind.CLINIC, "卫生站", "Clinic", Direction.NONE),
)


@dataclass
class House:
    """The console with what stands around it."""

    transactions: Transactions
    console: Console
    site: FastAPI
    passwords: dict[str, str] = field(default_factory=dict)
    now: list[int] = field(default_factory=lambda: [NOW_MS])

    def add_user(self, name: str, role: Role) -> str:
        """A user; returns the one-time password."""
        with self.transactions.work(SYSTEM) as work:
            _, password = users.add(work, self.console.passwords, UserIn(name=name, role=role, org=COMMUNITY))
        return password

    def browser(self, **headers: str) -> TestClient:
        """A browser that nobody signed in with, in English."""
        return TestClient(self.site, follow_redirects=False, headers={"accept-language": "en"} | headers)

    def signed_in(self, role: Role = Role.ADMIN) -> "Signed":
        """A browser of a user of that role, with a password of their own."""
        name = role.value
        if name not in self.passwords:
            one_time = self.add_user(name, role)
            with self.transactions.work(SYSTEM) as work:
                user = users.row_of(work.session, name)
                users.change_password(work, self.console.passwords, user.id, one_time, OWN_PASSWORD)
            self.passwords[name] = OWN_PASSWORD
        return Signed(self.browser(), name, self.passwords[name])


class Signed:
    """A browser that has signed in: forms carry their token by themselves."""

    def __init__(self, client: TestClient, name: str, password: str) -> None:
        self.client = client
        client.get("/login")
        answer = self.post("/login", name=name, password=password)
        assert answer.status_code == 303, answer.text

    def get(self, path: str, **options: Any) -> Any:
        """GET."""
        return self.client.get(path, **options)

    def post(self, path: str, **fields: Any) -> Any:
        """POST a form as one of our pages would."""
        return self.client.post(path, data=fields | {"csrf": self.token()})

    def token(self) -> str:
        """The form token of this browser."""
        from server.pages import csrf

        cookies = self.client.cookies
        return csrf.form_token(cookies.get("onecard_session") or cookies.get("onecard_browser") or "")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A community with two points and no people."""
    now = [NOW_MS]
    counter = itertools.count(1)
    engine = make_engine(f"sqlite:///{tmp_path / 'server.db'}")
    Row.metadata.create_all(engine)
    transactions = Transactions(
        engine,
        clock=lambda: now[0],
        real_clock=lambda: now[0],
        entropy=lambda n: next(counter).to_bytes(n, "big"),
    )
    with transactions.work(SYSTEM) as work:
        org.add(work, OrgUnitIn(code=COMMUNITY, name_zh="善贤社区", name_en="Shanxian"))
        gateways.claim(work, "g-1", COMMUNITY, place="South gate")
        for point_id, kind, zh, en, direction in POINTS:
            access.set_point(
                work,
                COMMUNITY,
                PointIn(
                    id=point_id,
                    kind=kind,
                    name_zh=zh,
                    name_en=en,
                    area="outside",
                    direction=direction,
                    gateway_id="g-1",
                ),
            )
        access.set_schedule(work, always("always"))
        access.set_level(
            work,
            LevelIn(
                id="residents",
                name_zh="居民",
                name_en="Residents",
                points=frozenset({"south-gate-in"}),
                schedule="always",
            ),
        )
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    keystore = from_secrets(new_secrets(COMMUNITY, transactions.entropy))
    services = Services(COMMUNITY, transactions, keystore, passwords, Desks(transactions.feed))
    console = make_console(services, "test", secure_cookies=False)
    console.board.start()
    yield House(transactions, console, build_site(console), now=now)
    console.board.stop()
    engine.dispose()


@pytest.fixture
def person(house: House) -> holders.HolderView:
    """Somebody to give a card to."""
    with house.transactions.work(SYSTEM) as work:
        return holders.add(work, COMMUNITY, HolderIn(name="单秀英", house="3-1-502", phone_tail="4711"))
