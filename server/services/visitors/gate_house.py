"""A visitor's code under the scanner of the gate house: is it ours, and would the decider let it in here?

A hand-held scanner types what it reads, into a page. The signature says which pass it is; a code can be photographed,
so a scanner at an unattended gate vouches for no more than a reader does. Here a guard compares the person with the
name before anything opens, and that counts as much as a card's own answer. What the gate house lets in counts among the
pass's uses.
"""

import unicodedata

from pydantic import BaseModel
from sqlmodel import Session

from card_protocol.crypto.signing import Verify
from card_protocol.errors import PeerFault
from card_protocol.wire.command import Action
from card_protocol.wire.pass_code import decode_code, fault_of, is_ours
from card_protocol.words.moment import ClockQuality, Moment
from card_protocol.words.point import Assurance, Direction
from card_protocol.words.reason import Reason
from card_protocol.words.verdict import Presentation
from server.services import audit
from server.services.access import access
from server.services.access.explanation import NO_UID, Told, explain, told_of
from server.services.gateways import commands, gateways
from server.services.gateways.commands import CommandIn, CommandView
from server.services.problems import Code, Problem
from server.services.visitors import visitor_passes
from server.services.visitors.visitor_passes import VisitorView
from server.services.work import Work

ATTENDED = Assurance.CARD
"""What a code is worth under the eyes of a guard."""


class Scanned(BaseModel):
    """What a code comes to at a point."""

    granted: bool
    reason: Reason
    told: Told
    visitor: VisitorView | None
    """Whose pass it is; None for a code that is none of ours."""
    gateway: str | None
    """Which gateway could open; None where none serves the point, or the one that does takes no part."""


def cleaned(typed: str) -> str:
    """What a scanner meant: an input method may have made wide letters of it, a caps lock small ones."""
    return unicodedata.normalize("NFKC", typed).strip().upper()


def look(session: Session, community: str, verify: Verify, typed: str, point: str, at_ms: int) -> Scanned:
    """Ask the one decider, as a scanner at this point would; Problem NOT_FOUND for a point that is not there."""
    gateway = _gateway(session, point)
    text = cleaned(typed)
    if not is_ours(text):
        return _refused(Reason.FOREIGN, gateway)
    try:
        code = decode_code(text, verify)
        row = visitor_passes.of_card(session, code.card_id)
    except PeerFault:
        return _refused(Reason.GRANT_FORGED, gateway)
    except Problem:
        return _refused(Reason.UNKNOWN, gateway)  # of a pass that was forgotten since
    visitor = visitor_passes.view_of(session, row, at_ms)
    moment = Moment(wall_ms=at_ms, mono_ns=0, boot="server", clock=ClockQuality.SERVER)
    shown = Presentation(uid=NO_UID, assurance=ATTENDED, card_id=code.card_id, fault=fault_of(code, moment))
    found = explain(session, community, code.card_id, point, at_ms, shown=shown, uses=visitor.used)
    told = Told.model_validate(found.model_dump(include=set(Told.model_fields)))
    return Scanned(granted=found.granted, reason=found.reason, told=told, visitor=visitor, gateway=gateway)


def let_in(
    work: Work, community: str, verify: Verify, typed: str, point: str, why: str, *, speed: int = 1
) -> tuple[Scanned, CommandView]:
    """Open once for a code that is good, and count it. Problem WRONG_STATE when it is not, or nothing could open."""
    work.take_turn("visitor:let-in")
    found = look(work.session, community, verify, typed, point, work.now_ms)
    if not found.granted or found.visitor is None:
        raise Problem(Code.WRONG_STATE, f"The code lets nobody in here: {found.reason}.")
    if found.gateway is None:
        raise Problem(Code.WRONG_STATE, f"No gateway takes orders for {point}.")
    order = commands.give(work, found.gateway, CommandIn(action=Action.OPEN_ONCE, point=point, why=why), speed=speed)
    row = visitor_passes.row_of(work.session, found.visitor.number)
    if access.point_of(work.session, point).direction is not Direction.OUT:
        row.let_in += 1
        work.session.add(row)
        work.session.flush()
    audit.record(work, "visitor.let-in", f"visitor:{row.number}", after={"point": point, "command": order.number})
    visitor = visitor_passes.view_of(work.session, row, work.now_ms)
    return found.model_copy(update={"visitor": visitor}), order


def _gateway(session: Session, point: str) -> str | None:
    name = access.point_of(session, point).gateway_id
    return name if name is not None and gateways.verifier_of(session, name) is not None else None


def _refused(reason: Reason, gateway: str | None) -> Scanned:
    return Scanned(granted=False, reason=reason, told=told_of(reason), visitor=None, gateway=gateway)
