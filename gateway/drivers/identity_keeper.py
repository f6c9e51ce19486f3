"""Keeps the box's certificate fresh while the daemon runs, on a thread of its own: a server that hangs holds up nobody.

What it gets goes into the files; `changed` tells who uses them.
"""

import ssl
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from random import Random
from threading import Event, Thread

import structlog

from card_protocol.errors import Fault
from card_protocol.wire.identity import SERVER_NAME, CertificateRequest
from card_protocol.wire.sealed import Sign, seal
from gateway.core.renewal import Renewal, Task, begin
from gateway.drivers.tls_files import TlsFiles, clock_stopped
from gateway.ports.server import Registrar, ServerRefused

LOOK_EVERY_S = 5.0
_STOP_TIMEOUT_S = 5.0
_log = structlog.get_logger()


class IdentityKeeper:
    """`registrar` shows our certificate, `stranger` makes one that does not.

    `changed` is called when connections to come need another context. `real_ms`: the time, never a played day's [ms].
    """

    def __init__(
        self,
        gateway: str,
        sign: Sign,
        files: TlsFiles,
        registrar: Registrar,
        stranger: Callable[[ssl.SSLContext], AbstractContextManager[Registrar]],
        changed: Callable[[], None],
        real_ms: Callable[[], int],
        dice: Random,
    ) -> None:
        self._gateway, self._sign, self._files = gateway, sign, files
        self._registrar, self._stranger, self._changed = registrar, stranger, changed
        self._real_ms, self._dice = real_ms, dice
        self._renewal: Renewal = begin(_mono_ms(), dice)
        self._complaint = ""
        self._stopped = clock_stopped(files.authorities(), files.certificate())
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="identity", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a request that is under way is not waited for longer than five seconds."""
        self._stopping.set()
        self._thread.join(_STOP_TIMEOUT_S)

    def alive(self) -> bool:
        """Whether the thread runs; the daemon looks after it."""
        return self._thread.is_alive()

    def look(self) -> Task:
        """Do what is due; what it was. Faults are told, and tried again later."""
        ours = self._files.certificate()
        if ours is None:
            return Task.NOTHING
        if (stopped := clock_stopped(self._files.authorities(), ours)) != self._stopped:
            self._stopped = stopped
            self._changed()
        task = self._renewal.task(ours, self._real_ms(), _mono_ms())
        try:
            if task is Task.ASK_WHOM_TO_TRUST:
                self._ask()
            elif task is not Task.NOTHING:
                self._renew(late=task is Task.RENEW_LATE)
                self._renewal = self._renewal.done(task, _mono_ms())
        except (Fault, ServerRefused, ValueError, OSError) as fault:
            self._renewal = self._renewal.failed(_mono_ms(), self._dice.random())
            if str(fault) != self._complaint:
                self._complaint = str(fault)
                _log.warning("certificate_not_renewed", task=task.value, why=str(fault))
        return task

    def _ask(self) -> None:
        told = self._registrar.trust(self._gateway)
        if self._files.trust(told.authorities):
            _log.info("authorities_changed")
            self._changed()
        self._renewal = self._renewal.done(Task.ASK_WHOM_TO_TRUST, _mono_ms(), called=told.renew)

    def _renew(self, *, late: bool) -> None:
        asked = CertificateRequest(gateway=self._gateway, request=self._files.request().hex())
        sealed = seal("request", asked, self._sign)
        if late:
            with self._stranger(self._files.context(SERVER_NAME, shows_certificate=False)) as registrar:
                identity = registrar.renew(self._gateway, sealed)
        else:
            identity = self._registrar.renew(self._gateway, sealed)
        self._files.keep(identity, self._gateway)
        self._changed()
        self._complaint = ""
        _log.info("certificate_renewed", late=late)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.look()
            self._stopping.wait(LOOK_EVERY_S)


def _mono_ms() -> int:
    return time.monotonic_ns() // 1_000_000
