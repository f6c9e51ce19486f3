"""`onecard gateway status`: how the box is."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from card_protocol.words.moment import DAY_MS, LOCAL_TIME, ClockQuality
from gateway.config import GatewayConfig
from gateway.core.health import Trouble, Vitals
from gateway.drivers.box_status import BoxStatus, read_status
from onecard.config_file import read_config
from onecard.gateway_problems import problem_words
from onecard.language import say

HELP = say("How the box is: journal, sync, policy, identity.", "显示网关状态：日志、同步、策略与身份。")
FAILED = 1


def status(
    config: Annotated[Path, typer.Option(help="TOML file.")],
    json: Annotated[bool, typer.Option("--json", help="For scripts.")] = False,
) -> None:
    """Print the status. Exit 1 when something is wrong with the box."""
    found = read_status(read_config(config, GatewayConfig).state_dir)
    typer.echo(found.model_dump_json(indent=2) if json else "\n".join(_lines(found)))
    if found.problems or found.troubles:
        raise typer.Exit(FAILED)


def _lines(found: BoxStatus) -> list[str]:
    rows = [
        (say("gateway", "网关"), found.gateway or "–"),
        (say("community", "社区"), found.community or "–"),
        (say("daemon", "守护进程"), say("running", "运行中") if found.running else say("not running", "未运行")),
        (say("fingerprint", "密钥指纹"), found.fingerprint or "–"),
        (say("certificate", "证书"), _certificate(found)),
        (say("journal epoch", "日志纪元"), found.epoch or "–"),
        (say("newest event", "最新事件"), str(found.head)),
        (say("acknowledged", "已确认"), str(found.acked)),
        (say("waiting", "待上传"), str(found.waiting)),
        (say("policy version", "策略版本"), str(found.policy_version)),
        (say("revocations up to", "吊销序号"), str(found.rev_seq)),
        (say("card keys", "卡密钥"), _keys(found)),
        *((say("held open", "保持常开"), point) for point in found.held),
        *(
            (say("locked down", "已封闭"), say(f"{area}, level {level}", f"{area}，级别 {level}"))
            for area, level in found.lockdowns.items()
        ),
        *(_measured(found.health) if found.health else []),
        *((say("set aside", "已搁置"), name) for name in found.set_aside),
        *((say("look after", "请处理"), say(*SENTENCES[trouble])) for trouble in found.troubles),
        *((say("problem", "问题"), problem_words(problem)) for problem in found.problems),
    ]
    return [f"{name}: {value}" for name, value in rows]


def _certificate(found: BoxStatus) -> str:
    """Its age and its end, in days; by the box's time."""
    if not found.certificate_until_ms:
        return "–"
    # A box whose clock stands before its certificate was made does not know its age: it is at least new.
    now_ms = max(found.now_ms, found.certificate_from_ms)
    age, left = (now_ms - found.certificate_from_ms) // DAY_MS, (found.certificate_until_ms - now_ms) // DAY_MS
    until = _at(found.certificate_until_ms)
    return say(f"{age} days old, until {until} ({left} days)", f"已签发 {age} 天，有效至 {until}（剩余 {left} 天）")


def _keys(found: BoxStatus) -> str:
    if not found.keys_newest:
        return "–"
    versions = " + ".join(str(v) for v in range(found.keys_oldest, found.keys_newest + 1))
    until = _at(found.keys_until_ms)
    return say(f"version {versions}, leased until {until}", f"版本 {versions}，租期至 {until}")


def _measured(vitals: Vitals) -> list[tuple[str, str]]:
    free_mib = vitals.disk_free_bytes >> 20
    return [
        *([(say("policy valid until", "策略有效至"), _at(vitals.policy_expires_ms))] if vitals.policy_version else []),
        (say("link", "链路"), _link(vitals)),
        (say("clock", "时钟"), f"{_at(vitals.at_ms)} ({say(*CLOCKS[ClockQuality(vitals.clock)])})"),
        (
            say("disk", "磁盘"),
            say("{:.0%} used, {} MiB free", "已用 {:.0%}，剩余 {} MiB").format(vitals.disk_used, free_mib),
        ),
    ]


def _link(vitals: Vitals) -> str:
    if vitals.online:
        return say("up", "已连接")
    if not vitals.heard_ms:
        return say("down, it was never up", "未连接，从未连上过")
    since = _at(vitals.heard_ms)
    return say(f"down since {since}", f"自 {since} 起未连接")


def _at(wall_ms: int) -> str:
    return datetime.fromtimestamp(wall_ms / 1000, LOCAL_TIME).strftime("%Y-%m-%d %H:%M")


CLOCKS = {
    ClockQuality.UNKNOWN: ("unknown", "未知"),
    ClockQuality.FLOOR: ("stopped; at least this late", "曾停走，时间只会更晚"),
    ClockQuality.RTC: ("the box's own", "设备自带时钟"),
    ClockQuality.NTP: ("set by a time server", "由时间服务器校准"),
    ClockQuality.SERVER: ("set by the onecard server", "由一卡通服务器校准"),
}

SENTENCES = {
    Trouble.POLICY_MISSING: (
        "There is no policy: every card is refused. Is the server reachable?",
        "尚无策略：所有卡都会被拒绝。请检查能否连上服务器。",
    ),
    Trouble.POLICY_EXPIRED: (
        "The policy has expired: every card is refused. Is the server reachable?",
        "策略已过期：所有卡都会被拒绝。请检查能否连上服务器。",
    ),
    Trouble.CERTIFICATE_EXPIRED: (
        "The certificate has expired: nothing reaches the server. Is the clock's date right, and the server reachable?"
        " Else claim and enrol the box anew.",
        "证书已过期：无法连接服务器。请检查时钟日期是否正确、能否连上服务器，否则重新登记。",
    ),
    Trouble.SERVER_STRANGE: (
        "The server shows a certificate of an authority that this box does not know: the box was off while one followed"
        " another, or somebody stands in between. Claim it and enrol it anew with the server's fingerprint.",
        "服务器出示的证书来自本机不认识的颁发机构：更换机构期间本机未开机，或有人从中冒充。"
        "请在服务器上重新生成接入码，并凭服务器指纹重新登记。",
    ),
    Trouble.CERTIFICATE_OLD: (
        "The certificate ends soon and was not renewed: is the server reachable?",
        "证书即将到期且未能更新：请检查能否连上服务器。",
    ),
    Trouble.POLICY_OLD: (
        "The policy expires within a day and was not renewed.",
        "策略将在一天内过期，且未能更新。",
    ),
    Trouble.DISK_LOW: ("The disk is filling up: make room or replace it.", "磁盘快满了：请清理或更换。"),
    Trouble.SYNC_STUCK: (
        "The server acknowledges nothing although the link is up: look at the server.",
        "链路正常但服务器不确认：请检查服务器。",
    ),
    Trouble.LINK_DOWN: ("The broker cannot be reached: look at the network.", "连不上消息服务器：请检查网络。"),
    Trouble.KEYS_OVER: (
        "The lease of the card keys is over: every card is refused. Is the server reachable?",
        "卡密钥租期已过：所有卡都会被拒绝。请检查能否连上服务器。",
    ),
    Trouble.KEYS_ENDING: (
        "The lease of the card keys ends within two weeks and was not renewed.",
        "卡密钥租期将在两周内结束，且未能续期。",
    ),
    Trouble.CLOCK_UNSURE: (
        "The clock cannot be trusted: replace the battery, or let the box reach the server.",
        "时钟不可信：请更换电池，或让设备连上服务器。",
    ),
}
