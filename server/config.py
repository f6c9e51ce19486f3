"""What an administrator writes in the server's file. The front door reads the TOML; this says what is allowed.

Settings that would be insecure are refused here, with the key that must change: plain HTTP and plain MQTT are for
loopback alone.
"""

import ipaddress
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from card_protocol.words.division import DivisionCode, Level, level_of
from card_protocol.words.moment import PlayedDay

PASSPHRASE_VARIABLE = "ONECARD_KEYSTORE_PASSPHRASE"  # noqa: S105 - the name of a variable


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _community(code: str) -> str:
    if level_of(code) is not Level.COMMUNITY:
        raise ValueError(f"{code} is a {level_of(code)}; a server serves one community")
    return code


Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\s/]+$")]
Port = Annotated[int, Field(ge=1, le=65535)]
CommunityCode = Annotated[DivisionCode, AfterValidator(_community)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ListenConfig(_Strict):
    """Where browsers, gateways and desks come. With a certificate it is HTTPS."""

    host: Host = "127.0.0.1"
    port: Port = 8443
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key go together")
        if self.tls_certificate is None and not is_loopback(self.host):
            raise ValueError(
                f"host {self.host} is reached from other machines: set tls_certificate and tls_key, or host 127.0.0.1"
            )
        return self

    @property
    def secure(self) -> bool:
        """Whether it is HTTPS."""
        return self.tls_certificate is not None


class BrokerConfig(_Strict):
    """The MQTT broker. With a CA it is MQTT over TLS, the server showing its own certificate."""

    host: Host = "127.0.0.1"
    port: Port = 8883
    tls_ca: Path | None = None
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    client_id: str = Field(default="onecard-server", pattern=r"^[A-Za-z0-9-]{1,64}$")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        given = [path is not None for path in (self.tls_ca, self.tls_certificate, self.tls_key)]
        if any(given) and not all(given):
            raise ValueError("tls_ca, tls_certificate and tls_key go together")
        if not any(given) and not is_loopback(self.host):
            raise ValueError(f"host {self.host} is another machine: set tls_ca, tls_certificate and tls_key")
        return self


class IntakeConfig(_Strict):
    """Who takes in what the gateways send."""

    here: bool = True
    """Whether `onecard server run` does. False: only `onecard server intake` programs do (PostgreSQL)."""


class EventsConfig(_Strict):
    """How long events stay."""

    keep_months: int | None = Field(default=None, ge=7, le=1200)
    """Whole months before the present one; without it nothing is removed. Seven are more than the 180 days that
    GB 50396-2007 asks for."""


class KeystoreConfig(_Strict):
    """Where the keys sleep, and which environment variable has the passphrase."""

    path: Path
    passphrase_env: str = Field(default=PASSPHRASE_VARIABLE, pattern=r"^[A-Z][A-Z0-9_]{0,63}$")


class ServerConfig(_Strict):
    """One community's server."""

    community: CommunityCode
    community_name: Annotated[str, Field(min_length=1, max_length=80)] = "社区"
    database_url: Annotated[str, Field(min_length=1, max_length=500, repr=False)] = "sqlite:///onecard.db"
    """May hold a password, so it never shows."""
    keystore: KeystoreConfig
    listen: ListenConfig = ListenConfig()
    broker: BrokerConfig = BrokerConfig()
    intake: IntakeConfig = IntakeConfig()
    events: EventsConfig = EventsConfig()
    clock: PlayedDay | None = None
    """For demonstrations: a day that is played."""

    @model_validator(mode="after")
    def _somebody_takes_in(self) -> Self:
        if not self.intake.here and self.database_url.startswith("sqlite"):
            raise ValueError(
                "intake.here = false needs other intake workers, and SQLite has only the server's own: "
                "set intake.here = true, or database_url to PostgreSQL"
            )
        return self
