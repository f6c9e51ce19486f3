"""What the API offers, read from its own OpenAPI document: no script of another's, no other host."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from server.pages.answers import page
from server.pages.console import TheConsole
from server.pages.developers.api_words import routes_of, schemas_of
from server.pages.visit import Needs, Visit

router = APIRouter()

Anyone = Annotated[Visit, Depends(Needs())]

OPENAPI = "/api/v1/openapi.json"


@router.get("/api")
def offered(visit: Anyone, console: TheConsole) -> Response:
    """All routes by subject, and the types that they name."""
    document = console.describe()
    text = document.get("info", {}).get("description", "")
    return page(
        visit, "api.html", document=OPENAPI, subjects=routes_of(document), schemas=schemas_of(document), text=text
    )
