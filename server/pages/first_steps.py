"""The first run: a list of what is done and what comes next, and the two steps that have no page elsewhere."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, UploadFile
from fastapi.responses import Response
from pydantic import ValidationError

from card_protocol.words.division import Level, level_of, lineage, parent_of
from server.pages.answers import go, page
from server.pages.console import Console, TheConsole
from server.pages.forms import UPLOAD_MAX_BYTES
from server.pages.i18n import N_
from server.pages.said import Said, fields_of
from server.pages.users.account import sentence
from server.pages.users.login import Secret
from server.pages.visit import Needs, Visit, our_form
from server.services import first_steps
from server.services.first_steps import Step
from server.services.keys.keystore import KeystoreError
from server.services.keys.keystore_backup import tested_value
from server.services.keys.keystore_file import FILE_MAX_BYTES
from server.services.problems import Problem
from server.services.roles import Permission
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users import signing_in

router = APIRouter(prefix="/setup")

Admin = Annotated[Visit, Depends(Needs(Permission.USERS_WRITE, Permission.ORG_WRITE))]
Line = Annotated[str, Form(max_length=100)]

LEVELS: dict[str, str] = {
    Level.CITY: N_("City"),
    Level.DISTRICT: N_("District"),
    Level.STREET: N_("Street"),
    Level.COMMUNITY: N_("Community"),
}
NO_CODE = N_(
    "This is no division code. It has 12 digits: 2 for the province, 2 for the city, 2 for the district, "
    "3 for the street, 3 for the community; what lies below its level is zeros, "
    "for example 330105000000 for a district."
)
NO_PARENT = N_("Enter the unit above it first: %(code)s.")
NO_NAME = N_("Every unit has a Chinese name of up to 80 characters.")


@dataclass(frozen=True)
class Way:
    """What a step is called, why it is done, and where."""

    title: str
    text: str
    path: str


WAYS: dict[Step, Way] = {
    Step.UNITS: Way(
        N_("City, district, street, community"),
        N_("The names of the units that this community belongs to. Their codes follow from the community's own."),
        "/setup/units",
    ),
    Step.ADMIN: Way(
        N_("A password of your own"),
        N_("The one-time password of the first day is known to whoever saw it printed."),
        "/account/password",
    ),
    Step.FACTOR: Way(
        N_("A second factor for the administrator"),
        N_("An authenticator app or a passkey, so that a stolen password opens nothing."),
        "/account",
    ),
    Step.HOUSES: Way(
        N_("Houses"), N_("The list of flats from Excel: people can then live only in houses that exist."), "/imports"
    ),
    Step.KEYS: Way(
        N_("A backup of the keys, tested"),
        N_("Without the keystore no card can be issued or renewed ever again. A copy counts once it was read back."),
        "/setup/keys",
    ),
    Step.GATEWAY: Way(
        N_("The first gateway"),
        N_("Make a claim here, enter it at the box, compare the fingerprints; then add its points."),
        "/gateways/_new",
    ),
    Step.TAP: Way(
        N_("The first tap"),
        N_("Hold any card to a reader: it is refused, and you see it here within a second."),
        "/live",
    ),
    Step.CARD: Way(N_("The first card"), N_("Enter a person, put a blank card on the desk's reader."), "/desk"),
}


@router.get("")
def overview(visit: Admin, console: TheConsole) -> Response:
    """What is done, and what comes next."""
    with console.transactions.read() as session:
        found = first_steps.steps(session, console.house.keystore)
    done = sum(one.done for one in found)
    return page(visit, "setup.html", steps=found, next=first_steps.next_of(found), done=done, ways=WAYS)


@router.get("/units")
def units(visit: Admin, console: TheConsole) -> Response:
    """The line from the city to the community, and whatever else stands in the tree."""
    return _units(visit, console, {}, "", 200)


@router.post("/units", dependencies=[Depends(our_form)])
def set_unit(visit: Admin, console: TheConsole, code: Line = "", name_zh: Line = "", name_en: Line = "") -> Response:
    """Enter a unit or change its names. Its code must be one, and the unit above it must be there."""
    code = code.strip()
    entered = {"code": code, "name_zh": name_zh, "name_en": name_en}
    try:
        above = parent_of(code)
    except ValueError:
        return _units(visit, console, entered, visit.say(NO_CODE, at="code"), 422)
    try:
        unit = OrgUnitIn(code=code, name_zh=name_zh.strip(), name_en=name_en.strip())
    except ValidationError as error:
        return _units(visit, console, entered, visit.say(NO_NAME, at=fields_of(error)), 422)
    with console.transactions.read() as session:
        there = {one.code for one in org.units(session)}
    if above is not None and above not in there:
        return _units(visit, console, entered, Said(visit.say(NO_PARENT) % {"code": above}, at="code"), 422)
    with console.transactions.work(visit.actor) as work:
        org.add(work, unit)
    return go("/setup/units")


@router.get("/keys")
def keys(visit: Admin, console: TheConsole) -> Response:
    """Take a copy away, and bring it back."""
    return _keys(visit, console, "", 200)


@router.post("/keys/copy", dependencies=[Depends(our_form)])
def copy(visit: Admin, console: TheConsole, password: Secret = "") -> Response:
    """The keystore as it sleeps: closed by its passphrase, which is not in it. With the present password, on record."""
    assert visit.user is not None
    file = console.house.keystore_file
    try:
        signing_in.confirm(console.house, visit.user.user_id, password)
        if file is None:
            return _keys(
                visit, console, visit.say(N_("The keys of this server lie in no file that could be copied.")), 409
            )
        with console.transactions.work(visit.actor) as work:
            first_steps.note_copy(work)
        data = file.read_bytes()
    except Problem as problem:
        return _keys(visit, console, sentence(visit, problem), problem.status)
    name = f"onecard-keystore-{console.house.community}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.post("/keys/test", dependencies=[Depends(our_form)], max_body_size=UPLOAD_MAX_BYTES)
def bring_back(
    visit: Admin,
    console: TheConsole,
    file: Annotated[UploadFile | None, File()] = None,
    passphrase: Secret = "",
) -> Response:
    """Open the copy that came back: the right passphrase, the right community, the same keys."""
    data = file.file.read(FILE_MAX_BYTES + 1) if file is not None else b""
    keystore = console.house.keystore
    try:
        value = tested_value(data, passphrase, keystore.community, keystore.check_value())
    except KeystoreError:
        told = N_("This copy does not open, or holds other keys. Check the file and the passphrase; do not rely on it.")
        return _keys(visit, console, visit.say(told, at=("file", "passphrase")), 422)
    with console.transactions.work(visit.actor) as work:
        first_steps.note_test(work, value)
    return go("/setup/keys")


def _units(visit: Visit, console: Console, entered: dict[str, str], problem: str, status: int) -> Response:
    with console.transactions.read() as session:
        there = org.units(session)
        missing = first_steps.missing_units(session, console.house.community)
    return page(
        visit,
        "setup_units.html",
        status=status,
        problem=problem,
        units=there,
        missing=[(code, LEVELS[level_of(code)]) for code in missing],
        levels=LEVELS,
        line=lineage(console.house.community),
        entered=entered or {"code": missing[0] if missing else "", "name_zh": "", "name_en": ""},
    )


def _keys(visit: Visit, console: Console, problem: str, status: int) -> Response:
    keystore = console.house.keystore
    with console.transactions.read() as session:
        tested = first_steps.last_test(session)
    return page(
        visit,
        "setup_keys.html",
        status=status,
        problem=problem,
        value=keystore.check_value(),
        tested=tested == keystore.check_value(),
        copyable=console.house.keystore_file is not None,
    )
