"""The keeper of the certificate: renews in time and late, takes new authorities in, and goes on after faults."""

import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from card_protocol.crypto.signing import Signer
from card_protocol.wire.identity import GATEWAY_LIFE_MS, CertificateRequest, Identity, Trust
from card_protocol.wire.sealed import unseal
from gateway.core.renewal import Renewal, Task
from gateway.drivers import identity_keeper
from gateway.drivers.identity_keeper import IdentityKeeper
from gateway.ports.server import ServerAway
from tests.support.identity import AUTHORITY, give_identity, identity_for, now_ms

SIGNER = Signer(bytes(32))


class Scene:
    """A box with a certificate of a certain age, and a server that answers as it should, or not."""

    def __init__(self, folder: Path, age_ms: int) -> None:
        self.files = give_identity(folder, "g-1", made_ms=now_ms() - age_ms)
        self.wall_ms = now_ms()
        self.asked: list[str] = []
        self.trusted = AUTHORITY.certificate
        self.called = False
        self.fault: Exception | None = None
        self.changes = 0
        self.keeper = IdentityKeeper(
            "g-1", SIGNER.sign, self.files, self, self.stranger, self.change, lambda: self.wall_ms, Random(1)
        )
        self.keeper._renewal = Renewal(ask_at_ms=0)

    def change(self) -> None:
        self.changes += 1

    @contextlib.contextmanager
    def stranger(self, context: ssl.SSLContext) -> Iterator["Scene"]:
        self.asked.append("stranger")
        yield self

    def enrol(self, request: object) -> None:
        raise AssertionError

    def trust(self, gateway: str) -> Trust:
        self.asked.append("trust")
        self._fail()
        return Trust(gateway=gateway, authorities=self.trusted, renew=self.called)

    def renew(self, gateway: str, request: bytes) -> Identity:
        self.asked.append("renew")
        self._fail()
        word = unseal("request", request, CertificateRequest, SIGNER.verifier.verify)
        return identity_for(bytes.fromhex(word.request), gateway)

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


def test_a_fresh_one_only_asks_whom_to_trust(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 0)
    assert scene.keeper.look() is Task.ASK_WHOM_TO_TRUST
    assert scene.keeper.look() is Task.NOTHING
    assert (scene.asked, scene.changes) == (["trust"], 0)


@pytest.mark.parametrize(
    ("age_ms", "asked"), [(GATEWAY_LIFE_MS // 3, ["renew"]), (GATEWAY_LIFE_MS + 1, ["stranger", "renew"])]
)
def test_an_old_one_is_renewed_and_one_that_has_run_out_too(tmp_path: Path, age_ms: int, asked: list[str]) -> None:
    scene = Scene(tmp_path, age_ms)
    before = scene.files.certificate()
    scene.keeper.look()
    after = scene.files.certificate()
    assert before is not None
    assert after is not None
    assert (scene.asked, scene.changes, after.key) == (asked, 1, before.key)
    assert after.until_ms > before.until_ms


def test_the_server_may_call_for_renewal_and_bring_new_authorities(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 0)
    scene.called, scene.trusted = True, AUTHORITY.certificate * 2
    assert [scene.keeper.look(), scene.keeper.look()] == [Task.ASK_WHOM_TO_TRUST, Task.RENEW]
    assert (scene.asked, scene.changes) == (["trust", "renew"], 2)


@pytest.mark.parametrize("fault", [ServerAway("nobody there"), ValueError("nonsense"), OSError("no space")])
def test_what_fails_is_told_once_and_tried_again_later(tmp_path: Path, fault: Exception) -> None:
    scene = Scene(tmp_path, GATEWAY_LIFE_MS // 3)
    scene.fault = fault
    assert [scene.keeper.look(), scene.keeper.look()] == [Task.RENEW, Task.NOTHING]
    scene.fault, scene.keeper._renewal = None, Renewal(ask_at_ms=10**15)
    assert scene.keeper.look() is Task.RENEW
    assert scene.changes == 1


def test_connections_to_come_hear_that_the_clock_goes_right_again(tmp_path: Path) -> None:
    scene = Scene(tmp_path, 0)
    scene.keeper._stopped = True
    scene.keeper.look()
    assert scene.changes == 1


def test_it_runs_on_a_thread_of_its_own_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_keeper, "LOOK_EVERY_S", 0.01)
    scene = Scene(tmp_path, 0)
    scene.keeper.start()
    assert scene.keeper.alive()
    scene.keeper.stop()
    assert not scene.keeper.alive()


def test_a_box_that_slept_for_months_with_its_clock_standing_still_gets_a_new_one(tmp_path: Path) -> None:
    """By its clock, whoever set that, the certificate still counts; the server hangs up on it, and says nothing."""
    scene = Scene(tmp_path, 0)
    scene.fault = ServerAway("Server disconnected")
    before = scene.files.certificate()
    for _ in range(2):
        assert scene.keeper.look() is Task.ASK_WHOM_TO_TRUST
        scene.keeper._renewal = replace(scene.keeper._renewal, try_at_ms=0)
    scene.fault = None
    assert scene.keeper.look() is Task.RENEW_LATE
    assert scene.files.certificate() != before
    assert scene.asked == ["trust", "trust", "stranger", "renew"]
