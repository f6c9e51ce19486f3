"""A notice as a mail in both languages (RFC 5322), told to be automatic so that nobody's absence answers it (RFC 3834).
Pure."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from card_protocol.words.moment import LOCAL_TIME

SUBJECT_MAX_CHARS = 40


def letter(
    number: int,
    zh: str,
    en: str,
    span_ms: tuple[int, int],
    *,
    sender: str,
    to: str,
    mail_id: str,
    at_ms: int,
    withdrawn: bool,
) -> EmailMessage:
    """One mail to one reader: nobody reads another's address."""
    message = EmailMessage()
    title = f"通知第{number}号" + ("已撤回 / Notice withdrawn" if withdrawn else f" {zh[:SUBJECT_MAX_CHARS]}")
    message["Subject"] = title
    message["From"], message["To"] = sender, to
    message["Date"] = format_datetime(datetime.fromtimestamp(at_ms / 1000, UTC))
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = "zh-CN, en"
    span = " – ".join(_minute(moment) for moment in span_ms)
    lead = "以下通知已撤回。The following notice does not hold any more.\n\n" if withdrawn else ""
    foot = "\n--\n不再接收：请告知社区。To get no more, tell the community.\n"
    message.set_content(f"{lead}{zh}\n\n{en}\n\n{span}\n{foot}")
    return message


def _minute(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, LOCAL_TIME).strftime("%Y-%m-%d %H:%M")
