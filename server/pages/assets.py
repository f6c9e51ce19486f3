"""The static files, under an address that names their content, so that browsers keep them for ever.

`/static/{digest}/js/live.js` imports `./stream.js` beside it: one new file moves all addresses at once, and no page
runs yesterday's module beside today's.
"""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_DIR = Path(__file__).resolve().parent.parent / "static"
DIGEST_CHARACTERS = 12
YEAR_S = 31_536_000


@cache
def static_digest() -> str:
    """A name for the whole content of the folder."""
    total = hashlib.sha256()
    for file in sorted(path for path in STATIC_DIR.rglob("*") if path.is_file()):
        total.update(str(file.relative_to(STATIC_DIR)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()[:DIGEST_CHARACTERS]


def static_prefix() -> str:
    """Where the files stand: /static/0123456789ab."""
    return f"/static/{static_digest()}"


def static_url(name: str) -> str:
    """The address of one file, for templates."""
    return f"{static_prefix()}/{name}"


class LastingFiles(StaticFiles):
    """Static files that never change under their address."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        return response


def static_files() -> LastingFiles:
    """The application that serves the folder."""
    return LastingFiles(directory=STATIC_DIR)
