"""The server's own authorities: who issues certificates, and whom everybody trusts.

Life of an authority: added (trusted beside the others, so that boxes and broker learn of it) → it issues (and boxes
renew, one after the other) → retired, when no box needs it any more. Two overlap; nothing stands still meanwhile.
Until the old one is retired, server and broker show certificates of it: a box that was off since before the new one
came knows no other, learns of the new one by it, and renews. So does a desk with a file from before.
"""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from card_protocol.crypto.certificates import AUTHORITIES_MAX, authority_mark, certificate_in
from server.services import audit
from server.services.keys.certificates import Authority, PrivateKey, new_authority, revocation_list
from server.services.keys.keystore import Keystore
from server.services.problems import Code, Problem, not_found
from server.services.signals import Wish
from server.services.work import Work
from server.tables import AuthorityRow, CertificateRow, GatewayRow


@dataclass(frozen=True)
class AuthorityView:
    """An authority for screens. `gateways`: of how many gateways that take part the newest certificate is its own."""

    number: int
    mark: str
    made_ms: int
    until_ms: int
    issues: bool
    retired_ms: int | None
    gateways: int


def first(work: Work, keystore: Keystore) -> None:
    """Make the first authority if there is none."""
    if work.session.exec(select(AuthorityRow.number).limit(1)).first() is None:
        add(work, keystore)


def add(work: Work, keystore: Keystore) -> int:
    """A new authority, trusted beside the others; its number. The first one issues at once.

    Problem WRONG_STATE where so many are trusted that boxes would take no more.
    """
    if len(_trusted(work.session)) >= AUTHORITIES_MAX:
        raise Problem(Code.WRONG_STATE, f"{AUTHORITIES_MAX} authorities are trusted; retire one first.")
    numbers = work.session.exec(select(AuthorityRow.number).order_by(col(AuthorityRow.number).desc())).all()
    number = numbers[0] + 1 if numbers else 1
    made = new_authority(keystore.community, number, work.real_ms, work.entropy)
    work.session.add(
        AuthorityRow(
            number=number,
            certificate=made.certificate,
            key_box=keystore.lock(_label(number), made.key.reveal_der(), work.entropy).hex(),
            made_ms=work.real_ms,
            issues=not numbers,
        )
    )
    work.session.flush()
    audit.record(work, "authority.add", f"authority:{number}", after={"mark": authority_mark(made.certificate)})
    work.wish(Wish.IDENTITY)
    return number


def switch(work: Work, number: int) -> None:
    """From now on this one issues. Problem NOT_FOUND, WRONG_STATE when it is retired."""
    chosen = _row(work.session, number)
    if chosen.retired_ms is not None:
        raise Problem(Code.WRONG_STATE, f"Authority {number} is retired.")
    for row in _rows(work.session):
        row.issues = row.number == number
        work.session.add(row)
    audit.record(work, "authority.switch", f"authority:{number}")
    work.wish(Wish.IDENTITY)


def retire(work: Work, number: int, *, force: bool = False) -> None:
    """Nobody trusts it any more. Problem WRONG_STATE while it issues, or while boxes need it (unless `force`)."""
    row = _row(work.session, number)
    if row.issues:
        raise Problem(Code.WRONG_STATE, f"Authority {number} issues; let another one issue first.")
    needing = holders(work.session, number)
    if needing and not force:
        listed = ", ".join(needing[:5])
        raise Problem(Code.WRONG_STATE, f"{len(needing)} gateways have no certificate of another one yet: {listed}")
    row.retired_ms = row.retired_ms or work.real_ms
    work.session.add(row)
    audit.record(work, "authority.retire", f"authority:{number}", after={"forced": force, "needed_by": needing})
    work.wish(Wish.IDENTITY)


def listing(session: Session) -> list[AuthorityView]:
    """All of them, the oldest first."""
    return [
        AuthorityView(
            row.number,
            authority_mark(row.certificate),
            row.made_ms,
            certificate_in(row.certificate).until_ms,
            row.issues,
            row.retired_ms,
            len(holders(session, row.number)),
        )
        for row in _rows(session)
    ]


def issuing(session: Session, keystore: Keystore) -> Authority:
    """The one that issues; Problem NOT_FOUND before `first`."""
    row = session.exec(select(AuthorityRow).where(col(AuthorityRow.issues).is_(True))).first()
    if row is None:
        raise not_found("authority", "that issues")
    return _opened(row, keystore)


def bundle(session: Session) -> str:
    """The certificates of all that are trusted, in PEM."""
    return "".join(row.certificate for row in _trusted(session))


def shown(session: Session, keystore: Keystore, now_ms: int) -> Authority:
    """Whose certificates server and broker show (see the module); Problem NOT_FOUND before `first`."""
    if (row := _shown(session, now_ms)) is None:
        raise not_found("authority", "that is trusted")
    return _opened(row, keystore)


def mark(session: Session, now_ms: int) -> str:
    """By what a new box knows the server: the mark of the authority that is shown; empty before there is one."""
    row = _shown(session, now_ms)
    return authority_mark(row.certificate) if row else ""


def is_trusted(session: Session, number: int) -> bool:
    """Whether certificates of this authority still count."""
    row = session.get(AuthorityRow, number)
    return row is not None and row.retired_ms is None


def issues(session: Session, number: int) -> bool:
    """Whether new certificates are of this authority."""
    row = session.get(AuthorityRow, number)
    return row is not None and row.issues


def revocation_lists(session: Session, keystore: Keystore, now_ms: int) -> str:
    """One revocation list for each authority that is trusted, in PEM."""
    lists = []
    for row in _trusted(session):
        revoked = select(CertificateRow).where(
            CertificateRow.authority == row.number,
            col(CertificateRow.revoked_ms).is_not(None),
            CertificateRow.until_ms > now_ms,
        )
        serials = {one.serial: one.revoked_ms or 0 for one in session.exec(revoked)}
        lists.append(revocation_list(_opened(row, keystore), serials, now_ms, now_ms))
    return "".join(lists)


def holders(session: Session, number: int) -> list[str]:
    """Gateways that take part and whose newest good certificate is this authority's."""
    statement = (
        select(CertificateRow)
        .join(GatewayRow, col(GatewayRow.id) == col(CertificateRow.gateway_id))
        .where(col(CertificateRow.revoked_ms).is_(None), col(GatewayRow.revoked_ms).is_(None))
        .order_by(col(CertificateRow.from_ms), col(CertificateRow.authority))
    )
    newest = {one.gateway_id: one.authority for one in session.exec(statement)}
    return sorted(gateway for gateway, authority in newest.items() if authority == number)


def _rows(session: Session) -> list[AuthorityRow]:
    return list(session.exec(select(AuthorityRow).order_by(col(AuthorityRow.number))))


def _trusted(session: Session) -> list[AuthorityRow]:
    return [row for row in _rows(session) if row.retired_ms is None]


def _shown(session: Session, now_ms: int) -> AuthorityRow | None:
    """The oldest that everybody may know; not one whose own time is over while another's is not."""
    lasting = (r for r in _trusted(session) if r.issues or certificate_in(r.certificate).until_ms > now_ms)
    return next(lasting, None)


def _row(session: Session, number: int) -> AuthorityRow:
    row = session.get(AuthorityRow, number)
    if row is None:
        raise not_found("authority", number)
    return row


def _opened(row: AuthorityRow, keystore: Keystore) -> Authority:
    key = PrivateKey.from_der(keystore.unlock(_label(row.number), bytes.fromhex(row.key_box)))
    return Authority(row.number, row.certificate, key)


def _label(number: int) -> str:
    return f"authority {number}"
