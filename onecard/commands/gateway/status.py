"""`onecard gateway status`: how the box is."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.config import GatewayConfig
from gateway.drivers.box_status import BoxStatus, read_status
from onecard.config_file import read_config
from onecard.language import say

HELP = say("How the box is: journal, sync, policy, identity.", "显示网关状态：日志、同步、策略与身份。")
FAILED = 1


def status(
    config: Annotated[Path, typer.Option(help="TOML file.")],
    json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Print the status. Exit 1 when something is wrong with the box's files."""
    found = read_status(read_config(config, GatewayConfig).state_dir)
    typer.echo(found.model_dump_json(indent=2) if json else "\n".join(_lines(found)))
    if found.problems:
        raise typer.Exit(FAILED)


def _lines(found: BoxStatus) -> list[str]:
    rows = [
        (say("gateway", "网关"), found.gateway or "–"),
        (say("community", "社区"), found.community or "–"),
        (say("daemon", "守护进程"), say("running", "运行中") if found.running else say("not running", "未运行")),
        (say("fingerprint", "密钥指纹"), found.fingerprint or "–"),
        (say("journal epoch", "日志纪元"), found.epoch or "–"),
        (say("newest event", "最新事件"), str(found.head)),
        (say("acknowledged", "已确认"), str(found.acked)),
        (say("waiting", "待上传"), str(found.waiting)),
        (say("policy version", "策略版本"), str(found.policy_version)),
        (say("revocations up to", "吊销序号"), str(found.rev_seq)),
        *((say("set aside", "已搁置"), name) for name in found.set_aside),
        *((say("problem", "问题"), problem) for problem in found.problems),
    ]
    return [f"{name}: {value}" for name, value in rows]
