"""The command set: one module per subject, joined into one table by instruction byte."""

from firmware_sim.card.commands import (
    applications,
    change_key,
    create_files,
    data,
    file_info,
    identity,
    key_sets,
    key_settings,
    records,
    selection,
    transactions,
    values,
)
from firmware_sim.card.instruction import Instruction

INSTRUCTIONS: dict[int, Instruction] = {
    **selection.TABLE,
    **applications.TABLE,
    **identity.TABLE,
    **key_settings.TABLE,
    **change_key.TABLE,
    **key_sets.TABLE,
    **create_files.TABLE,
    **file_info.TABLE,
    **data.TABLE,
    **records.TABLE,
    **values.TABLE,
    **transactions.TABLE,
}
