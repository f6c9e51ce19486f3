"""`onecard whatif POLICY-CHANGE`: last month's taps by changed rules; lists what would have come out otherwise."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from card_protocol.words.reason import Reason
from card_protocol.words.sentences import sentence
from onecard import local_time
from onecard.commands.server._common import FAILED, ConfigFile, load, one_line_errors, opened
from onecard.config_file import sentence_of
from onecard.language import say
from server.services.access.what_if import ChangeRefused, Outcome, change_of, what_if

HELP = say(
    "Last month's taps by changed rules: which would have come out otherwise. Changes nothing.",
    "用修改后的规则重判最近一个月的刷卡，列出差异；不做任何修改。",
)
FILE_MAX_BYTES = 1_000_000


def whatif(
    change: Annotated[Path, typer.Argument(help=say("TOML: what would be different.", "TOML 文件：要改什么。"))],
    config: ConfigFile,
    as_json: Annotated[bool, typer.Option("--json", help=say("For scripts.", "供脚本使用。"))] = False,
) -> None:
    """A file holds things by their id with the fields that change: `[[levels]]`, `id = "residents"`, `schedule = …`.

    Also `[[points]]`, `[[schedules]]`, `[[areas]]`, `[calendar]`, `[privileges]`, `remove_levels`, `remove_areas`.
    """
    plain = _read(change)
    with one_line_errors():
        settings = load(Path(config))
        transactions = opened(settings)
        try:
            with transactions.read() as session:
                found = what_if(session, settings.community, change_of(plain), transactions.clock())
        except ChangeRefused as refused:
            typer.echo(f"onecard: {change}: {_wrong(refused)}", err=True)
            raise typer.Exit(FAILED) from None
    typer.echo(found.model_dump_json()) if as_json else tell(found)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > FILE_MAX_BYTES:
            raise ValueError(f"more than {FILE_MAX_BYTES} bytes")
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        typer.echo(f"onecard: {path}: {why}", err=True)
        raise typer.Exit(FAILED) from None


def _wrong(refused: ChangeRefused) -> str:
    """Where and what, as the file has it, in the language of the terminal."""
    said = [f"{place}: {sentence_of(detail)}" if place else sentence_of(detail) for place, detail in refused.faults]
    return say("; ", "；").join(said)


def _named(reason: Reason) -> str:
    """A reason by its code; in Chinese with what the point says beside it."""
    return say(reason.value, f"{reason.value}（{sentence(reason).display.zh}）")


def tell(found: Outcome) -> None:
    """For a person at the terminal."""
    span = f"{local_time.written(found.from_ms)} – {local_time.written(found.to_ms)}"
    typer.echo(say(
        f"{span}: {found.taps} taps, {found.differing} would have come out otherwise.",
        f"{span}：共 {found.taps} 次刷卡，{found.differing} 次结果会不同。",
    ))  # fmt: skip
    for one in found.differences:
        times = say(f"{one.taps} ×, last {local_time.written(one.last_ms)}, event {one.last_event}",
                    f"{one.taps} 次，最近 {local_time.written(one.last_ms)}，事件 {one.last_event}")  # fmt: skip
        typer.echo(f"{one.point}  {one.card_id}  {_named(one.before)} → {_named(one.after)}  ({times})")
    if found.truncated:
        typer.echo(say("There is more than is shown.", "还有更多未列出。"))
