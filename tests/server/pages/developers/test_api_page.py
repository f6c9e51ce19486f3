"""What the API offers, for people who write programs."""

from dataclasses import replace

from server.api.application import build_api
from server.services.roles import Role
from tests.server.pages.conftest import words_of


def test_every_route_and_type_of_the_document_is_on_the_page(house):
    document = build_api(house.community.house).openapi()
    house.site.state.console = replace(house.console, describe=lambda: document)
    answer = house.signed_in(Role.AUDITOR).get("/api")
    page = words_of(answer)
    for path, methods in document["paths"].items():
        for method in methods:
            assert f"{method.upper()} {path}" in page
    for name in document["components"]["schemas"]:
        assert f'id="type-{name}"' in answer.text
    assert "access.write" in page
    assert "//" not in answer.text.replace("https://…", ""), "it asks no other host"


def test_who_has_not_signed_in_reads_nothing(house):
    assert house.browser().get("/api").status_code == 303
