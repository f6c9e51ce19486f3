"""The API as applications of their own, for people's programs and for boxes: `server.app` mounts both at API_PREFIX."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI

from server.api import (
    access,
    activities,
    areas,
    boxes,
    cards,
    care,
    clinic,
    commands,
    described,
    desk,
    events,
    gateways,
    holders,
    houses,
    imports,
    incidents,
    judging,
    notices,
    occupancy,
    org,
    privacy,
    problem_json,
    property,
    purses,
    renewals,
    rosters,
    statistics,
    visitors,
    webhooks,
)
from server.api.once import Once
from server.services.house import House

ROUTERS = (
    org.router,
    holders.router,
    houses.router,
    imports.router,
    areas.router,
    cards.router,
    access.router,
    judging.router,
    events.router,
    incidents.router,
    rosters.router,
    property.router,
    visitors.router,
    occupancy.router,
    gateways.router,
    commands.router,
    desk.router,
    webhooks.router,
    purses.router,
    care.router,
    clinic.router,
    activities.router,
    notices.router,
    statistics.router,
    privacy.router,
)
BODY_MAX_BYTES = 2 * 1024 * 1024
"""Of a request that brings no file: who may send it is asked only when it has been read."""

FOR_BOXES = (boxes.router, renewals.router, desk.router)
"""Desks come by either door: they have a token, and may lack a public certificate to go by."""


def build_api(house: House) -> FastAPI:
    """All routes of the API for people and their programs, and nothing else."""
    return _built(house, ROUTERS)


def build_boxes_api(house: House) -> FastAPI:
    """What gateways and desks ask for; served with the server's own certificate alone."""
    return _built(house, FOR_BOXES)


def _built(house: House, routers: Sequence[APIRouter]) -> FastAPI:
    app = FastAPI(title="onecard", version="1", docs_url=None, redoc_url=None, max_body_size=BODY_MAX_BYTES)
    app.state.house = house
    app.add_api_route("/health", lambda: {"status": "ok"}, tags=["health"], summary="Whether the server answers")
    for router in routers:
        app.include_router(router)
    problem_json.install(app)
    described.install(app, routers)
    app.add_middleware(Once, house=house)
    return app
