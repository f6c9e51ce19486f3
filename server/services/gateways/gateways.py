"""Gateways: claimed by an admin, enrolled by the box itself, and what they last said of themselves."""

from collections.abc import Collection, Mapping

from pydantic import BaseModel
from sqlalchemy.orm.attributes import set_attribute
from sqlmodel import Session, col, select

from card_protocol.crypto.signing import Verifier
from card_protocol.errors import CallerFault
from card_protocol.profiles.kinds.registry import holders_at
from card_protocol.profiles.layout import Holder
from card_protocol.wire.enrol import CLAIM_LIFE_MS, Admission, Enrolment, EnrolRequest
from card_protocol.wire.state import State
from card_protocol.words.ids import Slug, is_slug
from server.services import audit
from server.services.events import alarms
from server.services.events.alarms import AlarmKind
from server.services.gateways import admission
from server.services.keys import key_versions
from server.services.keys.keystore import Keystore
from server.services.problems import Code, Problem, not_found
from server.services.units.org import require_community
from server.services.users.sessions import token_hash
from server.services.work import Work
from server.tables import GatewayRow, PointRow
from server.tables.engine import is_sqlite
from server.tables.place import to_point

CLAIM_BYTES = 16


class GatewayView(BaseModel):
    """A gateway for screens: what it is, what it last said, and when."""

    id: Slug
    place: str
    enrolled: bool
    revoked: bool
    gone_ms: int | None
    """Since when it is known to hang there no more; only of one that was shut out."""
    claim_expires_ms: int | None
    asks_mark: str | None
    """The mark of the box that waits to be confirmed."""
    asks_ms: int | None
    online: bool
    offline_since_ms: int | None
    state_at_ms: int
    seen_ms: int
    epoch: str
    head_seq: int
    acked_seq: int
    policy_version: int
    rev_seq: int
    held: list[str]
    lockdowns: dict[str, int]
    keys_oldest: int
    keys_newest: int
    keys_until_ms: int
    """The card key versions that its points accept, and when their lease ends."""


def claim(work: Work, gateway_id: str, org: str, *, place: str = "") -> str:
    """A one-time claim (24 h) for a place in the community; shown once. A new claim replaces an older one.

    An enrolled gateway keeps working until another box uses the claim: that is how a broken box is replaced.
    """
    if not is_slug(gateway_id):
        raise Problem(Code.INVALID, f"{gateway_id!r} is no name: lower-case letters, digits and dashes.")
    require_community(work.session, org)
    row = work.session.get(GatewayRow, gateway_id) or GatewayRow(id=gateway_id, org=org)
    text = work.entropy(CLAIM_BYTES).hex()
    row.claim_hash, row.claim_used_ms = token_hash(text), None
    row.asks = row.asks_ms = None
    row.claim_expires_ms = work.real_ms + CLAIM_LIFE_MS
    row.place = place or row.place
    work.session.add(row)
    work.session.flush()
    audit.record(work, "gateway.claim", f"gateway:{gateway_id}", after={"place": row.place})
    return text


def enrol(work: Work, keystore: Keystore, request: EnrolRequest) -> Admission | None:
    """Use a claim: None until an operator has confirmed the box (`admission.confirm`).

    The same box may ask again (its answer was lost); anyone else is refused: CLAIM_INVALID.
    """
    row = work.session.exec(select(GatewayRow).where(GatewayRow.claim_hash == token_hash(request.claim))).first()
    if row is None or row.claim_expires_ms is None or work.real_ms >= row.claim_expires_ms:
        raise Problem(Code.CLAIM_INVALID)
    enrolment = _enrolment(work, keystore, row.id, request.box_key)
    if row.claim_used_ms is None:
        admission.ask(work, row, request)
        _told(work, row)
        return None
    if (row.signing_key, row.box_key, row.tls_key) != (request.signing_key, request.box_key, request.tls_key.hex()):
        raise Problem(Code.CLAIM_INVALID)
    versions = key_versions.current(work.session, keystore.community)
    row.keys_oldest, row.keys_newest = versions.oldest, versions.newest
    row.keys_until_ms = work.now_ms + key_versions.KEY_LEASE_MS
    work.session.add(row)
    audit.record(work, "gateway.enrol", f"gateway:{row.id}", after={"signing_key": request.signing_key})
    _told(work, row)
    return Admission(place=enrolment, identity=admission.certify(work, keystore, row))


def keys(work: Work, keystore: Keystore, gateway_id: str) -> Enrolment:
    """Its keys anew, for an enrolled box: with fresh leases, and those of the compartments that its points now need."""
    row = row_of(work.session, gateway_id)
    if row.box_key is None or row.revoked_ms is not None:
        raise Problem(Code.UNTRUSTED)
    enrolment = _enrolment(work, keystore, row.id, row.box_key)
    audit.record(work, "gateway.keys", f"gateway:{row.id}", after={"compartments": sorted(enrolment.point_keys)})
    return enrolment


