"""The API of a community, and clients with the token of a role."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from server.api.application import build_api
from server.api.once import Once
from server.services.house import House
from server.services.roles import Role
from tests.server.app_client import AppClient
from tests.server.build import Community
from tests.server.conftest import BOTH, url_of

on_both = pytest.mark.parametrize("database_url", BOTH, indirect=True)
"""For tests of routes that search: the others run on SQLite alone, for the services run on both already."""

Client = Callable[[Role | None], TestClient]


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLite, unless the test is marked `on_both`."""
    return url_of(getattr(request, "param", "sqlite"), request, tmp_path)


_apis: list[FastAPI] = []


def api_on(house: House) -> FastAPI:
    """The API, built once: FastAPI works its routes out at the first request, and takes half a second for it."""
    if not _apis:
        _apis.append(build_api(house))
    api = _apis[0]
    api.state.house = house
    api.user_middleware.clear()
    api.middleware_stack = None
    api.add_middleware(Once, house=house)
    return api


@pytest.fixture
def client(community: Community) -> Client:
    """A client with a role's token; None has none."""
    app = api_on(community.house)

    def make(role: Role | None = Role.ADMIN) -> TestClient:
        headers = {} if role is None else {"Authorization": f"Bearer {community.token(role)}"}
        return AppClient(app, headers=headers, raise_server_exceptions=False)

    return make


@pytest.fixture
def admin(client: Client) -> TestClient:
    """The client of an admin."""
    return client(Role.ADMIN)
