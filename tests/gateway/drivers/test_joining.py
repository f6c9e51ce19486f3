"""Meeting the server and waiting for the operator, without a network."""

import os
import ssl
from pathlib import Path
from threading import Event

import pytest

from card_protocol.crypto.certificates import authority_mark
from card_protocol.wire.enrol import Admission, EnrolRequest
from gateway.drivers import joining
from gateway.drivers.joining import JoiningEnded, ServerUnknown, ask_until_confirmed, meet
from gateway.drivers.tls_files import TlsFiles
from gateway.ports.server import ServerAway, ServerRefused
from server.services.keys.certificates import new_authority
from tests.gateway.drivers.test_http import ADMITTED, ASKED, Answering, answering
from tests.support.identity import AUTHORITY, now_ms

__all__ = ["answering"]

OTHER = new_authority("330105009012", 2, now_ms(), os.urandom)


def test_the_server_is_known_by_the_mark_that_was_typed(tmp_path: Path, answering: Answering) -> None:
    files = TlsFiles(tmp_path)
    answering.body = (OTHER.certificate + AUTHORITY.certificate).encode()
    typed = authority_mark(AUTHORITY.certificate).lower().replace("-", " ")
    trusted = meet(answering.url, files, typed).get_ca_certs(binary_form=True)
    assert trusted == [ssl.PEM_cert_to_DER_cert(AUTHORITY.certificate)]
    with pytest.raises(ServerUnknown, match="does not have the fingerprint"):
        meet(answering.url, files, "0000-0000")
    answering.body = b"<html>a captive portal</html>"
    with pytest.raises(ServerUnknown, match="no server of ours"):
        meet(answering.url, files, typed)


def test_without_a_mark_whom_it_knows_already(tmp_path: Path) -> None:
    files = TlsFiles(tmp_path)
    with pytest.raises(ServerUnknown, match="--fingerprint"):
        meet("https://127.0.0.1:9", files, None)
    files.trust(AUTHORITY.certificate)
    assert len(meet("https://127.0.0.1:9", files, None).get_ca_certs()) == 1


class Server:
    """Answers what is in the list, one after the other."""

    def __init__(self, *answers: Admission | Exception | None) -> None:
        self.answers = list(answers)

    def enrol(self, request: EnrolRequest) -> Admission | None:
        assert request == ASKED
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_it_asks_until_somebody_has_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(joining, "ASK_EVERY_S", 0.0)
    told: list[None] = []
    server = Server(None, None, ServerAway("restarting"), ADMITTED)
    assert ask_until_confirmed(server, ASKED, lambda: told.append(None), Event()) == ADMITTED  # type: ignore[arg-type]
    assert len(told) == 1
    for fault in (ServerRefused("the claim is void"), ServerAway("nobody there")):
        with pytest.raises(type(fault)):
            ask_until_confirmed(Server(fault), ASKED, lambda: None, Event())  # type: ignore[arg-type]


def test_the_operator_may_stop_it() -> None:
    stop = Event()
    with pytest.raises(JoiningEnded):
        ask_until_confirmed(Server(None), ASKED, stop.set, stop)  # type: ignore[arg-type]
