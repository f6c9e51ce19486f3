"""An OpenAPI document as a page tells it: routes by subject, each with its fields in words. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PERMISSION: Final = "x-onecard-permission"
CHOICES_SHOWN: Final = 12
DEPTH_MAX: Final = 8
"""Of types within types; a deeper one is called `object`."""

Json = Mapping[str, Any]


@dataclass(frozen=True)
class FieldWords:
    """A parameter, or a field of a body."""

    name: str
    place: str
    """`path`, `query`, `header` or `body`."""
    kind: str
    needed: bool
    text: str


@dataclass(frozen=True)
class RouteWords:
    """One route."""

    method: str
    path: str
    title: str
    text: str
    permission: str
    fields: tuple[FieldWords, ...]
    answers: tuple[tuple[str, str], ...]
    """(status, what comes back), of what succeeds."""

    @property
    def anchor(self) -> str:
        """Where a link leads to."""
        return re.sub("[^a-z0-9]+", "-", f"{self.method} {self.path}".lower()).strip("-")


@dataclass(frozen=True)
class SchemaWords:
    """A type that routes name."""

    name: str
    text: str
    fields: tuple[FieldWords, ...]


def routes_of(document: Json) -> dict[str, list[RouteWords]]:
    """Subject -> its routes, as the document has them."""
    found: dict[str, list[RouteWords]] = {}
    for path, methods in document.get("paths", {}).items():
        for method, operation in methods.items():
            subject = (operation.get("tags") or ["other"])[0]
            found.setdefault(subject, []).append(_route(method.upper(), path, operation, document))
    return dict(sorted(found.items()))


def schemas_of(document: Json) -> list[SchemaWords]:
    """The types by name."""
    schemas = document.get("components", {}).get("schemas", {})
    return [
        SchemaWords(name, _text(schema), tuple(_properties(schema, "body"))) for name, schema in sorted(schemas.items())
    ]


def kind_of(schema: Json, depth: int = 0) -> str:
    """`text`, `list of PointIn`, `number or nothing` …"""
    if depth > DEPTH_MAX:
        return "object"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return str(schema["const"])
    if "enum" in schema:
        choices = [str(choice) for choice in schema["enum"]]
        return " | ".join(choices[:CHOICES_SHOWN]) + (" | …" if len(choices) > CHOICES_SHOWN else "")
    for either in ("anyOf", "oneOf"):
        if either in schema:
            return " or ".join(dict.fromkeys(kind_of(one, depth + 1) for one in schema[either]))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {kind_of(schema.get('items', {}), depth + 1)}"
    if kind == "string":
        return str(schema.get("format", "text"))
    return {"integer": "number", "null": "nothing", "boolean": "true | false"}.get(kind, str(kind))


def _route(method: str, path: str, operation: Json, document: Json) -> RouteWords:
    given = [
        FieldWords(
            one["name"],
            one["in"],
            kind_of(one.get("schema", {})),
            bool(one.get("required")),
            one.get("description", ""),
        )
        for one in operation.get("parameters", ())
    ]
    answers = [
        (status, _content(answer)) for status, answer in operation.get("responses", {}).items() if status[0] == "2"
    ]
    return RouteWords(
        method=method,
        path=path,
        title=operation.get("summary", ""),
        text=operation.get("description", ""),
        permission=operation.get(PERMISSION, ""),
        fields=(*given, *_body(operation.get("requestBody", {}), document)),
        answers=tuple(answers),
    )


def _body(request: Json, document: Json) -> list[FieldWords]:
    for content in request.get("content", {}).values():
        schema = content.get("schema", {})
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        known = document.get("components", {}).get("schemas", {}).get(name, {})
        fields = _properties(known, "body")
        return fields or [FieldWords("", "body", kind_of(schema), bool(request.get("required")), _text(schema))]
    return []


def _properties(schema: Json, place: str) -> list[FieldWords]:
    needed = set(schema.get("required", ()))
    return [
        FieldWords(name, place, kind_of(one), name in needed, _text(one))
        for name, one in schema.get("properties", {}).items()
    ]


def _content(answer: Json) -> str:
    kinds = [kind_of(content.get("schema", {})) for content in answer.get("content", {}).values()]
    return ", ".join(kinds)


def _text(schema: Json) -> str:
    return str(schema.get("description", ""))
