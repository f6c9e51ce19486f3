"""A data base or a keystore that cannot be opened is one clear line; the clock is the machine's or a played day."""

import time
from pathlib import Path

import pytest

from server.config import ServerConfig
from server.services import opening
from server.services.keys.keystore import new_secrets
from server.services.keys.keystore_file import write
from server.services.opening import ServerError, open_keystore, open_transactions
from server.services.work import SYSTEM
from tests.server.build import COMMUNITY, Dice

PASSPHRASE = "correct horse battery staple"
ENVIRONMENT = {"ONECARD_KEYSTORE_PASSPHRASE": PASSPHRASE}


@pytest.fixture
def config(tmp_path: Path) -> ServerConfig:
    write(tmp_path / "keystore", new_secrets(COMMUNITY, Dice()), PASSPHRASE, Dice(), log_n=4)
    return ServerConfig.model_validate(
        {
            "community": COMMUNITY,
            "database_url": f"sqlite:///{tmp_path / 'server.db'}",
            "keystore": {"path": str(tmp_path / "keystore")},
        }
    )


def changed(config: ServerConfig, **fields: object) -> ServerConfig:
    return ServerConfig.model_validate(config.model_dump(mode="json", exclude_none=True) | fields)


def test_the_keystore_opens_with_its_passphrase(config: ServerConfig) -> None:
    assert open_keystore(config, ENVIRONMENT).community == COMMUNITY


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "ONECARD_KEYSTORE_PASSPHRASE is not set"),
        ({"ONECARD_KEYSTORE_PASSPHRASE": "another passphrase"}, "does not open"),
    ],
)
def test_a_keystore_that_does_not_open_is_one_clear_line(
    config: ServerConfig, environment: dict[str, str], said: str
) -> None:
    with pytest.raises(ServerError, match=said) as told:
        open_keystore(config, environment)
    assert "\n" not in str(told.value)


def test_another_communitys_keystore_is_refused(config: ServerConfig) -> None:
    with pytest.raises(ServerError, match="the keystore is for"):
        open_keystore(changed(config, community="330105008002"), ENVIRONMENT)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:////nowhere/at/all.db", "database_url"),
        ("mysql://x/y", "only sqlite and postgresql"),
        ("postgresql://nobody@127.0.0.1:1/nothing", "database_url"),
    ],
)
def test_a_data_base_that_cannot_be_opened_is_told(config: ServerConfig, url: str, said: str) -> None:
    with pytest.raises(ServerError, match=said):
        open_transactions(changed(config, database_url=url))


def test_a_data_base_of_a_newer_version_is_left_alone(config: ServerConfig) -> None:
    engine = open_transactions(config).engine
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'from-tomorrow'")
    with pytest.raises(ServerError, match="from-tomorrow"):
        open_transactions(config)


def test_a_played_day_is_what_the_community_lives_by_and_nothing_else(
    config: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "real_ms", lambda: 2_000)
    day = {"anchor_ms": 1_000, "from_ms": 50_000, "speed": 10}
    with open_transactions(changed(config, clock=day)).work(SYSTEM) as work:
        assert (work.now_ms, work.real_ms) == (60_000, 2_000)


def test_the_time_is_the_machines(config: ServerConfig) -> None:
    transactions = open_transactions(config)
    assert transactions.clock is transactions.real_clock is opening.real_ms
    assert abs(opening.real_ms() - time.time() * 1000) < 60_000
