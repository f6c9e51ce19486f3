"""CreateApplication (CA), DeleteApplication (DA), FormatPICC (FC), FreeMemory (6E)."""

from firmware_sim.card.commands.application_format import NewApplication, parse
from firmware_sim.card.commands.selection import select
from firmware_sim.card.context import Context
from firmware_sim.card.instruction import Instruction, mac, require_length
from firmware_sim.card.keys import MASTER_KEY, KeySet, KeySettings
from firmware_sim.card.state import PICC_AID, Application
from firmware_sim.card.status import Status, StatusError


def _create(context: Context, header: bytes, _data: bytes) -> bytes:
    """At PICC level, with the PICC master key unless its settings allow free creation. All keys start as
    the default key of SetConfiguration (factory: zero)."""
    context.require_picc()
    if not context.selected.settings.free_create:
        context.require_master()
    wanted = parse(header)
    _require_unused(context, wanted)
    default = context.state.configuration.default_key
    active = KeySet([default.copy() for _ in range(wanted.key_count)], wanted.active_version, finalized=True)
    application = Application(
        aid=wanted.aid,
        settings=KeySettings(wanted.settings),
        key_count=wanted.key_count,
        key_sets=[active, *([None] * (wanted.key_set_count - 1))],
        roll_key=wanted.roll_key,
        iso_files=wanted.iso_files,
        iso_id=wanted.iso_id,
        df_name=wanted.df_name,
    )
    context.spend(application.memory_bytes())
    context.state.applications[wanted.aid] = application
    return b""


def _require_unused(context: Context, wanted: NewApplication) -> None:
    for other in context.state.applications.values():
        same_iso = wanted.iso_id is not None and wanted.iso_id == other.iso_id
        same_name = wanted.df_name != b"" and wanted.df_name == other.df_name
        if other.aid == wanted.aid or same_iso or same_name:
            raise StatusError(Status.DUPLICATE_ERROR)


def _delete(context: Context, header: bytes, _data: bytes) -> bytes:
    """``AID``: at PICC level with the PICC master key, or inside the application with its own master key
    where the PICC settings leave creation and deletion free. The memory is not given back."""
    require_length(header, 3)
    aid = int.from_bytes(header, "little")
    if aid == PICC_AID or aid not in context.state.applications:
        raise StatusError(Status.APPLICATION_NOT_FOUND)
    own = context.volatile.aid == aid and context.state.picc.settings.free_create
    if not (context.at_picc or own) or context.key_number != MASTER_KEY:
        raise StatusError(Status.AUTHENTICATION_ERROR)
    del context.state.applications[aid]
    if own:
        select(context, PICC_AID)
    return b""


def _format(context: Context, header: bytes, _data: bytes) -> bytes:
    """Delete every application and give all memory back. Keys and settings of the PICC stay."""
    require_length(header, 0)
    context.require_picc()
    context.require_master()
    if context.state.configuration.format_disabled:
        raise StatusError(Status.PERMISSION_DENIED)
    context.state.applications.clear()
    context.state.memory_used = 0
    return b""


def _free_memory(context: Context, header: bytes, _data: bytes) -> bytes:
    """Three bytes, least significant first."""
    require_length(header, 0)
    return context.state.memory_free.to_bytes(3, "little")


TABLE = {
    0xCA: Instruction(_create, mac),
    0xDA: Instruction(_delete, mac),
    0xFC: Instruction(_format, mac),
    0x6E: Instruction(_free_memory, mac),
}
