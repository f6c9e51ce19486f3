"""Keys on the card: versions, changes, key sets. Source: MF3DX2, key management commands.

At card level the number of the (only) key carries the key type; here always AES.
"""

from typing import Final

from card_protocol.channel.converse import Conversation
from card_protocol.channel.ev2 import Mode, new_key_data
from card_protocol.channel.native import exchange
from card_protocol.channel.session import Session
from card_protocol.crypto.keys import SecretKey
from card_protocol.errors import CallerFault, Malformed

CHANGE_KEY: Final = 0xC4
CHANGE_KEY_EV2: Final = 0xC6
GET_KEY_VERSION: Final = 0x64
CHANGE_KEY_SETTINGS: Final = 0x54
INITIALIZE_KEY_SET: Final = 0x56
FINALIZE_KEY_SET: Final = 0x57
ROLL_KEY_SET: Final = 0x55

CARD_MASTER_KEY: Final = 0x80
"""Key 0 at card level as ChangeKey takes it: an AES key."""

KEY_NUMBER_BITS: Final = 0x3F
_IN_KEY_SET: Final = 0x40
_AES_KEY_SET: Final = 0x02


def get_key_version(key_no: int, session: Session | None = None) -> Conversation[int]:
    """The version of a key of the active set; works without a session, then unprotected."""
    return (yield from _version(bytes((key_no,)), session))


def get_key_version_in_set(key_set: int, key_no: int, session: Session) -> Conversation[int]:
    """The version of a key of another set."""
    return (yield from _version(bytes((key_no | _IN_KEY_SET, key_set)), session))


def change_key(session: Session, key_no: int, new: SecretKey, old: SecretKey | None = None) -> Conversation[None]:
    """Give key `key_no` the bytes and version of `new`.

    Without `old` it must be the key of this session, which ends with the change.
    """
    own = key_no & KEY_NUMBER_BITS == session.key_no
    if own is not (old is None):
        raise CallerFault("ChangeKey takes the old key exactly when it is another than the session's")
    data = new_key_data(new, old)
    yield from session.run(CHANGE_KEY, bytes((key_no,)), data, mode=Mode.FULL, doing="ChangeKey", ends=own)


def change_key_in_set(
    session: Session, key_set: int, key_no: int, new: SecretKey, old: SecretKey
) -> Conversation[None]:
    """Change a key of a set that is not active; `old` is what that set holds now."""
    data = new_key_data(new, old)
    header = bytes((key_set, key_no))
    yield from session.run(CHANGE_KEY_EV2, header, data, mode=Mode.FULL, doing="ChangeKeyEV2")


def change_key_settings(session: Session, settings: int) -> Conversation[None]:
    """Set KeySett1 of the current level."""
    yield from session.run(CHANGE_KEY_SETTINGS, b"", bytes((settings,)), mode=Mode.FULL, doing="ChangeKeySettings")


def initialize_key_set(session: Session, key_set: int) -> Conversation[None]:
    """Begin another set: it starts with the keys of the active one and cannot be rolled in yet."""
    yield from session.run(INITIALIZE_KEY_SET, bytes((key_set, _AES_KEY_SET)), mode=Mode.MAC, doing="InitializeKeySet")


def finalize_key_set(session: Session, key_set: int, version: int) -> Conversation[None]:
    """Declare a set complete under a set version."""
    yield from session.run(FINALIZE_KEY_SET, bytes((key_set, version)), mode=Mode.MAC, doing="FinalizeKeySet")


def roll_key_set(session: Session, key_set: int) -> Conversation[None]:
    """Make a finalized set the active one, from a session of the roll key. Ends the session."""
    yield from session.run(ROLL_KEY_SET, bytes((key_set,)), mode=Mode.MAC, doing="RollKeySet", ends=True)


def _version(body: bytes, session: Session | None) -> Conversation[int]:
    doing = "GetKeyVersion"
    if session is None:
        answer = yield from exchange(bytes((GET_KEY_VERSION,)) + body, doing)
    else:
        answer = yield from session.run(GET_KEY_VERSION, body, mode=Mode.MAC, doing=doing)
    if len(answer) != 1:
        raise Malformed(f"{doing}: a version has one byte")
    return answer[0]
