"""`onecard server recover`: the last administrator lost everything but the keystore's passphrase."""

import re
from pathlib import Path

import pyotp
import pytest
from sqlmodel import select

from onecard.cli import main
from onecard.commands.server import recover
from server.services.opening import open_keystore, open_transactions
from server.services.users import second_factor, totp, users
from server.services.users.passwords import Passwords
from server.services.work import SYSTEM
from server.tables import AuditRow
from tests.onecard.commands.server.test_setup import PASSPHRASE, server

__all__ = ["server"]


def test_the_way_back_is_short_and_on_record(
    server: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = recover.load(server)
    transactions = open_transactions(settings)
    keystore = open_keystore(settings, {"ONECARD_KEYSTORE_PASSPHRASE": PASSPHRASE})
    with transactions.work(SYSTEM) as work:
        user = users.row_of(work.session, "admin")
        secret = second_factor.begin_app(work, keystore, user.id)
        second_factor.confirm_app(
            work, keystore, user.id, pyotp.TOTP(totp.secret_text(secret)).at(work.real_ms // 1000)
        )
    assert main(["server", "recover", "admin", "--config", str(server), "--why", " "]) == 1
    capsys.readouterr()
    assert main(["server", "recover", "admin", "--config", str(server), "--why", "telephone in the canal"]) == 0
    password = re.search(r"One-time password of admin: (\S+)", capsys.readouterr().out)
    assert password is not None
    with transactions.read() as session:
        row = users.row_of(session, "admin")
        assert Passwords().verify(row.password_hash, password[1])
        assert row.must_change
        assert not second_factor.state(session, row.id).on
        lines = session.exec(select(AuditRow).where(AuditRow.action == "user.recover")).all()
        assert [(line.actor.split(":")[0], line.why) for line in lines] == [("terminal", "telephone in the canal")]
    monkeypatch.setenv("ONECARD_KEYSTORE_PASSPHRASE", "a stranger's guess at it")
    assert main(["server", "recover", "admin", "--config", str(server), "--why", "x"]) == 1
    assert main(["server", "recover", "nobody", "--config", str(server), "--why", "x"]) == 1
