"""ISO SELECT (00 A4) as DESFire answers it (MF2DL(H)x0, ISOSelectFile).

By DF name: the PICC level is D2760000850100, applications have the names they were created with. By file id:
3F00 is the PICC level, applications their ISO ids. A good selection ends session and transaction like
SelectApplication does; no FCI is stored, so the answer is 9000 alone.
"""

from firmware_sim.card.apdu import Command
from firmware_sim.card.commands.selection import select
from firmware_sim.card.context import Context
from firmware_sim.card.state import PICC_AID

PICC_DF_NAME = bytes.fromhex("D2760000850100")
MASTER_FILE = 0x3F00
BY_ID = 0x00
BY_NAME = 0x04
FIRST = 0x00
NO_FCI = 0x0C

DONE = 0x9000
WRONG_LENGTH = 0x6700
FILE_NOT_FOUND = 0x6A82
WRONG_PARAMETERS = 0x6A86


def run(context: Context, command: Command) -> int:
    """The status word."""
    if command.p1 not in (BY_ID, BY_NAME) or command.p2 not in (FIRST, NO_FCI):
        return WRONG_PARAMETERS
    if command.p1 == BY_ID and len(command.data) not in (0, 2):
        return WRONG_LENGTH
    aid = _by_name(context, command.data) if command.p1 == BY_NAME else _by_id(context, command.data)
    if aid is None:
        return FILE_NOT_FOUND
    select(context, aid)
    return DONE


def _by_name(context: Context, name: bytes) -> int | None:
    if name == PICC_DF_NAME:
        return PICC_AID
    named = (app.aid for app in context.state.applications.values() if app.df_name and app.df_name == name)
    return next(named, None)


def _by_id(context: Context, data: bytes) -> int | None:
    wanted = int.from_bytes(data, "big") if data else MASTER_FILE
    if wanted == MASTER_FILE:
        return PICC_AID
    return next((app.aid for app in context.state.applications.values() if app.iso_id == wanted), None)
