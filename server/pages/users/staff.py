"""Users: entered with a one-time password that is shown once, changed, shut out, given a new password."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import Response
from pydantic import ValidationError
from sqlmodel import Session

from server.pages.answers import go, page, refused
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_, Language
from server.pages.said import WHY_PROBLEM, fields_of
from server.pages.visit import Needs, Visit, our_form
from server.pages.words import ROLES
from server.services.problems import Code, Problem
from server.services.roles import PEOPLE_ROLES, Permission, Role
from server.services.units import org as org_tree
from server.services.units.org import OrgUnitView
from server.services.users import users
from server.services.users.users import UserIn, UserView

router = APIRouter()

Admin = Annotated[Visit, Depends(Needs(Permission.USERS_WRITE))]
Text = Annotated[str, Form(max_length=200)]
Why = Annotated[str, Form(max_length=500)]

SENTENCES: dict[Code, str] = {
    Code.EXISTS: N_("There is a user of this name already."),
    Code.INVALID: N_(
        "A name has 1 to 63 lower-case letters, digits and dashes, and a user has one of the roles and a unit."
    ),
    Code.IN_USE: N_("This is the last administrator: nobody could make another one."),
}

NO_UNIT = N_("Choose a unit of the list; an administrator belongs to this community or to a unit above it.")

DUTIES: dict[str, str] = {
    Role.ADMIN: N_("Everything here; at clinic, care and activities without names."),
    Role.GUARD: N_("The live gates, who came and went there, and taking cards out of use."),
    Role.CLERK: N_("People and the card desk; no comings and goings."),
    Role.NURSE: N_("Who comes to the clinic; no gates and no cards."),
    Role.CARE: N_("Who comes to the care station; no gates and no cards."),
    Role.PARTY: N_("Party members, meetings and activities; no gates and no cards."),
    Role.ORGANISER: N_("Activities and who came; no Party meetings, no gates and no cards."),
    Role.PROPERTY: N_("Repairs, talks with residents, parking; no comings and goings."),
    Role.OFFICIAL: N_("Incidents of their unit, and how gateways stand; nobody's whereabouts."),
    Role.AUDITOR: N_("The record of who did what, and events without names."),
    Role.PRIVACY: N_("Answers people who ask about their own data; sets how long it is kept; notes assessments."),
    Role.INSTALLER: N_("Gateways and their events, without names."),
}
"""What a role sees and does, in a line."""


@router.get("/users")
def listing(visit: Admin, console: TheConsole) -> Response:
    """Everybody who may sign in."""
    with console.transactions.read() as session:
        found = users.listing(session)
        units = _units(session)
    return page(visit, "users.html", users=found, roles=ROLES, units=units)


@router.get("/users/_new")
def ask(visit: Admin, console: TheConsole) -> Response:
    """Name, role and unit."""
    return _form(visit, console, "", "", console.house.community, "", 200)


@router.post("/users/_new", dependencies=[Depends(our_form)])
def add(visit: Admin, console: TheConsole, name: Text = "", role: Text = "", org: Text = "") -> Response:
    """Enter somebody, and show the one-time password: this once."""
    name, unit = name.strip(), org or console.house.community
    try:
        entered = UserIn(name=name, role=Role(role), org=unit)
        users.require_reach(entered.role, unit, console.house.community)
        with console.transactions.work(visit.actor) as work:
            _, password = users.add(work, console.passwords, entered)
    except (ValidationError, ValueError) as error:
        wrong = Problem(Code.INVALID, fields=dict.fromkeys(fields_of(error) or ("role",), ""))
        return _form(visit, console, name, role, unit, _sentence(visit, wrong), 422)
    except Problem as problem:
        return _form(visit, console, name, role, unit, _sentence(visit, problem), problem.status)
    return page(visit, "user_password.html", name=name, password=password)


@router.get("/users/{name}")
def user(visit: Admin, console: TheConsole, name: str) -> Response:
    """One user."""
    return _user(visit, console, name, "", 200)


@router.post("/users/{name}", dependencies=[Depends(our_form)])
def change(
    visit: Admin,
    console: TheConsole,
    name: str,
    role: Text = "",
    org: Text = "",
    disabled: Annotated[bool, Form()] = False,
) -> Response:
    """Another role or unit, or no way in any more; who is signed in is signed out."""
    try:
        with console.transactions.work(visit.actor) as work:
            unit = org or users.row_of(work.session, name).org
            users.require_reach(Role(role), unit, console.house.community)
            changed = users.change(work, name, role=Role(role), disabled=disabled, org=unit)
    except ValueError:
        return _user(visit, console, name, _sentence(visit, Problem(Code.INVALID, fields={"role": role})), 422)
    except Problem as problem:
        if problem.code is Code.NOT_FOUND:
            raise
        return _user(visit, console, name, _sentence(visit, problem), problem.status)
    console.hub.end_user(changed.id)
    return go("/users")


@router.post("/users/{name}/password", dependencies=[Depends(our_form)])
def reset(visit: Admin, console: TheConsole, name: str) -> Response:
    """A new one-time password, shown this once."""
    with console.transactions.work(visit.actor) as work:
        user_id = users.row_of(work.session, name).id
        password = users.reset_password(work, console.passwords, name)
    console.hub.end_user(user_id)
    return page(visit, "user_password.html", name=name, password=password)


@router.post("/users/{name}/second", dependencies=[Depends(our_form)])
def reset_second(visit: Admin, console: TheConsole, name: str, why: Why = "") -> Response:
    """Somebody lost telephone and codes: the password is enough again. With a reason, which stands on record."""
    try:
        with console.transactions.work(visit.actor) as work:
            user_id = users.reset_second_factor(work, name, why)
    except Problem as problem:
        if problem.code is Code.NOT_FOUND:
            raise
        return _user(visit, console, name, visit.say(WHY_PROBLEM, at="why"), problem.status)
    console.hub.end_user(user_id)
    return go(f"/users/{name}")


def _form(visit: Visit, console: Console, name: str, role: str, unit: str, problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        known = org_tree.units(session)
    english = visit.language is Language.EN
    shown = {"name": name, "role": role, "unit": unit, "problem": problem, "roles": _roles(), "duties": DUTIES}
    units = {one.code: one.name_en if english else one.name_zh for one in known}
    return page(visit, "user_form.html", status=status, units=units, **shown)


def _user(visit: Visit, console: Console, name: str, problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        users.row_of(session, name)
        found: UserView = next(user for user in users.listing(session) if user.name == name)
        units = _units(session)
    return page(
        visit,
        "user.html",
        status=status,
        person=found,
        problem=problem,
        roles=_roles(),
        duties=DUTIES,
        units=units,
    )


def _units(session: Session) -> dict[str, OrgUnitView]:
    return {unit.code: unit for unit in org_tree.units(session)}


def _roles() -> dict[str, str]:
    return {role.value: ROLES[role] for role in PEOPLE_ROLES}


def _sentence(visit: Visit, problem: Problem) -> str:
    known = NO_UNIT if "org" in problem.fields else SENTENCES.get(problem.code)
    at = fields_of(problem) or (("name",) if problem.code is Code.EXISTS else ())
    return visit.say(known, at) if known else refused(visit, problem.code)
