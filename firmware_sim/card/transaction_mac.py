"""The transaction MAC: input, session keys, value (MF2DL(H)x0, 10.3).

Every data command of a transaction adds to the input TMI, in plain, whatever the communication mode:
``Cmd ‖ parameters ‖ zeros to the block ‖ data ‖ zeros to the block``. The keys come from the file's key, the
*next* counter value and the UID; no session is needed. NXP publishes no worked example: the tests check a
second reading of the same section.
"""

from firmware_sim.card import primitives as p
from firmware_sim.card.files import TransactionMacFile
from firmware_sim.card.transaction import Transaction

MAC_LABEL = 0x5A
ENC_LABEL = 0xA5
LAST_COUNTER = 0xFFFFFFFF


def session_key(file: TransactionMacFile, uid: bytes, label: int) -> bytes:
    """SesTMMACKey (label 5A) or SesTMENCKey (A5): CMAC over label ‖ 00 01 00 80 ‖ TMC+1 ‖ UID."""
    vector = bytes((label, 0x00, 0x01, 0x00, 0x80)) + (file.counter + 1).to_bytes(4, "little") + uid
    return p.cmac(file.key.value, vector)


def note(transaction: Transaction, ins: int, parameters: bytes, data: bytes = b"") -> None:
    """Add one executed command to the input."""
    transaction.mac_input += p.zero_pad(bytes((ins,)) + parameters)
    transaction.mac_input += p.zero_pad(data)


def commit_reader_id(file: TransactionMacFile, transaction: Transaction, uid: bytes, reader_id: bytes) -> bytes:
    """Bind a reader into the transaction; gives the previous reader's id, enciphered.

    TMI gets ``C8 ‖ TMRICur ‖ EncTMRI ‖ zeros`` (10.3.4.2).
    """
    sealed = p.cbc_encrypt(session_key(file, uid, ENC_LABEL), p.ZERO_IV, file.last_reader_id)
    transaction.reader_id = reader_id
    note(transaction, 0xC8, reader_id + sealed)
    return sealed


def finish(file: TransactionMacFile, transaction: Transaction, uid: bytes) -> None:
    """Compute TMV over the collected input and move the counter; part of the one atomic step of commit."""
    file.value = p.short_mac(session_key(file, uid, MAC_LABEL), bytes(transaction.mac_input))
    file.counter += 1
    if transaction.reader_id is not None:
        file.last_reader_id = transaction.reader_id
