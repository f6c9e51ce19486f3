"""Throw-away broker and data bases of the benchmarks."""

import shutil
import socket
from pathlib import Path

import pytest
from sqlalchemy import text

from onecard.bench import services
from onecard.bench.services import DATABASES, ServiceMissing, broker
from server.tables.engine import make_engine


@pytest.mark.broker
def test_a_broker_listens_and_is_gone_afterwards() -> None:
    with broker() as port:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_data_base_is_empty_and_durable(kind: str) -> None:
    with DATABASES[kind]() as url:
        engine = make_engine(url)
        with engine.connect() as connection:
            setting = "SHOW fsync" if kind == "postgresql" else "PRAGMA synchronous"
            assert connection.execute(text(setting)).scalar() == ("on" if kind == "postgresql" else 2)
        engine.dispose()


def test_what_is_missing_is_said_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ServiceMissing, match="apt install mosquitto"), broker():
        pass
    monkeypatch.setattr(services, "Path", lambda _: Path("/nowhere"))
    with pytest.raises(ServiceMissing, match="apt install postgresql"), services.postgres():
        pass
