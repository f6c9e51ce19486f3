"""A mail to the mail server: the only file that knows smtplib (RFC 5321)."""

import smtplib
import ssl
from email.message import EmailMessage
from typing import Final, NamedTuple

from card_protocol.errors import EquipmentFault
from server.config import MailConfig, MailSecurity

TIMEOUT_S: Final = 20.0


class Refused(NamedTuple):
    """The mail server takes this mail from nobody: trying again is of no use."""

    problem: str


class SmtpPost:
    """One connection a mail: notices are few. `password` never shows."""

    def __init__(self, config: MailConfig, password: str = "") -> None:
        self._config = config
        self._password = password

    def __repr__(self) -> str:
        return f"SmtpPost({self._config.host}:{self._config.port})"

    def __call__(self, message: EmailMessage) -> Refused | None:
        """None when the server has it; EquipmentFault when nobody answers or it says "later"."""
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return _answered(code, said)
        except smtplib.SMTPDataError as error:
            return _answered(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            # Also that it does not greet us or takes no mail of our sender: our trouble, and every mail waits.
            raise EquipmentFault(f"{type(error).__name__}: {error}"[:200]) from error
        return None

    def _connected(self) -> smtplib.SMTP:
        config, context = self._config, ssl.create_default_context()
        server: smtplib.SMTP
        if config.security is MailSecurity.TLS:
            server = smtplib.SMTP_SSL(config.host, config.port, timeout=TIMEOUT_S, context=context)
        else:
            server = smtplib.SMTP(config.host, config.port, timeout=TIMEOUT_S)
        try:
            if config.security is MailSecurity.STARTTLS:
                server.starttls(context=context)
            if config.user:
                self._log_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _log_in(self, server: smtplib.SMTP) -> None:
        """A wrong password is our trouble and not the reader's: their mail waits until it is right."""
        try:
            server.login(self._config.user, self._password)
        except smtplib.SMTPResponseException as error:
            raise EquipmentFault(f"the mail server does not know {self._config.user}: {error.smtp_code}") from error


def _answered(code: int, said: bytes | str) -> Refused:
    """5yz: for good; 4yz: later (RFC 5321 § 4.2.1)."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    if 500 <= code < 600:
        return Refused(f"answered {code} {text}"[:200])
    raise EquipmentFault(f"answered {code} {text}"[:200])
