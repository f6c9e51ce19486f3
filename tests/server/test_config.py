"""What may stand in the server's file, and what is refused because it would be insecure."""

import pytest
from pydantic import ValidationError

from server.config import ServerConfig, is_loopback

GOOD = {"community": "330105008001", "keystore": {"path": "keystore"}}
TLS = {"tls_certificate": "server.pem", "tls_key": "server.key"}


def problem(**changes: object) -> str:
    with pytest.raises(ValidationError) as told:
        ServerConfig.model_validate(GOOD | changes)
    return str(told.value)


def test_little_is_needed_and_everything_stays_on_this_machine() -> None:
    config = ServerConfig.model_validate(GOOD)
    assert is_loopback(config.listen.host)
    assert is_loopback(config.broker.host)
    assert config.database_url.startswith("sqlite:///")
    assert not config.listen.secure
    assert config.clock is None


def test_beyond_loopback_it_must_be_https() -> None:
    assert "set tls_certificate and tls_key" in problem(listen={"host": "0.0.0.0"})
    assert ServerConfig.model_validate(GOOD | {"listen": {"host": "0.0.0.0"} | TLS}).listen.secure
    assert "go together" in problem(listen={"tls_key": "server.key"})


def test_beyond_loopback_the_broker_must_be_tls() -> None:
    assert "take plain = true out" in problem(broker={"host": "broker.example", "plain": True})
    assert ServerConfig.model_validate(GOOD | {"broker": {"host": "broker.example"}}).broker.dial_port == 8884
    plain = ServerConfig.model_validate(GOOD | {"broker": {"plain": True}}).broker
    assert (plain.dial_port, plain.plain) == (8883, True)


@pytest.mark.parametrize("name", ["verify_signatures", "check_signatures", "insecure", "tls_verify"])
def test_there_is_no_way_to_turn_checking_off(name: str) -> None:
    assert "Extra inputs" in problem(**{name: False})
    assert "Extra inputs" in problem(broker={name: False})


@pytest.mark.parametrize("code", ["330105000000", "330100009000", "12", "x" * 12])
def test_a_server_serves_one_community(code: str) -> None:
    assert "community" in problem(community=code)


@pytest.mark.parametrize("changes", [{"colour": "red"}, {"listen": {"port": 0}}, {"broker": {"client_id": "a/b"}}])
def test_what_is_not_foreseen_is_refused(changes: dict[str, object]) -> None:
    problem(**changes)


def test_a_data_base_password_does_not_show() -> None:
    config = ServerConfig.model_validate(GOOD | {"database_url": "postgresql://me:hunter2@db/onecard"})
    assert "hunter2" not in repr(config)


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db", False)],
)
def test_what_counts_as_this_machine(host: str, near: bool) -> None:
    assert is_loopback(host) is near


def test_intake_elsewhere_needs_a_data_base_that_allows_it() -> None:
    assert "database_url to PostgreSQL" in problem(intake={"here": False})
    elsewhere = {"intake": {"here": False}, "database_url": "postgresql://db/onecard"}
    assert not ServerConfig.model_validate(GOOD | elsewhere).intake.here
    assert ServerConfig.model_validate(GOOD).intake.here


def test_mail_without_tls_goes_no_further_than_this_machine() -> None:
    mail = {"host": "mail.example", "sender": "notice@example.org"}
    assert ServerConfig.model_validate(GOOD | {"mail": mail}).mail.security == "starttls"  # type: ignore[union-attr]
    assert "set security to starttls or tls" in problem(mail=mail | {"security": "none"})
    problem(mail=mail | {"sender": "notice"})
    near = ServerConfig.model_validate(GOOD | {"mail": mail | {"host": "127.0.0.1", "security": "none"}}).mail
    assert near is not None
    assert near.port == 587
