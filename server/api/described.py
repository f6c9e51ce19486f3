"""The OpenAPI document for clients: the bearer token, what each route asks of a role, problem+json for errors."""

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from server.api.entry import Needs, actor_of
from server.api.problem_json import MEDIA_TYPE
from server.services.roles import Permission

PERMISSION: Final = "x-onecard-permission"
SECURITY: Final = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token: `onecard server api-token`."}
}
TEXT: Final = """Errors are `application/problem+json` (RFC 9457). Lists come in pages: `next` is the `after` of the
page that follows, null on the last. Who changes something by PUT sends the ETag of what they read as `If-Match`: 428
without one, 412 when it was changed since. A POST with an `Idempotency-Key` may be sent again and is carried out once.
What a token may do is its role's, narrowed by its scopes."""

PROBLEM: Final = {
    "type": "object",
    "title": "Problem",
    "description": "What was wrong (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "`urn:onecard:problem:` and a name that does not change"},
        "title": {"type": "string", "description": "one sentence, in the language of Accept-Language"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what of this request"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
        },
    },
}
_ANSWER: Final = {
    "description": "What was wrong.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
_CONTROL: Final = (
    (r"[\P{Cc}\r\n\t]", r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
    (r"\P{Cc}", r"[^\x00-\x1f\x7f-\x9f]"),
)
"""No control character (Unicode general category Cc), and the same spelt out."""
_FASTAPI_ERRORS: Final = ("HTTPValidationError", "ValidationError")


def install(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Let `/openapi.json` be this document; it is made once. `routers` are those that the application includes."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = document(app, routers)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def document(app: FastAPI, routers: Sequence[APIRouter]) -> dict[str, Any]:
    """OpenAPI 3.1 of an application."""
    made = get_openapi(title=app.title, version=app.version, description=TEXT, routes=app.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    for name in _FASTAPI_ERRORS:
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    made["components"]["securitySchemes"] = SECURITY
    routes = [route for router in (app.router, *routers) for route in router.routes if isinstance(route, APIRoute)]
    for route in routes:
        for method in route.methods or ():
            operation = made["paths"][route.path_format][method.lower()]
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = _ANSWER
            if _asks_who(route.dependant):
                operation["security"] = [{"bearer": []}]
            if (needed := _needed(route.dependant)) is not None:
                operation[PERMISSION] = needed.value
    plain: dict[str, Any] = _plain_patterns(made)
    return plain


def _plain_patterns(value: Any) -> Any:
    """Patterns without Unicode classes, which half of the tools that read a document do not know."""
    if isinstance(value, dict):
        return {
            key: _plain_pattern(one) if key == "pattern" and isinstance(one, str) else _plain_patterns(one)
            for key, one in value.items()
        }
    return [_plain_patterns(one) for one in value] if isinstance(value, list) else value


def _plain_pattern(pattern: str) -> str:
    for unicode, spelt in _CONTROL:
        pattern = pattern.replace(unicode, spelt)
    return pattern


def _asks_who(dependant: Dependant) -> bool:
    return dependant.call is actor_of or any(map(_asks_who, dependant.dependencies))


def _needed(dependant: Dependant) -> Permission | None:
    if isinstance(dependant.call, Needs):
        return dependant.call.permission
    return next(filter(None, map(_needed, dependant.dependencies)), None)
