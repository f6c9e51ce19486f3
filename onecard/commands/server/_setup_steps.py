"""The steps of `onecard server setup` that need more than a name: password, second factor, houses, first gateway."""

import io
from pathlib import Path

import segno
import typer

from onecard.language import say
from onecard.setup_talk import Talk
from server.services.desk.desks import Desks
from server.services.gateways import gateways
from server.services.house import House
from server.services.keys import authorities
from server.services.keys.keystore import Keystore
from server.services.lists import import_run, imports
from server.services.lists.import_columns import Subject, is_enough
from server.services.lists.import_match import Status
from server.services.lists.sheets import FILE_MAX_BYTES, SheetProblem, read_file
from server.services.problems import TEXTS, Problem
from server.services.users import second_factor, totp, users
from server.services.users.passwords import Passwords
from server.services.work import SYSTEM, Transactions

TRIES_MAX = 5
SHOWN_WRONG_ROWS = 10


def own_password(talk: Talk, transactions: Transactions, name: str) -> None:
    """A password of the first administrator's own; an empty answer leaves it for the page."""
    for _ in range(TRIES_MAX):
        chosen = talk.secret(
            say(f"A password of {name}'s own (empty: later, on the page)", f"{name} 的新密码（可留空，稍后在网页设置）")
        )
        if not chosen:
            return
        if talk.secret(say("The same once more", "再输入一次")) != chosen:
            talk.tell(say("These are two different passwords.", "两次输入不一致。"))
            continue
        try:
            with transactions.work(SYSTEM) as work:
                users.choose_first(work, Passwords(), name, chosen)
        except Problem as problem:
            talk.tell(told(problem))
            continue
        return


def authenticator(talk: Talk, transactions: Transactions, keystore: Keystore, name: str) -> None:
    """An authenticator app for the administrator: the code is drawn on the terminal. Recovery codes follow."""
    with transactions.work(SYSTEM) as work:
        user_id = users.row_of(work.session, name).id
        secret = second_factor.begin_app(work, keystore, user_id)
    drawn = io.StringIO()
    segno.make(totp.address(secret, name, keystore.community), error="m").terminal(out=drawn, compact=True)
    talk.tell(drawn.getvalue())
    talk.tell(
        say(
            f"Scan it with an authenticator app, or type {totp.secret_text(secret)}",
            f"用验证器 App 扫描，或手动输入 {totp.secret_text(secret)}",
        )
    )
    for _ in range(TRIES_MAX):
        code = talk.ask(say("The six digits that it shows (empty: later)", "App 显示的六位数字（可留空，稍后设置）"))
        if not code:
            return
        try:
            with transactions.work(SYSTEM) as work:
                codes = second_factor.confirm_app(work, keystore, user_id, "".join(code.split()))
        except Problem as problem:
            talk.tell(told(problem))
            continue
        talk.tell(
            say("Recovery codes, each good once; keep them on paper:", "恢复码，每个只能用一次，请抄在纸上保管：")
        )
        for one in codes:
            talk.tell(f"  {one}")
        return


def houses_from_file(talk: Talk, transactions: Transactions, keystore: Keystore) -> None:
    """The list of flats from a file: read, checked, and taken over when the person agrees."""
    path = talk.ask(say("File with the houses, xlsx or csv (empty: later)", "房屋名单文件（xlsx 或 csv，可留空）"))
    if not path:
        return
    house = House(keystore.community, transactions, keystore, Passwords(), Desks(transactions.feed))
    try:
        with Path(path).expanduser().open("rb") as file:
            sheet = read_file(file.read(FILE_MAX_BYTES + 1))
    except OSError as error:
        talk.tell(say(f"{path}: {error.strerror}", f"{path}：无法读取"))
        return
    except SheetProblem as problem:
        talk.tell(
            say(f"{path} is no list that can be read: {problem.flaw}", f"{path} 不是可读取的名单：{problem.flaw}")
        )
        return
    try:
        with transactions.work(SYSTEM) as work:
            made = imports.create(work, keystore.community, Subject.HOUSES, sheet, Path(path).name)
        if not is_enough(made.mapped, Subject.HOUSES):
            talk.tell(
                say(
                    "It is not clear which column is the house: go on with it on the page.",
                    "无法识别房号列，请在网页继续。",
                )
            )
            return
        counts = import_run.check_all(house, SYSTEM, made.id, _progress)
        _tell_wrong(talk, transactions, made.id)
        new, wrong = counts.get(Status.NEW, 0), counts.get(Status.WRONG, 0)
        if new and talk.yes(
            say(f"{new} new, {wrong} wrong. Take the new ones over?", f"新增 {new} 条，错误 {wrong} 条。导入新增部分？")
        ):
            agreed = {Status.NEW.value: new, Status.CHANGED.value: counts.get(Status.CHANGED, 0)}
            import_run.apply(house, SYSTEM, made.id, agreed, _progress)
    except Problem as problem:
        talk.tell(told(problem))


def first_gateway(talk: Talk, transactions: Transactions, keystore: Keystore) -> None:
    """A claim for the box, or, when a box asks already, the fingerprint that it shows."""
    with transactions.read() as session:
        asking = next((one.id for one in gateways.listing(session) if one.asks_mark), None)
    try:
        if asking is not None:
            mark = talk.ask(
                say(
                    f"{asking} asks to join. The fingerprint on its screen (empty: later)",
                    f"{asking} 请求接入。请输入其屏幕上的指纹（可留空）",
                )
            )
            if mark:
                with transactions.work(SYSTEM) as work:
                    gateways.confirm(work, asking, mark)
            return
        name = talk.ask(
            say(
                "Name of the first gateway, for example south-gate (empty: later)",
                "第一个网关的名称，例如 south-gate（可留空）",
            )
        )
        if not name:
            return
        with transactions.work(SYSTEM) as work:
            claim = gateways.claim(work, name, keystore.community)
            authorities.first(work, keystore)
            mark = authorities.mark(work.session, work.real_ms)
    except Problem as problem:
        talk.tell(told(problem))
        return
    talk.tell(say("At the box, within 24 hours:", "请在 24 小时内于网关上运行："))
    talk.tell(f"  onecard gateway enrol --claim {claim} --fingerprint {mark}")


def told(problem: Problem) -> str:
    """A problem in the person's language, with what of this case."""
    text = TEXTS[problem.code]
    return f"{say(text.en, text.zh)} {problem.detail}".rstrip()


def _progress(done: int, total: int) -> None:
    typer.echo(f"\r{min(100, done * 100 // max(1, total)):3} %", nl=done >= total, err=True)


def _tell_wrong(talk: Talk, transactions: Transactions, import_id: str) -> None:
    with transactions.read() as session:
        wrong = imports.lines(session, import_id, Status.WRONG, limit=SHOWN_WRONG_ROWS).items
    for line in wrong:
        talk.tell(say(f"Row {line.number}: ", f"第 {line.number} 行：") + ", ".join(line.flaws.values()))
