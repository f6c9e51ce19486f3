"""The layout as a table for people: derived, so that documentation cannot drift from cards."""

from card_protocol.channel.files import NEVER, FileKind
from card_protocol.profiles.layout import CARD_MASTER, LAYOUT, Application, FileSpec, Holder, KeySlot

_HEAD = (
    "| application | AID | file | what | bytes | read | write | read and write |",
    "|---|---|---|---|---|---|---|---|",
)


def layout_table() -> str:
    """Markdown: one row a file, keys by name."""
    rows = (_row(application, spec) for application in LAYOUT for spec in application.files)
    return "\n".join((*_HEAD, *rows))


def _row(application: Application, spec: FileSpec) -> str:
    read, write, read_write, _ = (_key(application, number) for number in spec.rights.numbers())
    cells = (
        application.name,
        application.aid[::-1].hex().upper(),
        f"{spec.number} {spec.name}",
        spec.kind.name.lower().replace("_", " "),
        _size(spec),
        read,
        write,
        read_write,
    )
    return f"| {' | '.join(cells)} |"


def _key(application: Application, number: int) -> str:
    return "–" if number == NEVER else application.keys[number].name


def _size(spec: FileSpec) -> str:
    if spec.kind is FileKind.VALUE:
        return f"0 to {spec.upper} fen"
    return f"{spec.records} × {spec.size_bytes}" if spec.records else str(spec.size_bytes or "–")


def keys_table() -> str:
    """Markdown: who holds which leaf key. The server holds all of them; "–" means nobody else."""
    rows = [("card", CARD_MASTER), *((application.name, slot) for application in LAYOUT for slot in application.keys)]
    lines = [f"| {name} | {slot.number} {slot.name} | {_holder(slot)} |" for name, slot in rows]
    macs = [(application.name, spec) for application in LAYOUT for spec in application.files if spec.mac_purpose]
    lines += [f"| {name} | {spec.name} (file {spec.number}) | – |" for name, spec in macs]
    return "\n".join(("| application | key | held, beside the server, by |", "|---|---|---|", *lines))


def _holder(slot: KeySlot) -> str:
    return "–" if slot.holder is Holder.SERVER else slot.holder.value.replace("_", " ")
