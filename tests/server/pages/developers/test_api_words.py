"""An OpenAPI document in words."""

from server.pages.developers.api_words import kind_of, routes_of, schemas_of

DOCUMENT = {
    "paths": {
        "/cards/{card_id}": {
            "put": {
                "tags": ["cards"],
                "summary": "Change",
                "description": "Changes it.",
                "x-onecard-permission": "cards.issue",
                "parameters": [{"name": "card_id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rights"}}},
                },
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Card"}}}},
                    "default": {},
                },
            }
        },
        "/health": {"get": {"responses": {"200": {}}}},
    },
    "components": {
        "schemas": {
            "Rights": {
                "description": "What it opens.",
                "required": ["levels"],
                "properties": {
                    "levels": {"type": "array", "items": {"type": "string"}},
                    "until": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                },
            }
        }
    },
}


def test_a_route_tells_its_fields_its_right_and_its_answer() -> None:
    (route,) = routes_of(DOCUMENT)["cards"]
    assert (route.method, route.path, route.permission) == ("PUT", "/cards/{card_id}", "cards.issue")
    assert [(one.name, one.place, one.kind, one.needed) for one in route.fields] == [
        ("card_id", "path", "text", True),
        ("levels", "body", "list of text", True),
        ("until", "body", "number or nothing", False),
    ]
    assert route.answers == (("200", "Card"),)
    assert route.anchor == "put-cards-card-id"


def test_what_has_no_subject_is_told_too() -> None:
    assert [route.path for route in routes_of(DOCUMENT)["other"]] == ["/health"]
    assert [(schema.name, schema.text) for schema in schemas_of(DOCUMENT)] == [("Rights", "What it opens.")]
    assert routes_of({}) == {}
    assert schemas_of({}) == []


def test_kinds_in_words_end_somewhere() -> None:
    assert kind_of({"enum": ["a", "b"]}) == "a | b"
    assert kind_of({"enum": list(range(20))}).endswith("11 | …")
    assert kind_of({"const": "x"}) == "x"
    assert kind_of({"type": "string", "format": "date"}) == "date"
    deep: dict = {}
    for _ in range(40):
        deep = {"type": "array", "items": deep}
    assert kind_of(deep).endswith("object")
