"""`onecard point setup`: devices found and tried one after the other, the file written, a label printed."""

import os
import shutil
import tomllib
from pathlib import Path
from typing import Annotated, Final

import typer
from pydantic import TypeAdapter, ValidationError

from card_protocol.errors import EquipmentFault, TrustFault
from card_protocol.words.ids import Slug
from edge import fitting
from edge.config import EdgeConfig
from edge.drivers.reader_store import ReaderStore
from edge.fitting import Bench, Found
from gateway.drivers.state_file import StateFile
from onecard.config_file import ConfigError, parse_config, read_config
from onecard.language import say
from onecard.logs import set_up_logs
from onecard.point_file import put_point
from onecard.point_label import svg_label, text_label
from onecard.point_setup import Fitted, GivenUp, PointSetup, Progress
from onecard.setup_talk import Talk, Terminal

HELP = say(
    "Set a point up: find and try its devices, write the file, print a label (while `edge run` is stopped).",
    "安装点位：查找并逐一测试设备，写配置，打印标签（请先停止 edge run）。",
)
STATE_DIR: Final = "/var/lib/onecard"
STOPPED: Final = 1
MISUSED: Final = 2


class BoxTools:
    """The devices of this machine."""

    def __init__(self, state_dir: Path) -> None:
        self._state_dir = state_dir

    def find(self) -> Found:
        """See `Tools.find`."""
        return fitting.find(self._state_dir)

    def bench(self) -> Bench:
        """See `Tools.bench`."""
        return Bench(self._state_dir)


def setup(
    config: Annotated[Path, typer.Option("--config", help=say("The edge's TOML file.", "点位配置文件。"))],
    point: Annotated[
        str | None, typer.Option(help=say("The point's id; else asked.", "点位标识，不填则询问。"))
    ] = None,
    label: Annotated[Path | None, typer.Option(help=say("Write the label as SVG.", "把标签写成 SVG 文件。"))] = None,
) -> None:
    """Run it again to go on where it stopped. Exit 1 when it was stopped, 2 for a name that makes no sense."""
    set_up_logs("point", "error")
    raise typer.Exit(run(config, Terminal(), point, label))


def run(config: Path, talk: Talk, point: str | None, label: Path | None) -> int:
    """The whole of it; the exit code. ConfigError for a file that is no configuration."""
    text, state_dir = _begin(config, talk)
    name = (
        point if point is not None else talk.ask(say("The point's id (south-gate-in)", "点位标识（如 south-gate-in）"))
    )
    try:
        TypeAdapter(Slug).validate_python(name)
    except ValidationError:
        talk.tell(say(f"{name!r}: small letters, digits and - only", f"{name!r}：只能用小写字母、数字和 -"))
        return MISUSED
    progress = Progress(config.with_suffix(".setup"))
    try:
        fitted = PointSetup(talk, BoxTools(state_dir), ReaderStore(state_dir), progress).run(name)
    except (GivenUp, KeyboardInterrupt):
        talk.tell(say("Stopped; what was done is kept. Run it again to go on.", "已停止，进度已保存，再次运行可继续。"))
        return STOPPED
    try:
        _write(config, text, fitted)
    except (ValueError, ConfigError) as error:
        talk.tell(f"{config}: {error}")
        return STOPPED
    progress.forget(name)
    names = {"reader": say("reader: ", "读卡器："), "lock": say("lock: ", "门锁：")}
    rows = [names[what] + spec for what, spec in fitted.values.items() if what in names]
    talk.tell(say(f"Written to {config}.", f"已写入 {config}。"))
    box = _box_of(state_dir)
    talk.tell(text_label(name, box, rows))
    if label is not None:
        label.write_text(svg_label(name, box, rows), encoding="utf-8")
    return 0


def _box_of(state_dir: Path) -> str:
    """The gateway's name; its folder's while it was not enrolled."""
    try:
        return StateFile(state_dir).enrolment().gateway
    except (EquipmentFault, TrustFault):
        return state_dir.name


def _begin(config: Path, talk: Talk) -> tuple[str, Path]:
    """The file's text and the box's folder; a file that is not there yet begins with a question."""
    if config.exists():
        text = config.read_text(encoding="utf-8")
        folder = tomllib.loads(text).get("state_dir") if _is_toml(text) else None
        return text, Path(folder) if isinstance(folder, str) else read_config(config, EdgeConfig).state_dir
    folder = talk.ask(say("Where does the gateway keep its files?", "网关的文件在哪个目录？"), STATE_DIR)
    return f'state_dir = "{folder}"\n', Path(folder)


def _is_toml(text: str) -> bool:
    """A file that is none is told by the one reader of configurations, with its line."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _write(config: Path, text: str, fitted: Fitted) -> None:
    """Only what the daemon would take is written, and the file is replaced as a whole."""
    changed = put_point(text, fitted.id, fitted.values, {"door": fitted.door, "duress": fitted.duress})
    parse_config(changed, EdgeConfig, str(config))
    fresh = config.with_suffix(".new")
    fresh.touch(mode=0o600 if fitted.duress_code else 0o644)
    if config.exists():  # who may read it stays as it was
        shutil.copymode(config, fresh)
        if os.geteuid() == 0:
            os.chown(fresh, config.stat().st_uid, config.stat().st_gid)
    fresh.write_text(changed, encoding="utf-8")
    os.replace(fresh, config)
