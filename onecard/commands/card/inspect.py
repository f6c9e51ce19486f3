"""`onecard card inspect`: what a card is, how far it was issued, what is on it, and who could read it."""

import secrets
from pathlib import Path

import typer

from edge.drivers.registry import open_reader
from onecard.card_seen import Seen, see, sentence
from onecard.commands.card._common import (
    WAIT_DEFAULT_S,
    AsJson,
    OptionalConfigFile,
    ReaderSpec,
    WaitSeconds,
    emit,
    told_errors,
    with_keys,
)
from onecard.language import say
from onecard.local_desk import DESK
from onecard.local_time import written
from onecard.logs import set_up_logs
from server.services.desk.at_desk import ATTEMPTS_MAX, DeskJob
from server.services.desk.inspecting import InspectionView, RightsView, inspect_on_desk
from server.services.problems import Code, Problem

HELP = say("Look at the card on the reader without changing it.", "查看读卡器上的卡片（不作更改）。")


def inspect(
    reader: ReaderSpec, config: OptionalConfigFile = None, wait: WaitSeconds = WAIT_DEFAULT_S, json: AsJson = False
) -> None:
    """Everything with the server's keys; without them only what the card tells anyone."""
    found = _with_keys(config, reader, wait, as_json=json) if config else _without_keys(reader, wait, as_json=json)
    if json:
        emit(found)
    else:
        typer.echo("\n".join(_lines(found) if isinstance(found, InspectionView) else [sentence(found)]))


def _with_keys(config: Path, reader: str, wait_s: int, *, as_json: bool) -> InspectionView:
    request = DeskJob(desk=DESK, wait_ms=wait_s * 1000)
    return with_keys(config, reader, as_json=as_json, job=lambda house, actor: inspect_on_desk(house, actor, request))


def _without_keys(reader: str, wait_s: int, *, as_json: bool) -> Seen:
    set_up_logs("card", "error")
    with told_errors(as_json=as_json):
        device = open_reader(reader)
        try:
            typer.echo(say("Put the card on the reader.", "请将卡片放在读卡器上。"), err=True)
            for _ in range(ATTEMPTS_MAX):
                card = device.wait_for_card(wait_s * 1000)
                if card is None:
                    raise Problem(Code.NO_CARD)
                if (seen := see(card, None, secrets.token_bytes)) is not None:
                    return seen
                typer.echo(say("Put the same card back.", "请放回同一张卡。"), err=True)
            raise Problem(Code.CARD_AWAY)
        finally:
            device.close()


def _lines(found: InspectionView) -> list[str]:
    return [
        say(f"Card {found.uid}: {_condition(found)}", f"卡片 {found.uid}：{_condition(found)}"),
        _data_base(found),
        say(
            f"Chip: DESFire EV{found.generation}, {found.free_bytes} bytes free, card key version "
            f"{found.card_key_version}",
            f"芯片：DESFire EV{found.generation}，剩余 {found.free_bytes} 字节，卡主密钥版本 {found.card_key_version}",
        ),
        *(_rights(found.rights) if found.rights else []),
        say("Applications:", "应用："),
        *(f"    {_application(found, number)}" for number in range(len(found.applications))),
        *(say(f"    unknown: {aid}", f"    未知应用：{aid}") for aid in found.unknown_applications),
        say("Who could read what:", "各角色可读内容："),
        *(f"    {role}: {', '.join(files) or '–'}" for role, files in found.readable_by.items()),
    ]


def _condition(found: InspectionView) -> str:
    told = {
        "stock": say("blank stock", "空白卡"),
        "begun": say("issuing was begun and not finished; issue it again to finish", "发卡未完成，请再次发卡以完成"),
        "issued": say("issued", "已发卡"),
    }
    return told[found.condition]


def _data_base(found: InspectionView) -> str:
    if found.card is None:
        return say("Data base: this card is not known", "数据库：没有这张卡")
    number, state = found.card.number, found.card.state.value
    return say(f"Data base: card {number}, {state}", f"数据库：{number} 号卡，状态 {state}")


def _rights(rights: RightsView) -> list[str]:
    if rights.grant_to_ms is None:
        grant = say(f"Grant: none that counts ({rights.grant_problem})", f"授权：无有效授权（{rights.grant_problem}）")
    else:
        until = written(rights.grant_to_ms)
        grant = say(f"Grant {rights.grant_serial}: until {until}", f"授权 {rights.grant_serial}：有效至 {until}")
    count = len(rights.revocations)
    if rights.revocations_problem:
        revoked = say(
            f"Revocations: do not count ({rights.revocations_problem})",
            f"吊销清单：无效（{rights.revocations_problem}）",
        )
    elif rights.revocations_upto is None:
        revoked = say("Revocations: none carried", "吊销清单：未携带")
    else:
        upto = rights.revocations_upto
        revoked = say(f"Revocations: {count} carried, known up to {upto}", f"吊销清单：携带 {count} 条，已知至 {upto}")
    transactions = say(f"Transactions: {rights.transactions}", f"交易次数：{rights.transactions}")
    return [grant, revoked, transactions]


def _application(found: InspectionView, number: int) -> str:
    app = found.applications[number]
    if not app.present:
        return say(f"{app.name}: absent", f"{app.name}：无")
    if app.deviations:
        wrong = ", ".join(app.deviations)
        return say(f"{app.name}: not as the layout says ({wrong})", f"{app.name}：与规定不符（{wrong}）")
    records = ", ".join(f"{file} {count}" for file, count in app.records.items())
    return say(f"{app.name}: well; records: {records}", f"{app.name}：正常；记录：{records}")
