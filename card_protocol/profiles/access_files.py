"""The access application's own files, as every conversation with them reads and writes them."""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.data import read_data, write_data
from card_protocol.channel.session import Session
from card_protocol.channel.transaction import TransactionMark, commit_marked
from card_protocol.profiles.header import Header, is_blank
from card_protocol.profiles.layout import ACCESS

_HEADER: Final = ACCESS.file("header")


def read_file(session: Session, name: str) -> Conversation[bytes]:
    """A whole data file of the access application."""
    spec = ACCESS.file(name)
    return (yield from read_data(session, spec.number, 0, spec.size_bytes, spec.mode))


def read_header(session: Session) -> Conversation[Header | None]:
    """The header, None while the card was never issued. Malformed when it is neither."""
    raw = yield from read_file(session, _HEADER.name)
    return None if is_blank(raw) else Header.decode(raw)


def write_access_files(
    session: Session, header: Header, grant: bytes, revocations: bytes
) -> Conversation[TransactionMark]:
    """Header, grant and revocations in one transaction, from a session of the updater key; empty ones stay as is."""
    for name, data in (("header", header.encode()), ("grant", grant), ("revocations", revocations)):
        if data:
            spec = ACCESS.file(name)
            yield from write_data(session, spec.number, 0, data, spec.mode)
    return (yield from commit_marked(session))