def _enrolment(work: Work, keystore: Keystore, gateway_id: str, box_key: str) -> Enrolment:
    lease_until_ms = work.now_ms + key_versions.KEY_LEASE_MS
    versions = key_versions.current(work.session, keystore.community).accepted
    rows = work.session.exec(select(PointRow).where(PointRow.gateway_id == gateway_id))
    wanted = frozenset({Holder.GATEWAY}).union(*(holders_at(to_point(row)) for row in rows))
    try:
        box = bytes.fromhex(box_key)
        wrapped = {h: keystore.bundle_for(gateway_id, box, lease_until_ms, versions, h).hex() for h in wanted}
    except CallerFault as error:
        raise Problem(Code.INVALID, str(error), fields={"box_key": "no key"}) from error
    return Enrolment(
        gateway=gateway_id,
        community=keystore.community,
        server_key=keystore.server.verifier.public_bytes.hex(),
        grant_key=keystore.grants.verifier.public_bytes.hex(),
        wrapped_keys=wrapped.pop(Holder.GATEWAY),
        point_keys={holder.value: wrapped[holder] for holder in sorted(wrapped)},
    )


def confirm(work: Work, gateway_id: str, mark: str) -> GatewayView:
    """An operator saw this mark on the box that asks to join."""
    row = row_of(work.session, gateway_id, lock=True)
    admission.confirm(work, row, mark)
    return _told(work, row)


def refuse(work: Work, gateway_id: str) -> GatewayView:
    """The box that asks to join is none of ours; its claim is void."""
    row = row_of(work.session, gateway_id, lock=True)
    admission.refuse(work, row)
    return _told(work, row)


def revoke(work: Work, gateway_id: str, *, why: str = "") -> GatewayView:
    """Stop believing a box: it can connect no more, and nothing that it signs is taken."""
    row = row_of(work.session, gateway_id, lock=True)
    row.revoked_ms, row.claim_hash, row.online = work.now_ms, None, False
    row.asks = row.asks_ms = None
    admission.revoke_certificates(work, gateway_id)
    audit.record(work, "gateway.revoke", f"gateway:{gateway_id}", why=why)
    return _told(work, row)


def take_down(work: Work, gateway_id: str, *, why: str = "") -> GatewayView:
    """Somebody has seen that a box which was shut out hangs there no more: it admits nobody. Problem WRONG_STATE."""
    row = row_of(work.session, gateway_id, lock=True)
    if row.revoked_ms is None:
        raise Problem(Code.WRONG_STATE, "Shut the gateway out first.")
    if row.gone_ms is None:
        row.gone_ms = work.now_ms
        audit.record(work, "gateway.take_down", f"gateway:{gateway_id}", why=why)
    return _told(work, row)


def hang_again(work: Work, gateway_id: str, *, why: str = "") -> GatewayView:
    """It was said in error that the box was taken down: receipts wait for it again. Problem WRONG_STATE."""
    row = row_of(work.session, gateway_id, lock=True)
    if row.gone_ms is None:
        raise Problem(Code.WRONG_STATE, "Nobody said that it was taken down.")
    row.gone_ms = None
    audit.record(work, "gateway.hang_again", f"gateway:{gateway_id}", why=why)
    return _told(work, row)


def _told(work: Work, row: GatewayRow) -> GatewayView:
    """Whoever watches is told what has become of a gateway, once the work is done."""
    work.session.add(row)
    view = view_of(row)
    work.tell("gateway", view.model_dump(mode="json"))
    return view


def load(session: Session, names: Collection[str]) -> dict[str, GatewayRow]:
    """The rows of some gateways by one question; while the answer is held, each is found without another."""
    return {row.id: row for row in session.exec(select(GatewayRow).where(col(GatewayRow.id).in_(names)))}


def verifier_of(session: Session, gateway_id: str) -> Verifier | None:
    """The key that signs for a gateway; None when there is no such gateway, or it is not enrolled, or revoked."""
    row = session.get(GatewayRow, gateway_id)
    return verifier_in(row) if row is not None else None


def verifier_in(row: GatewayRow) -> Verifier | None:
    """The same of a row that is at hand."""
    if row.signing_key is None or row.revoked_ms is not None:
        return None
    return Verifier(bytes.fromhex(row.signing_key))


def names(session: Session) -> list[str]:
    """Every gateway that was ever claimed, also one that is revoked: what it sends is refused and recorded."""
    return list(session.exec(select(GatewayRow.id).order_by(GatewayRow.id)))


def enrolled(session: Session) -> list[str]:
    """The gateways that take part, by name."""
    statement = select(GatewayRow.id).where(col(GatewayRow.signing_key).is_not(None))
    return list(session.exec(statement.where(col(GatewayRow.revoked_ms).is_(None)).order_by(GatewayRow.id)))


