"""What a browser says of itself and of where it stands."""

from fastapi import Request

from server.pages.visit import Visit
from server.services.users.webauthn import Place, place_of

BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
"""Mark in the User-Agent -> name; the first that fits, for each calls itself many things."""


def agent_of(request: Request) -> str:
    """What the browser calls itself."""
    return request.headers.get("user-agent", "")


def place_in(request: Request, visit: Visit) -> Place | None:
    """Where passkeys of this request are made for; None where browsers have none."""
    return place_of(request.headers.get("host", ""), secure=visit.secure)


def address_in(request: Request, visit: Visit, path: str) -> str:
    """A path as somebody elsewhere has to type it, by the name that this browser has for the server."""
    return f"{'https' if visit.secure else 'http'}://{request.headers.get('host', '')}{path}"


def short_name(agent: str) -> str:
    """Chrome, Windows; "" for what is no browser that we know. For people to recognise, nothing is decided by it."""
    found = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in found if name)
