"""When a page cannot be shown: one calm page with what happened and where to go, in the visitor's language."""

from dataclasses import dataclass

import structlog
from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from server.pages.answers import go, is_part, page
from server.pages.console import console_of
from server.pages.headers import ALWAYS
from server.pages.i18n import N_
from server.pages.visit import Turned, Visit, visit_of
from server.services.problems import Code, Problem

_log = structlog.get_logger()


@dataclass(frozen=True)
class Trouble:
    """What the page says."""

    title: str
    text: str


CHANGED = Trouble(
    N_("That is not possible now"),
    N_("Somebody may have changed it in the meantime. Look at its present state and try again."),
)

TROUBLES: dict[int, Trouble] = {
    403: Trouble(
        N_("You may not do this"),
        N_("Your role does not allow it, or the page was open for so long that its form is no longer valid."),
    ),
    404: Trouble(
        N_("There is nothing here"),
        N_("The address is wrong, or what stood here was removed."),
    ),
    405: Trouble(N_("Not this way"), N_("This address is only for forms. Begin again from the page before.")),
    409: CHANGED,
    412: CHANGED,
    413: Trouble(
        N_("That is too large"), N_("Nothing of it was kept. Send a smaller file, or a list in several parts.")
    ),
    422: Trouble(N_("Something was not filled in correctly"), N_("Go back, check the fields and send the form again.")),
    428: CHANGED,
    429: Trouble(N_("Too many at once"), N_("Wait a little and try again.")),
    500: Trouble(
        N_("Something went wrong on our side"),
        N_("It has been recorded. Doors decide by themselves and are not affected. Try again."),
    ),
    503: Trouble(N_("The server is not ready"), N_("Doors decide by themselves and are not affected. Try again soon.")),
}


def install(site: FastAPI) -> None:
    """Catch everything that a page may raise, in one place."""
    site.add_exception_handler(Turned, _turned)
    site.add_exception_handler(Problem, _problem)
    site.add_exception_handler(RequestValidationError, _invalid)
    site.add_exception_handler(HTTPException, _http)
    site.add_exception_handler(DataError, _no_value)
    site.add_exception_handler(OverflowError, _no_value)
    site.add_exception_handler(Exception, _crash)


async def _turned(request: Request, error: Exception) -> Response:
    assert isinstance(error, Turned)
    if is_part(request):
        # htmx would put the sign-in page into a corner of this one; 401 makes it ask for the whole page.
        return PlainTextResponse("", 401)
    return go(error.to)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if error.code is Code.NOT_SIGNED_IN:
        return go("/login")
    return await error_page(request, error.status)


async def _invalid(request: Request, _error: Exception) -> Response:
    return await error_page(request, 422)


async def _no_value(request: Request, _error: Exception) -> Response:
    """What no data base can hold: a number of thirty digits in an address, a NUL in a search."""
    return await error_page(request, 404 if request.method == "GET" else 422)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await error_page(request, error.status_code)


async def _crash(request: Request, error: Exception) -> Response:
    _log.error("page_failed", path=request.url.path, exc_info=error)
    answer = await error_page(request, 500)
    # This handler stands outside all middleware, so the headers of every page are put on here.
    answer.headers.update(ALWAYS | {"Cache-Control": "no-store"})
    return answer


async def error_page(request: Request, status: int) -> Response:
    """The page of a status; in plain words when even that cannot be made."""
    try:
        visit: Visit | None = getattr(request.state, "visit", None)
        if visit is None:
            visit = await run_in_threadpool(visit_of, request, console_of(request))
        trouble = TROUBLES.get(status) or TROUBLES[500 if status >= 500 else 404]
        return page(visit, "error.html", status=status, trouble=trouble, number=status)
    except Exception:
        _log.exception("error_page_failed", path=request.url.path)
        return PlainTextResponse("onecard: 暂时无法显示此页面 / this page cannot be shown now\n", status)
