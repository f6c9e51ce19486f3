"""The API as an application of its own: `server.app` mounts it at API_PREFIX, so that everything below answers so."""

from fastapi import FastAPI

from server.api import (
    access,
    areas,
    cards,
    commands,
    desk,
    events,
    gateways,
    holders,
    judging,
    occupancy,
    org,
    problem_json,
    renewals,
    webhooks,
)
from server.api.once import Once
from server.services.house import House

ROUTERS = (
    org.router,
    holders.router,
    areas.router,
    cards.router,
    access.router,
    judging.router,
    events.router,
    occupancy.router,
    gateways.router,
    commands.router,
    desk.router,
    renewals.router,
    webhooks.router,
)


def build_api(house: House) -> FastAPI:
    """All routes of the API, and nothing else."""
    app = FastAPI(title="onecard", version="1", docs_url=None, redoc_url=None)
    app.state.house = house
    app.add_api_route("/health", lambda: {"status": "ok"}, tags=["health"], summary="Whether the server answers")
    for router in ROUTERS:
        app.include_router(router)
    problem_json.install(app)
    app.add_middleware(Once, house=house)
    return app
