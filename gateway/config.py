"""What an installer writes in the gateway's file. The front door reads the TOML; this says what is allowed in it."""

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from card_protocol.words.moment import PlayedDay


class WhenFull(StrEnum):
    """What gives way when the disk is full of events that nobody else holds."""

    KEEP = "keep"
    DROP_OLDEST = "drop_oldest"


def is_loopback(host: str) -> bool:
    """Whether a host name or address never leaves the machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise PydanticCustomError(
            "plain_http", "http:// is allowed on this machine only (127.0.0.1, localhost): write https://"
        )
    return url


ServerUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+$", max_length=200), AfterValidator(_safe_url)]


class BrokerConfig(BaseModel):
    """The MQTT broker: TLS, both ends with certificates of the server's authority."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1, max_length=200)] = "127.0.0.1"
    port: int = Field(default=8883, ge=1, le=65535)
    plain: bool = False
    """MQTT without TLS, to a broker on this machine: for trying things out."""

    @field_validator("plain")
    @classmethod
    def _on_loopback(cls, plain: bool, known: ValidationInfo) -> bool:
        if plain and not is_loopback(known.data.get("host", "127.0.0.1")):
            said = "plain MQTT is allowed on this machine only (host 127.0.0.1, ::1, localhost): take it out"
            raise PydanticCustomError("plain_mqtt", said)
        return plain


class DiskConfig(BaseModel):
    """What to keep on a disk that fills up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keep_days: int = Field(default=30, ge=1, le=3650)
    """How long events stay after the server has them: it may ask for them again when it was put back."""
    reserve_mib: int = Field(default=16, ge=4, le=1024)
    """Space that is taken in advance, for the moment when the disk is full."""
    warn_percent: int = Field(default=80, ge=10, le=99)
    prune_percent: int = Field(default=90, ge=10, le=99)
    full_percent: int = Field(default=95, ge=10, le=99)
    when_full: WhenFull = WhenFull.DROP_OLDEST
    """About events that the server does not have yet: keep them and take no more, or drop the oldest and say so."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.warn_percent < self.prune_percent < self.full_percent:
            said = "warn_percent, prune_percent and full_percent must rise in this order"
            raise PydanticCustomError("percents_order", said)
        return self


class GatewayConfig(BaseModel):
    """The gateway daemon of one box."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_dir: Path
    """Where the gateway keeps its files: journal, policy book, keys."""
    server_url: ServerUrl
    """Where the server's door for gateways is, without a path: https://onecard.example:8444."""
    broker: BrokerConfig = BrokerConfig()
    disk: DiskConfig = DiskConfig()
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """Where Prometheus finds /metrics, on 127.0.0.1; without it there is none."""
    clock: PlayedDay | None = None
    """For demonstrations: a day that is played."""
