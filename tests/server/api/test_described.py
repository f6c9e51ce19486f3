"""The OpenAPI document: what is promised there, every answer keeps (schemathesis)."""

import json

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.api import described
from server.api.application import build_api
from server.services.roles import ALLOWED, PEOPLE_ROLES, Role
from tests.server.api.conftest import api_on
from tests.server.build import Community

EXAMPLES = 4
"""For every route, in a test that takes seconds."""

WAITS = ("/cards", "/purses/top-up")
"""POSTs that wait for a card on a desk's reader."""


@pytest.fixture
def document(community: Community) -> dict:
    return build_api(community.house).openapi()


def test_every_list_comes_in_pages_by_key(document: dict) -> None:
    bare = [
        path
        for path, methods in document["paths"].items()
        for answer in [methods.get("get", {}).get("responses", {}).get("200", {})]
        for content in answer.get("content", {}).values()
        if content.get("schema", {}).get("type") == "array"
    ]
    assert bare == []


def test_every_error_is_a_problem_and_every_route_says_what_it_asks_of_a_role(document: dict) -> None:
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"], path
            assert "422" not in operation["responses"], path
            if path != "/health":
                assert operation["security"] == [{"bearer": []}], path
    assert document["paths"]["/points"]["get"][described.PERMISSION] == "access.read"
    assert "\\P{" not in json.dumps(document)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_it_is_what_is_served(community: Community) -> None:
    api = api_on(community.house)
    served = TestClient(api).get("/openapi.json").json()
    assert served["components"]["securitySchemes"] == described.SECURITY


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def operations(api) -> list:
    schema = schemathesis.openapi.from_asgi("/openapi.json", api)
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if (one.method.upper(), one.path) not in {("POST", path) for path in WAITS}]


def test_whatever_is_sent_the_answer_is_what_the_document_says(community: Community) -> None:
    """Every route, with what its schema allows: no 5xx, only described answers, with the described bodies."""
    api = api_on(community.house)
    roles = sorted(PEOPLE_ROLES, key=lambda role: role is not Role.ADMIN)
    tokens = {role: community.token(role) for role in roles}
    found = operations(api)
    assert len(found) > 100
    wrong = []
    for operation in found:
        needed = operation.definition.raw.get(described.PERMISSION)
        role = next((role for role in roles if needed in ALLOWED[role]), Role.ADMIN)
        try:
            play(operation, {"Authorization": f"Bearer {tokens[role]}"})
        except Exception as error:  # one route that fails must not hide the next
            wrong.append(f"{operation.label}: {error!r} {getattr(error, 'exceptions', '')}"[:500])
    assert wrong == []


def play(operation, headers: dict[str, str]) -> None:
    """A few requests that the document allows; each answer is held against it."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def holds(case) -> None:
        case.validate_response(case.call(headers=headers), checks=CHECKS)

    holds()
