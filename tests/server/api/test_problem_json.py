"""Every error is application/problem+json (RFC 9457), in the client's language, without secrets."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError

from server.api import problem_json
from server.services.problems import TEXTS, Code, Problem


class Body(BaseModel):
    password: str = Field(max_length=3)


def application(error: Exception | None = None) -> TestClient:
    app = FastAPI()

    @app.get("/fail")
    def fail() -> None:
        assert error is not None
        raise error

    @app.post("/take")
    def take(body: Body) -> str:
        return body.password

    problem_json.install(app)
    return TestClient(app, raise_server_exceptions=False)


@pytest.mark.parametrize("code", list(Code))
def test_every_code_is_told(code: Code) -> None:
    answer = application(Problem(code, "this case", fields={"x": "y"})).get("/fail")
    assert answer.status_code == TEXTS[code].status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": f"urn:onecard:problem:{code}",
        "title": TEXTS[code].en,
        "status": TEXTS[code].status,
        "detail": "this case",
        "errors": [{"field": "x", "problem": "y"}],
    }


@pytest.mark.parametrize(
    ("accept", "language"),
    [("zh-CN,zh;q=0.9,en;q=0.5", "zh"), ("en-GB", "en"), ("de, zh;q=0.3", "zh"), ("", "en"), ("*", "en")],
)
def test_in_the_clients_language(accept: str, language: str) -> None:
    answer = application(Problem(Code.LOCKED)).get("/fail", headers={"accept-language": accept})
    assert answer.headers["content-language"] == language
    assert answer.json()["title"] == (TEXTS[Code.LOCKED].zh if language == "zh" else TEXTS[Code.LOCKED].en)


def test_a_wrong_field_is_named_and_its_value_is_not() -> None:
    answer = application().post("/take", json={"password": "secret"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body.password"
    assert "secret" not in answer.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/take", 405)])
def test_what_the_router_refuses(method: str, path: str, status: int) -> None:
    answer = application().request(method, path)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"


def test_who_is_not_signed_in_is_told_how() -> None:
    answer = application(Problem(Code.NOT_SIGNED_IN)).get("/fail")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("error", [DataError("insert", {}, Exception("NUL")), OverflowError("2**70")])
def test_what_the_data_base_cannot_hold_is_the_callers_mistake(error: Exception) -> None:
    answer = application(error).get("/fail")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:onecard:problem:invalid")


def test_a_bug_tells_nothing_of_itself() -> None:
    answer = application(RuntimeError("the secret")).get("/fail")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