def online(session: Session) -> list[str]:
    """Those that take part and have said last that they are there."""
    statement = select(GatewayRow.id).where(col(GatewayRow.online), col(GatewayRow.signing_key).is_not(None))
    return list(session.exec(statement.where(col(GatewayRow.revoked_ms).is_(None)).order_by(GatewayRow.id)))


def applied(session: Session, names: Collection[str] | None = None) -> dict[str, int]:
    """The newest revocation that each gateway has said to have applied, of those (or of these) that take part."""
    statement = select(GatewayRow.id, GatewayRow.rev_seq).where(col(GatewayRow.signing_key).is_not(None))
    if names is not None:
        statement = statement.where(col(GatewayRow.id).in_(names))
    return dict(session.exec(statement.where(col(GatewayRow.revoked_ms).is_(None))).all())


def any_behind(session: Session, rev_seq: int) -> bool:
    """Whether one that is there has not yet said that it applied this revocation."""
    statement = select(GatewayRow.id).where(col(GatewayRow.online), GatewayRow.rev_seq < rev_seq)
    statement = statement.where(col(GatewayRow.signing_key).is_not(None), col(GatewayRow.revoked_ms).is_(None))
    return session.exec(statement.limit(1)).first() is not None


def note_state(work: Work, state: State) -> GatewayRow:
    """Remember what a gateway said of itself. An older word, come late or played again, changes nothing.

    A last will was signed when its connection began: of the run that we know it is believed, of an earlier one not.
    """
    row = row_of(work.session, state.gateway)
    if (state.run, state.turn if state.online else row.turn) < (row.run, row.turn):
        return row
    if state.online and state.boot == row.boot and state.run == row.run and state.at_ms < row.state_at_ms:
        return row
    if state.online:
        if state.rev_seq > row.rev_seq:
            _note_applied(work, row.id, state.rev_seq)
        said: dict[str, object] = {name: getattr(state, name) for name in _SAID}
        if state.keys_newest:
            said |= {name: getattr(state, name) for name in _SAID_OF_KEYS}
        said["state_at_ms"], said["held"] = state.at_ms, sorted(state.held)
        said["lockdowns"] = {one.area: one.level for one in state.lockdowns}
        said["seen_ms"], said["offline_since_ms"] = work.now_ms, None
        _change(row, said)
    elif row.online or row.offline_since_ms is None:
        row.offline_since_ms = work.now_ms
        alarms.sound_once(work, AlarmKind.OFFLINE, gateway_id=row.id, detail={})
    row.online = state.online
    _told(work, row)
    return row


_SAID = ("boot", "epoch", "head_seq", "acked_seq", "policy_version", "run", "turn", "rev_seq")
_SAID_OF_KEYS = ("keys_oldest", "keys_newest", "keys_until_ms")
"""What is the same in a State and in the row."""


def _change(row: GatewayRow, values: Mapping[str, object]) -> None:
    """Only what is another value: most of a report is as it was, and an assignment costs ten times a comparison."""
    for name, value in values.items():
        if getattr(row, name) != value:
            set_attribute(row, name, value)  # past SQLModel, which asks what the row is first


# Past SQLAlchemy's handling of statement and values: with it, this took a quarter to two fifths of a State's processor
# time, and after a revocation a thousand of them come at once.
_APPLIED = "INSERT INTO revocation_applied (gateway_id, rev_seq, at_ms) VALUES ({0}, {0}, {0}) ON CONFLICT DO NOTHING"
_APPLIED_SQLITE, _APPLIED_POSTGRES = _APPLIED.format("?"), _APPLIED.format("%s")


def _note_applied(work: Work, gateway_id: str, rev_seq: int) -> None:
    """The first time counts: a box that was put back may say it twice."""
    connection = work.session.connection()
    statement = _APPLIED_SQLITE if is_sqlite(connection) else _APPLIED_POSTGRES
    connection.exec_driver_sql(statement, (gateway_id, rev_seq, work.now_ms))


def get(session: Session, gateway_id: str) -> GatewayView:
    """One gateway; Problem NOT_FOUND."""
    return view_of(row_of(session, gateway_id))


def row_of(session: Session, gateway_id: str, *, lock: bool = False) -> GatewayRow:
    """The row of a gateway; Problem NOT_FOUND."""
    row = session.get(GatewayRow, gateway_id, with_for_update=lock or None)
    if row is None:
        raise not_found("gateway", gateway_id)
    return row


def listing(session: Session) -> list[GatewayView]:
    """All gateways by name."""
    return [view_of(row) for row in session.exec(select(GatewayRow).order_by(GatewayRow.id))]


def view_of(row: GatewayRow) -> GatewayView:
    """Row -> what a screen shows."""
    values = row.model_dump(include=set(GatewayView.model_fields))
    asked = admission.asking(row)
    return GatewayView(
        **values,
        enrolled=row.signing_key is not None,
        revoked=row.revoked_ms is not None,
        asks_mark=asked.mark if asked else None,
    )
