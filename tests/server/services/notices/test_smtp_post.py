"""Mails to a real mail server on loopback (aiosmtpd)."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from card_protocol.errors import EquipmentFault
from onecard.free_ports import free_port
from server.config import MailConfig, MailSecurity
from server.services.notices.smtp_post import Refused, SmtpPost


class Mailbox:
    """What arrived; some addresses are refused."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("shut-out@"):
            return "553 this sender may not"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 no such mailbox"
        if address.startswith("full@"):
            return "452 mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        return "250 OK"


def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"onecard", b"tall bamboo")
    return AuthResult(success=good, handled=False)


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    controller = Controller(
        box, hostname="127.0.0.1", port=free_port(), authenticator=knows, auth_require_tls=False, decode_data=False
    )
    controller.start()
    yield box, controller.port
    controller.stop()


def config(port: int, **more: object) -> MailConfig:
    plain = {"host": "127.0.0.1", "port": port, "security": MailSecurity.NONE, "sender": "notice@example.org"}
    return MailConfig.model_validate(plain | more)


def mail(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "notice@example.org", to, "停水"
    message.set_content("明日停水")
    return message


def test_it_arrives_with_every_character(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    assert SmtpPost(config(port))(mail("wang@example.org")) is None
    (envelope,) = box.mails
    assert (envelope.mail_from, envelope.rcpt_tos) == ("notice@example.org", ["wang@example.org"])
    assert isinstance(envelope.content, bytes)
    assert b"Subject: =?utf-8?" in envelope.content


def test_no_such_mailbox_is_for_good_and_a_full_one_for_now(mailbox: tuple[Mailbox, int]) -> None:
    _, port = mailbox
    post = SmtpPost(config(port))
    assert post(mail("gone@example.org")) == Refused("answered 550 no such mailbox")
    with pytest.raises(EquipmentFault, match="452 mailbox is full"):
        post(mail("full@example.org"))


def test_a_sender_that_is_not_taken_is_our_trouble_and_the_mails_wait(mailbox: tuple[Mailbox, int]) -> None:
    _, port = mailbox
    message = mail("wang@example.org")
    message.replace_header("From", "shut-out@example.org")
    with pytest.raises(EquipmentFault, match="553"):
        SmtpPost(config(port))(message)


def test_with_a_name_and_a_password(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    known = config(port, user="onecard")
    assert SmtpPost(known, "tall bamboo")(mail("wang@example.org")) is None
    with pytest.raises(EquipmentFault, match="does not know onecard: 535"):
        SmtpPost(known, "wrong")(mail("wang@example.org"))
    assert len(box.mails) == 1
    assert "bamboo" not in repr(SmtpPost(known, "tall bamboo"))


def test_nobody_there_and_one_that_speaks_no_tls(mailbox: tuple[Mailbox, int]) -> None:
    _, port = mailbox
    with pytest.raises(EquipmentFault):
        SmtpPost(config(free_port()))(mail("wang@example.org"))
    for security in (MailSecurity.STARTTLS, MailSecurity.TLS):
        with pytest.raises(EquipmentFault):
            SmtpPost(config(port, security=security))(mail("wang@example.org"))
