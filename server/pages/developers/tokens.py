"""Tokens of programs: made with a role, a unit, scopes and an end; shown once; revoked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response

from card_protocol.words.moment import DAY_MS
from server.pages.answers import go, page, refused
from server.pages.console import Console, TheConsole
from server.pages.developers.right_words import RIGHTS
from server.pages.i18n import N_
from server.pages.said import fields_of
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import ROLES
from server.services.problems import Code, Problem
from server.services.roles import ALLOWED, PEOPLE_ROLES, Permission, Role
from server.services.units import org as org_tree
from server.services.users import tokens

router = APIRouter(prefix="/tokens")

Admin = Annotated[Visit, Depends(Needs(Permission.USERS_WRITE))]
Text = Annotated[str, Form(max_length=100)]

DAYS = 365
DAYS_MAX = 3650
BLANK = {"name": "", "role": Role.GUARD.value, "org": "", "days": str(DAYS)}
SENTENCES = {
    "scopes": N_("Choose at least one of the rights that the role has."),
    "org": N_("Choose a unit of the list."),
    "days": N_("A token lives for 1 to 3650 days."),
}
NAME = N_("A name has 1 to 63 lower-case letters, digits and dashes.")


@router.get("")
def listing(visit: Admin, console: TheConsole) -> Response:
    """All of them, with a form for a new one."""
    return _page(visit, console)


@router.post("", dependencies=[Depends(our_form)])
def make(
    visit: Admin,
    console: TheConsole,
    name: Text = "",
    role: Text = "",
    org: Text = "",
    days: Text = "",
    scopes: Annotated[list[str], Form(max_length=64)] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """A new token; its secret is shown this once. One of the same name ends."""
    typed = {"name": name.strip(), "role": role, "org": org, "days": days}
    try:
        if not (days.isascii() and days.isdigit() and 1 <= int(days) <= DAYS_MAX):
            raise Problem(Code.INVALID, fields={"days": "1 to 3650"})
        chosen = frozenset(Permission(scope) for scope in scopes)
        with console.transactions.work(visit.actor) as work:
            _, secret = tokens.add(
                work,
                typed["name"],
                Role(role),
                org=org or None,
                scopes=chosen & ALLOWED[Role(role)],
                expires_ms=work.real_ms + int(days) * DAY_MS,
            )
    except ValueError:
        return _page(visit, console, refused(visit, Code.INVALID), typed, scopes, 422)
    except Problem as problem:
        said = next((SENTENCES[field] for field in problem.fields if field in SENTENCES), NAME)
        return _page(visit, console, visit.say(said, at=fields_of(problem)), typed, scopes, problem.status)
    return page(visit, "token_made.html", name=typed["name"], secret=secret)


@router.post("/{name}/revoke", dependencies=[Depends(our_form)])
def revoke(visit: Admin, console: TheConsole, name: str) -> Response:
    """It opens nothing any more, from this moment."""
    with console.transactions.work(visit.actor) as work:
        tokens.revoke(work, name)
    return go("/tokens")


def _page(
    visit: Visit,
    console: Console,
    problem: str = "",
    typed: dict[str, str] | None = None,
    chosen: list[str] | None = None,
    status: int = 200,
) -> Response:
    now = console.transactions.real_clock()
    with console.transactions.read() as session:
        found = tokens.listing(session)
        units = {unit.code: unit for unit in org_tree.units(session)}
    typed = typed or BLANK | {"org": console.house.community}
    shown = {
        "found": found,
        "now": now,
        "units": units,
        "problem": problem,
        "typed": typed,
        "chosen": chosen or [],
        "roles": {role.value: ROLES[role] for role in PEOPLE_ROLES},
        "all_roles": ROLES,
        "rights": RIGHTS,
        "scopes": {scope: [r.value for r in PEOPLE_ROLES if scope in ALLOWED[r]] for scope in _scopes()},
    }
    return page(visit, "tokens.html", status=status, **shown)


def _scopes() -> list[Permission]:
    """Those that some role of a person has."""
    return [scope for scope in Permission if any(scope in ALLOWED[role] for role in PEOPLE_ROLES)]
