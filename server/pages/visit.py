"""A visit: who asks for a page, in which language and colours, and what they may do."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Form, Request
from starlette.routing import Match

from card_protocol.words.division import covers
from server.pages import csrf, i18n
from server.pages.console import TheConsole
from server.pages.i18n import Language
from server.pages.marks import GAP
from server.pages.menu import Entry, entries, shown
from server.pages.said import Said
from server.pages.words import ROLES
from server.services import sight
from server.services.problems import Code, Problem
from server.services.roles import Permission, Role, may
from server.services.sight import Sight
from server.services.users import sessions
from server.services.users.sessions import SignedIn
from server.services.work import Actor

THEME_COOKIE = "onecard_theme"
DESK_COOKIE = "onecard_desk"
THEMES = ("light", "dark")
BACK_MAX_CHARS = 500
NIGHT_PATHS = ("/live", "/shift")
"""Dark unless somebody chose otherwise: these stand open all night."""


@dataclass(frozen=True)
class Visit:
    """One request of a browser."""

    language: Language
    theme: str
    path: str
    address: str
    """Path and query: where a form of the frame comes back to."""
    secret: str
    """The session's or the browser's secret cookie; not shown, only its form token is."""
    secure: bool
    """Whether cookies are for HTTPS only."""
    now_ms: int
    user: SignedIn | None
    community: str
    """Whose data this server holds."""
    desk: str = ""
    """The card desk that stands before this browser, as somebody said once (pages.desk.pairing)."""

    def __repr__(self) -> str:
        return f"Visit({self.path!r}, user={self.user.name if self.user else None!r})"

    @property
    def form_token(self) -> str:
        """The token of this browser's forms."""
        return csrf.form_token(self.secret)

    @property
    def session_key(self) -> str:
        """A name for the session that gives nothing away."""
        return hashlib.sha256(b"onecard.stream\0" + self.secret.encode()).hexdigest()[:16]

    @property
    def stream_name(self) -> str:
        """The shared worker's name: another session or language has another stream."""
        return f"{self.session_key}-{self.language}"

    @property
    def actor(self) -> Actor:
        """Who does what is done in this visit."""
        assert self.user is not None
        return self.user.actor()

    @property
    def role(self) -> Role:
        """The user's role."""
        assert self.user is not None
        return self.user.role

    @property
    def sight(self) -> Sight:
        """Whose whereabouts the user sees, and where."""
        return sight.of(self.actor)

    @property
    def role_name(self) -> str:
        """The role, in the visit's language."""
        return self.say(ROLES[self.user.role]) if self.user else ""

    @property
    def in_reach(self) -> bool:
        """Whether this community lies in the user's unit. For the rest of the tree nothing here exists."""
        return self.user is not None and covers(self.user.org, self.community)

    @property
    def menu(self) -> tuple[list[Entry], list[Entry]]:
        """The ways that are open to this user: in the bar, and behind "More"."""
        return shown(entries(self.actor) if self.in_reach else [])

    def may(self, permission: str) -> bool:
        """Whether the user's role and unit allow it; templates show nothing that would be refused."""
        return self.in_reach and may(self.actor, Permission(permission))

    def say(self, sentence: str, at: Iterable[str] = ()) -> Said:
        """A marked sentence in the visit's language; `at` names the fields of a refused form that it is about."""
        return Said(i18n.translator(self.language)(sentence), at)

    def tell(self, at: tuple[str, ...], sentences: Mapping[str, str], together: str) -> Said:
        """Why a form is refused: each field `at` has its own marked sentence; where one has none, `together`."""
        if not at or not sentences.keys() >= set(at):
            return self.say(together, at)
        own = dict.fromkeys(sentences[name] for name in at)
        return Said(GAP[self.language].join(self.say(one) for one in own), at)


class Turned(Exception):
    """The visitor has to go elsewhere first."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


def visit_of(request: Request, console: TheConsole) -> Visit:
    """Any visitor, signed in or not. The request keeps it: a page that says why not is for the same visitor."""
    cookies = request.cookies
    session = cookies.get(console.session_cookie, "")
    path = request.url.path
    query = f"?{request.url.query}" if request.url.query else ""
    default = "dark" if path.startswith(NIGHT_PATHS) else "light"
    theme = cookies.get(THEME_COOKIE, default)
    user = sessions.who(console.transactions, session) if session else None
    request.state.visit = visit = Visit(
        language=i18n.choose(cookies.get(i18n.COOKIE), request.headers.get("accept-language")),
        theme=theme if theme in THEMES else default,
        path=path,
        address=safe_back(path + query) if request.method == "GET" else _form_was_on(request),
        secret=session if user else cookies.get(csrf.BROWSER_COOKIE, ""),
        secure=console.secure_cookies,
        now_ms=console.transactions.clock(),
        user=user,
        community=console.house.community,
        desk=cookies.get(DESK_COOKIE, ""),
    )
    return visit


def _form_was_on(request: Request) -> str:
    """The page that a form was on: the form's own address where that can be asked for, too, or else what the browser
    says it came from; "/" where neither leads anywhere."""
    came_from = request.headers.get("referer", "")
    here = f"{request.url.scheme}://{request.headers.get('host', '')}/"
    before = "/" + came_from.removeprefix(here) if came_from.startswith(here) else "/"
    found = (address for address in (request.url.path, before) if _is_a_page(request, address.partition("?")[0]))
    return safe_back(next(found, "/"))


def _is_a_page(request: Request, path: str) -> bool:
    asked = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)


AnyVisit = Annotated[Visit, Depends(visit_of)]


async def signed_in_visit(visit: AnyVisit) -> Visit:
    """Somebody who has signed in, whatever else they still have to do."""
    if visit.user is None:
        raise Turned(f"/login?back={quote(visit.address, safe='/')}")
    return visit


class Needs:
    """A dependency: signed in, with a password of one's own, and allowed to."""

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    async def __call__(self, visit: Annotated[Visit, Depends(signed_in_visit)]) -> Visit:
        assert visit.user is not None
        if visit.user.must_change:
            raise Turned("/account/password")
        for permission in self.permissions:
            if not visit.may(permission):
                raise Problem(Code.FORBIDDEN, f"{visit.actor.name} lacks {permission}.")
        return visit


async def our_form(request: Request, visit: AnyVisit, token: Annotated[str, Form(alias=csrf.FIELD)] = "") -> None:
    """A dependency of every form: Problem FORBIDDEN unless one of our own pages sent it to this browser.

    One whose session has ended meanwhile is led to the sign-in, and from there back to the form.
    """
    headers = request.headers
    origin_ok = csrf.same_origin(headers.get("origin"), headers.get("sec-fetch-site"), headers.get("host", ""))
    if origin_ok and visit.user is None and not csrf.is_ours(visit.secret, token):
        raise Turned(f"/login?back={quote(visit.address, safe='/')}&ended=1")
    if not origin_ok or not csrf.is_ours(visit.secret, token):
        raise Problem(Code.FORBIDDEN, "The form is not one of this browser's; open the page anew.")


def safe_back(text: str) -> str:
    """A place on this site to go back to; "/" for anything else (no open redirect)."""
    plain = text.isascii() and text.isprintable() and "\\" not in text and len(text) <= BACK_MAX_CHARS
    return text if plain and text.startswith("/") and not text.startswith("//") else "/"
