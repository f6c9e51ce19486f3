"""Every error as `application/problem+json` (RFC 9457), in the language that the client prefers."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException

from server.services.problems import TEXTS, Code, Problem

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:onecard:problem:"
ERRORS_MAX = 50

_log = structlog.get_logger()


def install(app: FastAPI) -> None:
    """Make an application answer so."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(DataError, _no_value)
    app.add_exception_handler(OverflowError, _no_value)
    app.add_exception_handler(Exception, _on_bug)


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    text = TEXTS[problem.code]
    chinese = prefers_chinese(request)
    errors = [{"field": field, "problem": said} for field, said in problem.fields.items()]
    return _response(
        text.status,
        {
            "type": TYPE_PREFIX + problem.code,
            "title": text.zh if chinese else text.en,
            "status": text.status,
            **({"detail": problem.detail} if problem.detail else {}),
            **({"errors": errors} if errors else {}),
        },
        "zh" if chinese else "en",
        headers,
    )


def prefers_chinese(request: Request) -> bool:
    """Whether the first language of Accept-Language that we have is Chinese."""
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith(("zh", "en")):
            return tag.startswith("zh")
    return False


async def _on_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    challenge = {"WWW-Authenticate": "Bearer"} if error.code is Code.NOT_SIGNED_IN else None
    return answer(request, error, challenge)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return answer(request, Problem(Code.INVALID, fields=_fields(error.errors())))


async def _on_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    body = {"type": "about:blank", "title": error.detail, "status": error.status_code}
    return _response(error.status_code, body, "en", error.headers)


async def _no_value(request: Request, _error: Exception) -> JSONResponse:
    """What no data base can hold, such as a NUL in a search; a day behind which there is no other."""
    return answer(request, Problem(Code.INVALID, "There is something in it that cannot be stored."))


async def _on_bug(request: Request, error: Exception) -> JSONResponse:
    _log.error("request_failed", path=request.url.path, method=request.method, exc_info=error)
    return _response(500, {"type": "about:blank", "title": "Internal Server Error", "status": 500}, "en", None)


def _fields(errors: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Where and what, without the values: some are secrets."""
    return {".".join(str(part) for part in error["loc"]): str(error["msg"]) for error in errors[:ERRORS_MAX]}


def _response(status: int, body: Mapping[str, Any], language: str, headers: Mapping[str, str] | None) -> JSONResponse:
    all_headers = {"Content-Language": language, "Cache-Control": "no-store", **(headers or {})}
    return JSONResponse(body, status, all_headers, MEDIA_TYPE)
