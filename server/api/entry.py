"""Who asks, and what they stand on: the dependencies that every route names."""

from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import StringConstraints
from starlette.requests import HTTPConnection

from card_protocol.words.base import NUMBER_END
from card_protocol.words.ids import UlidText
from server.services.house import House
from server.services.paging import PAGE_DEFAULT_ITEMS, PAGE_MAX_ITEMS
from server.services.problems import Code, Problem
from server.services.roles import Permission, require
from server.services.users import tokens
from server.services.work import Actor


def house_of(connection: HTTPConnection) -> House:
    """The server behind this application."""
    house: House = connection.app.state.house
    return house


async def _house_of(connection: HTTPConnection) -> House:
    """For FastAPI: what waits for nothing needs no thread of its own."""
    return house_of(connection)


TheHouse = Annotated[House, Depends(_house_of)]


def actor_of(connection: HTTPConnection, house: TheHouse) -> Actor:
    """Who the bearer token (RFC 6750) belongs to; Problem NOT_SIGNED_IN."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    actor = tokens.who(house.transactions, secret.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise Problem(Code.NOT_SIGNED_IN, "Send a valid token: Authorization: Bearer …")
    if not tokens.in_reach(actor, house.community):
        raise Problem(Code.FORBIDDEN, f"{actor.name} belongs to {actor.unit}, in which {house.community} does not lie.")
    return actor


class Needs:
    """Dependency: the actor, who must have a permission. Problem FORBIDDEN."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    async def __call__(self, actor: Annotated[Actor, Depends(actor_of)]) -> Actor:
        require(actor, self.permission)
        return actor


Id = Annotated[UlidText, Path(description="a ULID")]
Number = Annotated[int, Path(ge=1, lt=NUMBER_END, description="a number, from 1")]
Remark = Annotated[str, StringConstraints(max_length=500, pattern=r"^\P{Cc}*$")]
"""A sentence for the trail."""

After = Annotated[str | None, Query(max_length=64, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX_ITEMS)]
DEFAULT_LIMIT = PAGE_DEFAULT_ITEMS
