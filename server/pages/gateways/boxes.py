"""Gateways: what each holds and lacks, and the claim with which a new box joins."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query
from fastapi.responses import Response
from sqlmodel import Session

from card_protocol.wire.command import Action
from card_protocol.wire.identity import ALARM_LEFT_MS
from server.pages.answers import page, part
from server.pages.console import Console, TheConsole
from server.pages.i18n import N_
from server.pages.live.live_views import area_names, point_name
from server.pages.live.orders import AT_POINT, KEY_BYTES, OUTCOMES
from server.pages.visit import Needs, Visit, our_form
from server.services.access import access, areas
from server.services.cards import revocations
from server.services.events import events
from server.services.events.events import EventFilter
from server.services.gateways import admission, commands, gateways
from server.services.gateways.admission import CertificateView
from server.services.gateways.commands import CommandState
from server.services.gateways.gateways import GatewayView
from server.services.keys import authorities, key_versions
from server.services.keys.key_versions import KeyVersions
from server.services.policies import policy
from server.services.problems import Code, Problem
from server.services.roles import Permission

router = APIRouter()

LATEST_EVENTS = 20
LATEST_ORDERS = 10
ORDERS: dict[Action, str] = {
    **{action: order.label for action, order in AT_POINT.items()},
    Action.READ_LOG: N_("Read log"),
}
ORDER_STATES: dict[CommandState, tuple[str, str, str]] = {
    CommandState.WAITING: ("quiet", "clock", N_("On its way")),
    CommandState.TAKEN: ("quiet", "circle-check", N_("The gateway has it")),
    CommandState.DONE: ("good", "circle-check", N_("Done")),
    CommandState.FAILED: ("bad", "circle-x", N_("Not possible")),
    CommandState.REFUSED: ("bad", "circle-x", N_("Refused")),
    CommandState.UNANSWERED: ("bad", "plug-connected-x", N_("No answer: not done")),
}
"""State -> (colour, symbol, word)."""

NAME_MAX_CHARS = 63
PLACE_MAX_CHARS = 100

Reader = Annotated[Visit, Depends(Needs(Permission.GATEWAYS_READ))]
Writer = Annotated[Visit, Depends(Needs(Permission.GATEWAYS_WRITE))]
NameField = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True)
class Box:
    """A gateway beside what it should hold."""

    gateway: GatewayView
    wanted_policy: int
    wanted_rev_seq: int
    certificate: CertificateView | None = None
    certificate_old: bool = False
    wanted_keys: KeyVersions = field(default_factory=KeyVersions)

    @property
    def waiting(self) -> int:
        """Events that it has written and we have not taken."""
        return max(self.gateway.head_seq - self.gateway.acked_seq, 0)

    @property
    def policy_current(self) -> bool:
        """Whether it applies the newest policy."""
        return self.gateway.policy_version >= self.wanted_policy

    @property
    def revocations_current(self) -> bool:
        """Whether it has applied every revocation."""
        return self.gateway.rev_seq >= self.wanted_rev_seq

    @property
    def keys_current(self) -> bool:
        """Whether its points accept the card key versions that they should."""
        return self.held_versions == self.wanted_versions

    @property
    def held_versions(self) -> str:
        """`1 + 2`; a dash from a box that has not said."""
        newest = self.gateway.keys_newest
        return " + ".join(map(str, range(self.gateway.keys_oldest, newest + 1))) if newest else "–"

    @property
    def wanted_versions(self) -> str:
        """What doors should accept."""
        return " + ".join(map(str, self.wanted_keys.accepted))

    @property
    def state(self) -> str:
        """asks, claimed, shut_out, gone (shut out and taken down), online or offline."""
        if self.gateway.asks_mark:
            return "asks"
        if self.gateway.revoked:
            return "shut_out" if self.gateway.gone_ms is None else "gone"
        if not self.gateway.enrolled:
            return "claimed"
        return "online" if self.gateway.online else "offline"

    @property
    def takes_orders(self) -> bool:
        """Whether it takes part: an order for any other leads nowhere."""
        return self.gateway.enrolled and not self.gateway.revoked


@router.get("/gateways")
def listing(visit: Reader, console: TheConsole) -> Response:
    """All gateways."""
    place = console.hub.position()
    return page(visit, "boxes.html", boxes=_boxes(console), live_after=place)


@router.get("/gateways/_rows")
def rows(visit: Reader, console: TheConsole) -> Response:
    """The table alone."""
    return part(visit, "boxes_rows.html", boxes=_boxes(console))


@router.get("/gateways/_new")
def ask(visit: Writer, name: Annotated[str, Query(max_length=NAME_MAX_CHARS)] = "") -> Response:
    """Name and place of a new box; the name of the one whose place it takes."""
    return page(visit, "box_claim.html", gateway_id=name, place="", problem="", claim="", until_ms=0)


@router.post("/gateways/_new", dependencies=[Depends(our_form)])
def claim(visit: Writer, console: TheConsole, gateway_id: NameField = "", place: NameField = "") -> Response:
    """Make a claim and show it: this once."""
    name, where = gateway_id.strip(), place.strip()[:PLACE_MAX_CHARS]
    try:
        with console.transactions.work(visit.actor) as work:
            text = gateways.claim(work, name, console.house.community, place=where)
            until_ms = gateways.get(work.session, name).claim_expires_ms or 0
            authorities.first(work, console.house.keystore)
            mark = authorities.mark(work.session, work.real_ms)
    except Problem as problem:
        if problem.code is not Code.INVALID:
            raise
        sentence = visit.say(
            N_("A name has 1 to 63 lower-case letters, digits and dashes, for example south-gate."), at="gateway_id"
        )
        return page(
            visit, "box_claim.html", status=422, gateway_id=name, place=where, problem=sentence, claim="", until_ms=0
        )
    return page(
        visit, "box_claim.html", gateway_id=name, place=where, problem="", claim=text, until_ms=until_ms, mark=mark
    )


@router.get("/gateways/{gateway_id}")
def box(visit: Reader, console: TheConsole, gateway_id: str) -> Response:
    """One gateway."""
    return box_page(visit, console, gateway_id)


def box_page(visit: Visit, console: Console, gateway_id: str, problem: str = "", status: int = 200) -> Response:
    """One gateway, with what was refused of a form."""
    place = console.hub.position()
    with console.transactions.read() as session:
        shown = _box(session, console, gateways.get(session, gateway_id))
        points = [point for point in access.points(session) if point.gateway_id == gateway_id]
        notes = events.query(
            session, EventFilter(gateway=gateway_id, rare=True), sight=visit.sight, limit=LATEST_EVENTS
        ).items
    return page(
        visit,
        "box.html",
        box=shown,
        points=[(point, point_name(point, visit.language)) for point in points],
        notes=notes,
        problem=problem,
        status=status,
        live_after=place,
        **_orders(visit, console, gateway_id),
    )


@router.get("/gateways/{gateway_id}/facts")
def facts(visit: Reader, console: TheConsole, gateway_id: str) -> Response:
    """What it holds, alone."""
    with console.transactions.read() as session:
        shown = _box(session, console, gateways.get(session, gateway_id))
    return part(visit, "box_facts.html", box=shown)


@router.get("/gateways/{gateway_id}/orders")
def orders(visit: Reader, console: TheConsole, gateway_id: str) -> Response:
    """What was ordered lately, alone."""
    with console.transactions.read() as session:
        shown = _box(session, console, gateways.get(session, gateway_id))
    return part(visit, "box_orders.html", box=shown, **_orders(visit, console, gateway_id))


def _orders(visit: Visit, console: TheConsole, gateway_id: str) -> dict[str, Any]:
    with console.transactions.read() as session:
        found = commands.listing(session, gateway_id, console.transactions.clock(), LATEST_ORDERS)
        named = area_names(areas.all_of(session), visit.language)
        places = {point.id: point_name(point, visit.language) for point in access.points(session)}
    key = console.transactions.entropy(KEY_BYTES).hex()
    told = {"actions": ORDERS, "states": ORDER_STATES, "outcomes": OUTCOMES}
    return {"orders": found, "places": places, "areas": named, "key": key} | told


def _boxes(console: TheConsole) -> list[Box]:
    with console.transactions.read() as session:
        return [_box(session, console, gateway) for gateway in gateways.listing(session)]


def _box(session: Session, console: Console, gateway: GatewayView) -> Box:
    wanted = policy.newest(session, gateway.id)
    certificate = admission.certificate_of(session, gateway.id) if gateway.enrolled else None
    old = certificate is not None and certificate.until_ms - console.transactions.real_clock() < ALARM_LEFT_MS
    keys = key_versions.current(session, console.house.community)
    return Box(gateway, wanted.version if wanted else 0, revocations.newest(session), certificate, old, keys)
