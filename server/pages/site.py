"""The pages as one application: mounted behind the API at "/", with its own headers, errors and static files."""

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from server.pages import errors, first_steps
from server.pages.access import hours, rights
from server.pages.activities import activities, members, merits, sign_in
from server.pages.assets import static_files, static_prefix
from server.pages.care import care, meals, purses
from server.pages.clinic import clinic
from server.pages.console import Console
from server.pages.desk import cards, desk, pairing, several
from server.pages.developers import api_page, hooks, tokens
from server.pages.gateways import box_joining, boxes, points
from server.pages.headers import PageHeaders
from server.pages.incidents import incident_photos, incident_report, incidents, rosters
from server.pages.live import alarms, live, muster, orders, shift
from server.pages.notices import notices
from server.pages.people import houses, imports, people, person_more
from server.pages.privacy import asked, privacy
from server.pages.property import permits, tickets
from server.pages.statistics import statistics
from server.pages.trail import record, trail
from server.pages.users import account, login, oidc, own_factor, second_step, staff
from server.pages.visitors import gate_house, visitor_page, visitors

GZIP_LEAST_BYTES = 1024
BODY_MAX_BYTES = 1024 * 1024
"""Of a form without a file: who may send it is asked only when it has been read."""

ROUTERS = (
    login.router,
    second_step.router,
    oidc.router,
    account.router,
    own_factor.router,
    first_steps.router,
    live.router,
    muster.router,
    alarms.router,
    shift.router,
    incident_report.router,
    incident_photos.router,
    incidents.router,
    rosters.router,
    tickets.router,
    permits.router,
    people.router,
    person_more.router,
    houses.router,
    imports.router,
    cards.router,
    rights.router,
    hours.router,
    boxes.router,
    box_joining.router,
    points.router,
    orders.router,
    desk.router,
    pairing.router,
    several.router,
    care.router,
    clinic.router,
    meals.router,
    purses.router,
    merits.router,
    activities.router,
    sign_in.router,
    members.router,
    notices.router,
    record.router,
    gate_house.router,
    visitors.router,
    visitor_page.router,
    staff.router,
    tokens.router,
    hooks.router,
    api_page.router,
    trail.router,
    privacy.router,
    asked.router,
    statistics.router,
)


def build_site(console: Console) -> FastAPI:
    """The application. Start and stop `Console.board` with the program: a mounted one has no life of its own."""
    site = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, title="onecard pages", max_body_size=BODY_MAX_BYTES)
    site.state.console = console
    for router in ROUTERS:
        site.include_router(router)
    errors.install(site)
    site.mount(static_prefix(), GZipMiddleware(static_files(), minimum_size=GZIP_LEAST_BYTES), name="static")
    site.add_middleware(PageHeaders)
    return site
