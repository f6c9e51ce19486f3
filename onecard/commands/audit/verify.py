"""`onecard audit verify`: every chain, signature, countersignature and gap; exit 1 when anything is missing."""

import json
import os
from typing import Annotated

import typer

from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened
from onecard.language import say
from onecard.local_time import written
from server.services import audit
from server.services.events.chain_check import Finding, Kind
from server.services.events.proof import JournalReport, verify_all
from server.services.opening import open_keystore

HELP = say(
    "Check every chain, signature and gap; say per gateway what is complete.", "核验每条链、签名与缺口，逐网关报告。"
)
INCOMPLETE = 1

SENTENCES: dict[Kind, tuple[str, str]] = {
    Kind.MISSING: ("missing", "缺失"),
    Kind.HOLE: ("declared lost by the gateway", "网关声明已丢失"),
    Kind.ALTERED: ("altered", "被篡改"),
    Kind.HEAD: ("the chain ends otherwise than the position says", "链尾与位置记录不符"),
    Kind.UNSIGNED: ("not under a signature of the gateway", "无网关签名"),
    Kind.FORGED: ("the signature is not the gateway's", "签名并非该网关所签"),
    Kind.UNACKNOWLEDGED: ("never countersigned", "从未会签"),
    Kind.ACK_FORGED: ("the countersignature is not ours", "会签并非本服务器所签"),
    Kind.EXPIRED: ("removed, their time was over", "已到保存期限，已删除"),
    Kind.DEAD_LETTER: ("no event, kept with its bytes", "无法解析，原始字节已保存"),
    Kind.FORK: ("another history is in quarantine", "另一份历史已隔离"),
}


def verify(
    config: ConfigFile,
    as_json: Annotated[bool, typer.Option("--json", help=say("For scripts.", "供脚本使用。"))] = False,
) -> None:
    """Read everything and change nothing."""
    settings = load(config)
    with one_line_errors():
        keystore = open_keystore(settings, os.environ)
        with opened(settings).snapshot() as session:
            trail = audit.broken_at(session)
            reports = list(verify_all(session, keystore.server.verifier))
    if as_json:
        typer.echo(json.dumps({"trail_broken_at": trail, "journals": [_plain(report) for report in reports]}))
    else:
        for line in _lines(reports, trail):
            typer.echo(line)
    if trail is not None or not all(report.complete for report in reports):
        raise typer.Exit(INCOMPLETE)


def _lines(reports: list[JournalReport], trail: int | None) -> list[str]:
    lines = []
    for report in reports:
        lines.append(f"{report.gateway} ({report.epoch}): {_verdict(report)}")
        lines += [f"    {_sentence(finding)}" for finding in report.findings]
    if not reports:
        lines.append(say("No gateway has sent anything yet.", "尚无网关上传数据。"))
    if trail is not None:
        lines.append(say(f"audit trail: broken at line {trail}", f"操作日志：第 {trail} 行断裂"))
    return lines


def _verdict(report: JournalReport) -> str:
    if not report.complete:
        return say("NOT complete", "不完整")
    en, zh = f"complete from 1 to {report.watermark}", f"完整：第 1 至 {report.watermark} 条"
    if report.first_ms is not None and report.last_ms is not None:
        first, last = written(report.first_ms), written(report.last_ms)
        en, zh = f"{en}, {first} to {last}", f"{zh}，{first} 至 {last}"
    return say(en, zh)


def _sentence(finding: Finding) -> str:
    span = str(finding.first) if finding.first == finding.last else f"{finding.first} – {finding.last}"
    return f"{span}: {say(*SENTENCES[finding.kind])}"


def _plain(report: JournalReport) -> dict[str, object]:
    findings = [{"kind": f.kind, "first": f.first, "last": f.last} for f in report.findings]
    plain = {"gateway": report.gateway, "epoch": report.epoch, "upto": report.watermark}
    return {**plain, "complete": report.complete, "findings": findings}
