"""Who may join: a box asks with a claim, an operator confirms its mark, and it gets a certificate and keeps it fresh.

A claim alone admits nobody: whoever found the paper with it would be let in. The box shows the mark of its keys, the
server's page shows the mark of whoever asked, and a person says that they are the same.
"""

from pydantic import BaseModel
from sqlmodel import Session, col, select

from card_protocol.crypto.certificates import certificate_in, same_mark
from card_protocol.wire.enrol import EnrolRequest
from card_protocol.wire.identity import GATEWAY_LIFE_MS, LATE_MS, Identity, Trust
from server.services import audit
from server.services.keys import authorities
from server.services.keys.authorities import issuing
from server.services.keys.certificates import Use, issue
from server.services.keys.keystore import Keystore
from server.services.problems import Code, Problem
from server.services.signals import Wish
from server.services.work import Work
from server.tables import CertificateRow, GatewayRow

ANY_CLAIM = "0" * 16
"""Stands where the claim was in a request that is kept: the claim itself is never written down."""


class CertificateView(BaseModel):
    """A gateway's newest certificate for screens."""

    serial: str
    from_ms: int
    until_ms: int
    authority: int


def ask(work: Work, row: GatewayRow, request: EnrolRequest) -> None:
    """Remember who asks. Problem CLAIM_INVALID when somebody else has asked with this claim before."""
    kept = request.model_copy(update={"claim": ANY_CLAIM})
    try:
        mark = kept.mark
    except ValueError as error:
        raise Problem(Code.INVALID, str(error), fields={"tls_request": "no request"}) from None
    if (before := asking(row)) is not None:
        # A request is signed anew each time; it is the keys that make a box.
        if before.mark != mark:
            raise Problem(Code.CLAIM_INVALID)
        return
    row.asks, row.asks_ms = kept.to_bytes().decode(), work.real_ms
    work.session.add(row)
    audit.record(work, "gateway.ask", f"gateway:{row.id}", after={"mark": mark})


def asking(row: GatewayRow) -> EnrolRequest | None:
    """What a box that waits has sent."""
    return EnrolRequest.from_bytes(row.asks.encode()) if row.asks else None


def confirm(work: Work, row: GatewayRow, mark: str) -> None:
    """An operator saw this mark on the box. The keys become the gateway's; what an older box had is worthless.

    Problem WRONG_STATE when none waits, INVALID when another one does.
    """
    asked = asking(row)
    if asked is None:
        raise Problem(Code.WRONG_STATE, "No box waits to be confirmed.")
    if not same_mark(asked.mark, mark):
        raise Problem(Code.INVALID, "This is not the mark of the box that asked.", fields={"mark": "another"})
    revoke_certificates(work, row.id)
    row.signing_key, row.box_key, row.tls_key = asked.signing_key, asked.box_key, asked.tls_key.hex()
    row.asks = row.asks_ms = row.revoked_ms = row.gone_ms = None
    row.claim_used_ms, row.enrolled_ms = work.real_ms, work.now_ms
    # Another box, or the same one anew: its starts may count from 1 again.
    row.run = row.turn = 0
    work.session.add(row)
    audit.record(work, "gateway.confirm", f"gateway:{row.id}", after={"mark": asked.mark})
    work.wish(Wish.PUBLISH)


def refuse(work: Work, row: GatewayRow) -> None:
    """It is not ours: who asked is forgotten, and the claim with it."""
    if asking(row) is None:
        raise Problem(Code.WRONG_STATE, "No box waits to be confirmed.")
    row.asks = row.asks_ms = row.claim_hash = row.claim_expires_ms = None
    work.session.add(row)
    audit.record(work, "gateway.refuse", f"gateway:{row.id}")


def certify(work: Work, keystore: Keystore, row: GatewayRow) -> Identity:
    """A certificate for the gateway's key, 90 days by the machine's clock."""
    authorities.first(work, keystore)
    authority = issuing(work.session, keystore)
    key = bytes.fromhex(row.tls_key or "")
    pem = issue(authority, row.id, key, Use.CLIENT, GATEWAY_LIFE_MS, work.real_ms, work.entropy)
    told = certificate_in(pem)
    work.session.add(
        CertificateRow(
            serial=told.serial,
            gateway_id=row.id,
            authority=authority.number,
            from_ms=told.from_ms,
            until_ms=told.until_ms,
        )
    )
    work.session.flush()
    audit.record(work, "gateway.certify", f"gateway:{row.id}", after={"serial": told.serial, "until": told.until_ms})
    return Identity(certificate=pem, authorities=authorities.bundle(work.session))


def renew(work: Work, keystore: Keystore, row: GatewayRow, key: bytes) -> Identity:
    """A new certificate for the same key. Problem UNTRUSTED for another key, or a box that has been away too long."""
    newest = newest_of(work.session, row.id)
    if row.revoked_ms is not None or newest is None or row.tls_key != key.hex():
        raise Problem(Code.UNTRUSTED, "There is no certificate of this key to renew.")
    if work.real_ms >= newest.until_ms + LATE_MS:
        raise Problem(Code.UNTRUSTED, "The last certificate ended too long ago: claim the gateway and enrol it anew.")
    return certify(work, keystore, row)


def trust(session: Session, gateway_id: str) -> Trust:
    """What the gateway should trust now, and whether its certificate's issuer is on its way out."""
    newest = newest_of(session, gateway_id)
    leaves = newest is not None and not authorities.issues(session, newest.authority)
    return Trust(gateway=gateway_id, authorities=authorities.bundle(session), renew=leaves)


def newest_of(session: Session, gateway_id: str) -> CertificateRow | None:
    """The gateway's newest certificate that nobody revoked."""
    statement = select(CertificateRow).where(
        CertificateRow.gateway_id == gateway_id, col(CertificateRow.revoked_ms).is_(None)
    )
    return session.exec(statement.order_by(col(CertificateRow.from_ms).desc()).limit(1)).first()


def certificate_of(session: Session, gateway_id: str) -> CertificateView | None:
    """The same, for screens."""
    row = newest_of(session, gateway_id)
    return CertificateView(**row.model_dump(include=set(CertificateView.model_fields))) if row else None


def believed(session: Session, gateway_id: str, serial: str) -> bool:
    """Whether a certificate that TLS found genuine is still the gateway's: not revoked, its issuer not retired."""
    row = session.get(CertificateRow, serial)
    if row is None or row.gateway_id != gateway_id or row.revoked_ms is not None:
        return False
    gateway = session.get(GatewayRow, gateway_id)
    return gateway is not None and gateway.revoked_ms is None and authorities.is_trusted(session, row.authority)


def revoke_certificates(work: Work, gateway_id: str) -> int:
    """No certificate of the gateway counts any more; how many did."""
    statement = select(CertificateRow).where(
        CertificateRow.gateway_id == gateway_id, col(CertificateRow.revoked_ms).is_(None)
    )
    rows = work.session.exec(statement).all()
    for row in rows:
        row.revoked_ms = work.real_ms
        work.session.add(row)
    work.wish(Wish.IDENTITY)
    return len(rows)
