"""`onecard server setup`: the first run at the terminal; the same facts and services as the page "First steps"."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from card_protocol.words.division import Level, level_of
from onecard.commands.server import _setup_steps as steps
from onecard.commands.server._common import ConfigFile, load, one_line_errors, opened, passphrase_of
from onecard.language import say
from onecard.setup_talk import Talk, Terminal
from server.config import ServerConfig
from server.services import first_steps
from server.services.first_steps import Step, StepView
from server.services.keys.keystore import Keystore
from server.services.keys.keystore_backup import back_up
from server.services.opening import open_keystore
from server.services.setup import first_run
from server.services.units import org
from server.services.units.org import OrgUnitIn
from server.services.users.passwords import Passwords
from server.services.work import SYSTEM, Transactions

HELP = say("What a new server still needs, and what of it can be done here.", "新服务器还缺什么，哪些可在此完成。")

LEVELS: dict[Level, tuple[str, str]] = {
    Level.CITY: ("city", "市"),
    Level.DISTRICT: ("district", "区"),
    Level.STREET: ("street", "街道"),
    Level.COMMUNITY: ("community", "社区"),
}
TITLES: dict[Step, tuple[str, str]] = {
    Step.UNITS: ("City, district, street, community", "市、区、街道、社区"),
    Step.ADMIN: ("An administrator with a password of their own", "管理员已设置自己的密码"),
    Step.FACTOR: ("A second factor for the administrator", "管理员的第二验证方式"),
    Step.HOUSES: ("Houses", "房屋"),
    Step.KEYS: ("A backup of the keys, tested", "已核对的密钥备份"),
    Step.GATEWAY: ("The first gateway", "第一个网关"),
    Step.TAP: ("The first tap", "第一次刷卡"),
    Step.CARD: ("The first card", "第一张卡"),
}
ELSEWHERE: dict[Step, tuple[str, str]] = {
    Step.ADMIN: ("sign in on the page and choose a password", "请在网页登录并设置密码"),
    Step.FACTOR: ("on the page: My account", "在网页：我的账户"),
    Step.HOUSES: ("on the page: People, lists from Excel", "在网页：人员，导入 Excel 名单"),
    Step.GATEWAY: (
        "onecard server claim NAME, then onecard gateway enrol at the box",
        "运行 onecard server claim 名称，再在网关上运行 onecard gateway enrol",
    ),
    Step.TAP: ("hold any card to a reader and look at the live gates", "在任一读卡器上刷卡，并查看实时门禁"),
    Step.CARD: (
        "on the page: Card desk; or here: onecard card personalise",
        "在网页：发卡台；或在此运行 onecard card personalise",
    ),
}
JSON_HELP = say("Tell the steps as JSON, ask nothing.", "以 JSON 显示，不提问。")


def setup(config: ConfigFile, as_json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Ask for what is missing, one step after the other; an empty answer leaves a step for later."""
    settings = load(config)
    with one_line_errors():
        keystore = open_keystore(settings, {settings.keystore.passphrase_env: passphrase_of(settings)})
        transactions = opened(settings)
        if as_json:
            typer.echo(as_text(status(transactions, keystore)))
            return
        talk = Terminal()
        work_through(talk, settings, transactions, keystore)
        for line in told(status(transactions, keystore)):
            talk.tell(line)


def status(transactions: Transactions, keystore: Keystore) -> list[StepView]:
    """The steps as they stand."""
    with transactions.read() as session:
        return first_steps.steps(session, keystore)


def as_text(found: list[StepView]) -> str:
    """JSON: `steps`, each with `step`, `done` and `fact`; `next` is the first that is open."""
    shown = {"steps": [one.model_dump(mode="json") for one in found], "next": first_steps.next_of(found)}
    return json.dumps(shown, ensure_ascii=False, indent=1)


def told(found: list[StepView]) -> list[str]:
    """The list for a person; what comes next says how."""
    coming = first_steps.next_of(found)
    lines = []
    for one in found:
        mark = "✓" if one.done else "→" if one.step is coming else "·"
        line = f"{mark} {say(*TITLES[one.step])}" + (f"  {one.fact}" if one.done and one.fact else "")
        lines.append(line + (f": {say(*ELSEWHERE[one.step])}" if one.step is coming and one.step in ELSEWHERE else ""))
    return lines


def work_through(talk: Talk, settings: ServerConfig, transactions: Transactions, keystore: Keystore) -> None:
    """The open steps that a terminal can do, in order."""
    can: dict[Step, Callable[[], None]] = {
        Step.UNITS: lambda: name_units(talk, transactions, settings.community),
        Step.ADMIN: lambda: first_admin(talk, settings, transactions),
        Step.FACTOR: lambda: first_factor(talk, transactions, keystore),
        Step.HOUSES: lambda: steps.houses_from_file(talk, transactions, keystore),
        Step.KEYS: lambda: back_up_keys(talk, settings, transactions),
        Step.GATEWAY: lambda: steps.first_gateway(talk, transactions, keystore),
    }
    for one in status(transactions, keystore):
        if not one.done and one.step in can:
            can[one.step]()


def name_units(talk: Talk, transactions: Transactions, community: str) -> None:
    """Ask for the names of the units above the community, and of itself."""
    with transactions.read() as session:
        missing = first_steps.missing_units(session, community)
    for code in missing:
        english_level, level = LEVELS[level_of(code)]
        name = talk.ask(say(f"Chinese name of the {english_level} {code}", f"{level} {code} 的名称"))
        if not name:
            return
        english = talk.ask(say("The same in English (may stay empty)", "英文名称（可不填）"))
        with transactions.work(SYSTEM) as work:
            org.add(work, OrgUnitIn(code=code, name_zh=name, name_en=english))


def first_admin(talk: Talk, settings: ServerConfig, transactions: Transactions) -> None:
    """Make the first administrator, whose one-time password is shown this once, and let them choose their own."""
    made = first_run(transactions, Passwords(), settings.community, settings.community_name)
    if made.password is not None:
        talk.tell(say(f"User: {made.admin}", f"用户：{made.admin}"))
        talk.tell(say(f"One-time password: {made.password}", f"一次性密码：{made.password}"))
    steps.own_password(talk, transactions, made.admin)


def first_factor(talk: Talk, transactions: Transactions, keystore: Keystore) -> None:
    """A second factor for the administrator who has a password of their own by now."""
    name = next((one.fact for one in status(transactions, keystore) if one.step is Step.ADMIN and one.done), "")
    if name:
        steps.authenticator(talk, transactions, keystore, name)


def back_up_keys(talk: Talk, settings: ServerConfig, transactions: Transactions) -> None:
    """Copy the keystore to where the person says, open the copy, and put it on record."""
    target = talk.ask(
        say("Where the backup of the keys goes (a stick that is kept elsewhere)", "密钥备份存放位置（另行保管的 U 盘）")
    )
    if not target:
        return
    value = back_up(settings.keystore.path, Path(target), passphrase_of(settings))
    with transactions.work(SYSTEM) as work:
        first_steps.note_test(work, value)
    talk.tell(
        say(
            f"Backup written and opened. Check value for your papers: {value}",
            f"备份完成并已核对，请抄存校验值：{value}",
        )
    )
