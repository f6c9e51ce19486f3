"""What an administrator writes in the server's file. The front door reads the TOML; this says what is allowed.

Settings that would be insecure are refused here, with the key that must change: plain HTTP and plain MQTT are for
loopback alone. There is no setting that turns the checking of signatures or certificates off.
"""

import ipaddress
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from card_protocol.words.division import DivisionCode, Level, level_of
from card_protocol.words.moment import PlayedDay

PASSPHRASE_VARIABLE = "ONECARD_KEYSTORE_PASSPHRASE"  # noqa: S105 - the name of a variable
MAIL_PASSWORD_VARIABLE = "ONECARD_MAIL_PASSWORD"  # noqa: S105 - the name of a variable


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
        context = {"code": code, "level": str(level_of(code))}
        raise PydanticCustomError("no_community", "{code} is a {level}; a server serves one community", context)
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
            raise PydanticCustomError("half_a_certificate", "tls_certificate and tls_key go together")
        if self.tls_certificate is None and not is_loopback(self.host):
            said = "host {host} is reached from other machines: set tls_certificate and tls_key, or host 127.0.0.1"
            raise PydanticCustomError("listens_in_the_clear", said, {"host": self.host})
        return self

    @property
    def secure(self) -> bool:
        """Whether it is HTTPS."""
        return self.tls_certificate is not None


class GatewaysConfig(_Strict):
    """Where gateways and desks come: always TLS, with a certificate of the server's own authority."""

    host: Host = "127.0.0.1"
    port: Port = 8444


class BrokerConfig(_Strict):
    """The MQTT broker: TLS, both ends with certificates of the server's own authority.

    Gateways and the server have a listener each: on theirs a gateway's name is its client id as well. With the same
    number for both there is one, and a gateway could take over the session of another.
    """

    host: Host = "127.0.0.1"
    port: Port = 8883
    """Where gateways come."""
    server_port: Port = 8884
    """Where the server comes."""
    gateways_host: Host = "0.0.0.0"
    """For the broker's files: the address on which it listens for gateways."""
    plain: bool = False
    """MQTT without TLS, to a broker on this machine: for trying things out."""
    folder: Path | None = None
    """Where `onecard server broker-config` wrote the broker's files: the running server keeps them up to date."""
    client_id: str = Field(default="onecard-server", pattern=r"^[A-Za-z0-9-]{1,64}$")

    @property
    def dial_port(self) -> int:
        """The port that the server dials."""
        return self.port if self.plain else self.server_port

    @field_validator("plain")
    @classmethod
    def _on_loopback(cls, plain: bool, known: ValidationInfo) -> bool:
        host = known.data.get("host", "")
        if plain and host and not is_loopback(host):
            said = "host {host} is another machine: take plain = true out, or name a broker on 127.0.0.1"
            raise PydanticCustomError("plain_elsewhere", said, {"host": host})
        return plain


class IntakeConfig(_Strict):
    """Who takes in what the gateways send."""

    here: bool = True
    """Whether `onecard server run` does. False: only `onecard server intake` programs do (PostgreSQL)."""


class MailSecurity(StrEnum):
    """How the mail server is spoken to."""

    TLS = "tls"
    """From the first byte (RFC 8314), usually port 465."""
    STARTTLS = "starttls"
    NONE = "none"


class MailConfig(_Strict):
    """The mail server through which notices go out; without it none do."""

    host: Host
    port: Port = 587
    security: MailSecurity = MailSecurity.STARTTLS
    sender: Annotated[str, Field(max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]
    """The address that mails come from."""
    user: Annotated[str, Field(max_length=254)] = ""
    password_env: str = Field(default=MAIL_PASSWORD_VARIABLE, pattern=r"^[A-Z][A-Z0-9_]{0,63}$")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security is MailSecurity.NONE and not is_loopback(self.host):
            said = "host {host} is another machine: set security to starttls or tls"
            raise PydanticCustomError("mail_in_the_clear", said, {"host": self.host})
        return self


class EventsConfig(_Strict):
    """How long events stay."""

    keep_months: int | None = Field(default=None, ge=7, le=1200)
    """Whole months before the present one; without it nothing is removed. Seven are more than the 180 days that
    GB 50396-2007 asks for."""


class HomeAssistantConfig(_Strict):
    """A Home Assistant that is told of taps, alarms and gateways, without names and under pseudonymous ids."""

    enabled: bool = True
    """False: what an earlier run left at the broker is taken back, and nothing is told. Then the section may go."""
    host: Host
    port: Port = 1883
    tls: bool = False
    user: Annotated[str, Field(max_length=200)] = ""
    password_env: str = Field(default="ONECARD_HOME_ASSISTANT_PASSWORD", pattern=r"^[A-Z][A-Z0-9_]{0,63}$")
    prefix: str = Field(default="homeassistant", pattern=r"^[A-Za-z0-9_-]{1,64}$")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not self.tls and not is_loopback(self.host):
            said = "host {host} is another machine: set tls = true, or name a broker on 127.0.0.1"
            raise PydanticCustomError("home_in_the_clear", said, {"host": self.host})
        return self


class OidcConfig(_Strict):
    """Another house's provider (OpenID Connect), by which people may sign in who connected their account."""

    issuer: Annotated[str, Field(min_length=8, max_length=255, pattern=r"^https?://[!-~]+$")]
    client_id: Annotated[str, Field(min_length=1, max_length=255)]
    client_secret_env: str = Field(default="ONECARD_OIDC_SECRET", pattern=r"^[A-Z][A-Z0-9_]{0,63}$")

    @field_validator("issuer")
    @classmethod
    def _safe(cls, issuer: str) -> str:
        host = urlsplit(issuer).hostname or ""
        if not issuer.startswith("https://") and not is_loopback(host):
            said = "{issuer} is another machine and no https"
            raise PydanticCustomError("provider_in_the_clear", said, {"issuer": issuer})
        return issuer


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
    gateways: GatewaysConfig = GatewaysConfig()
    broker: BrokerConfig = BrokerConfig()
    intake: IntakeConfig = IntakeConfig()
    events: EventsConfig = EventsConfig()
    mail: MailConfig | None = None
    """Without it notices go to screens, other systems and paper alone."""
    home_assistant: HomeAssistantConfig | None = None
    """Nobody is told where it is not written."""
    oidc: OidcConfig | None = None
    clock: PlayedDay | None = None
    """For demonstrations: a day that is played."""

    @model_validator(mode="after")
    def _somebody_takes_in(self) -> Self:
        if not self.intake.here and self.database_url.startswith("sqlite"):
            said = (
                "intake.here = false needs other intake workers, and SQLite has only the server's own: "
                "set intake.here = true, or database_url to PostgreSQL"
            )
            raise PydanticCustomError("nobody_takes_in", said)
        return self
