"""Readers by mail, and the mails on their way: tried again at growing intervals, kept when they are given up."""

import re
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from card_protocol.words.moment import DAY_MS
from server.services import audit
from server.services.problems import Code, Problem, not_found
from server.services.signals import Wish
from server.services.work import Work
from server.tables import NoticeMailRow, NoticeReaderRow, NoticeRow

READERS_MAX: Final = 20_000
RETRY_AFTER_S: Final = (60, 300, 1800, 7200, 18_000, 43_200, 86_400)
"""After the last one a mail is given up."""

GIVEN_UP_SHOWN: Final = 50
KEPT_MS: Final = 30 * DAY_MS
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""The form of the HTML standard (§ 4.10.5.1.5), which browsers check as well."""


class MailState(StrEnum):
    """Where a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    TAKEN_BACK = "taken_back"
    """Withdrawn before it went out."""


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("no mail address")
    return text


Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_address)]


class ReaderIn(BaseModel):
    """Somebody who wants notices by mail."""

    model_config = ConfigDict(extra="forbid")

    address: Address
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=r"^\P{Cc}*$")] = ""


class MailCount(BaseModel):
    """How the mails of a notice stand."""

    waiting: int = 0
    sent: int = 0
    dead: int = 0


def add_reader(work: Work, reader: ReaderIn) -> None:
    """They asked for it. Problem EXISTS, TOO_MANY."""
    if work.session.get(NoticeReaderRow, reader.address) is not None:
        raise Problem(Code.EXISTS, "This address gets notices already.", fields={"address": "known"})
    if work.session.exec(select(func.count()).select_from(NoticeReaderRow)).one() >= READERS_MAX:
        raise Problem(Code.TOO_MANY, f"At most {READERS_MAX} addresses.")
    work.session.add(NoticeReaderRow(**reader.model_dump(), since_ms=work.now_ms, entered_by=work.actor.name))
    work.session.flush()
    audit.record(work, "notice.reader", "notice:readers")


def remove_reader(work: Work, address: str) -> None:
    """They want no more; what waits for them is taken back. Problem NOT_FOUND."""
    row = work.session.get(NoticeReaderRow, address)
    if row is None:
        raise not_found("reader", "of this address")
    work.session.delete(row)
    for mail in work.session.exec(select(NoticeMailRow).where(_WAITING, NoticeMailRow.address == address)):
        _end(work, mail, MailState.TAKEN_BACK, "")
    work.session.flush()
    audit.record(work, "notice.reader", "notice:readers")


def readers(session: Session, limit: int = READERS_MAX) -> list[NoticeReaderRow]:
    """Everybody, by address."""
    return list(session.exec(select(NoticeReaderRow).order_by(col(NoticeReaderRow.address)).limit(limit)))


def send_out(work: Work, number: int) -> int:
    """A mail to every reader; how many."""
    return _queue(work, number, [one.address for one in readers(work.session)], withdrawal=False)


def take_back(work: Work, number: int) -> int:
    """What has not gone out stays here; whoever has it is told. How many are told."""
    mine = select(NoticeMailRow).where(NoticeMailRow.number == number).with_for_update()
    told = []
    for mail in work.session.exec(mine):
        if mail.state == MailState.WAITING:
            _end(work, mail, MailState.TAKEN_BACK, "")
        elif mail.state == MailState.SENT:
            told.append(mail.address)
    return _queue(work, number, told, withdrawal=True)


def due(session: Session, now_ms: int, limit: int) -> list[tuple[NoticeMailRow, NoticeRow]]:
    """What should go out now, longest waiting first."""
    waiting = select(NoticeMailRow, NoticeRow).join(NoticeRow, col(NoticeRow.number) == col(NoticeMailRow.number))
    ordered = waiting.where(_WAITING, col(NoticeMailRow.due_ms) <= now_ms).order_by(col(NoticeMailRow.due_ms))
    return list(session.exec(ordered.limit(limit)).all())


def waits(session: Session, mail_id: str) -> bool:
    """Whether it is still to go out."""
    mail = session.get(NoticeMailRow, mail_id)
    return mail is not None and mail.state == MailState.WAITING


def sent(work: Work, mail_id: str) -> None:
    """The mail server has it. If the notice was withdrawn while it was on its way, the reader is told so."""
    mail = work.session.get(NoticeMailRow, mail_id, with_for_update=True)
    if mail is None or mail.state not in (MailState.WAITING, MailState.TAKEN_BACK):
        return
    mail.tries += 1
    _end(work, mail, MailState.SENT, "")
    if not mail.withdrawal and work.session.get_one(NoticeRow, mail.number).withdrawn_ms is not None:
        _queue(work, mail.number, [mail.address], withdrawal=True)


def failed(work: Work, mail_id: str, problem: str, *, for_good: bool) -> None:
    """It has not: try again later, or give it up."""
    mail = work.session.get(NoticeMailRow, mail_id)
    if mail is None or mail.state != MailState.WAITING:
        return
    mail.tries, mail.problem = mail.tries + 1, problem[:200]
    if for_good or mail.tries > len(RETRY_AFTER_S):
        _end(work, mail, MailState.DEAD, problem)
        return
    mail.due_ms = work.real_ms + RETRY_AFTER_S[mail.tries - 1] * 1000
    work.session.add(mail)


def count(session: Session, number: int) -> MailCount:
    """How the mails of a notice stand."""
    counted = (
        select(NoticeMailRow.state, func.count())
        .where(NoticeMailRow.number == number, col(NoticeMailRow.withdrawal).is_(False))
        .group_by(NoticeMailRow.state)
    )
    found = dict(session.exec(counted).all())
    return MailCount(**{name: found.get(name, 0) for name in MailCount.model_fields})


def given_up(session: Session, number: int) -> list[tuple[str, str]]:
    """(address, what the mail server said) of those whom a notice did not reach, by address."""
    dead = (
        select(NoticeMailRow.address, NoticeMailRow.problem)
        .where(NoticeMailRow.number == number, NoticeMailRow.state == MailState.DEAD.value)
        .where(col(NoticeMailRow.withdrawal).is_(False))
    )
    return list(session.exec(dead.order_by(NoticeMailRow.address).limit(GIVEN_UP_SHOWN)).all())


def prune(work: Work) -> None:
    """Forget addresses of mails that are long done. Who has a notice that still hangs has to be told if it goes."""
    done = col(NoticeMailRow.done_ms) < work.real_ms - KEPT_MS
    hanging = select(NoticeRow.number).where(NoticeRow.to_ms > work.now_ms, col(NoticeRow.withdrawn_ms).is_(None))
    needed = (col(NoticeMailRow.state) == MailState.SENT.value) & col(NoticeMailRow.number).in_(hanging)
    work.session.execute(delete(NoticeMailRow).where(done, ~needed))


_WAITING = col(NoticeMailRow.state) == MailState.WAITING.value


def _queue(work: Work, number: int, addresses: list[str], *, withdrawal: bool) -> int:
    for address in addresses:
        work.session.add(
            NoticeMailRow(
                id=work.new_id(),
                number=number,
                withdrawal=withdrawal,
                address=address,
                state=MailState.WAITING.value,
                due_ms=work.real_ms,
                created_ms=work.real_ms,
            )
        )
    work.session.flush()
    if addresses:
        work.wish(Wish.MAIL)
    return len(addresses)


def _end(work: Work, mail: NoticeMailRow, state: MailState, problem: str) -> None:
    mail.state, mail.done_ms, mail.problem = state.value, work.real_ms, problem[:200]
    work.session.add(mail)
