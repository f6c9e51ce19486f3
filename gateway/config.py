"""What an installer writes in the gateway's file. The front door reads the TOML; this says what is allowed in it."""

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from card_protocol.words.moment import PlayedDay


def is_loopback(host: str) -> bool:
    """Whether a host name or address never leaves the machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _safe_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("http:// is allowed on this machine only (127.0.0.1, localhost): write https://")
    return url


def _loopback_only(host: str) -> str:
    if not is_loopback(host):
        raise ValueError("plain MQTT is allowed on this machine only: 127.0.0.1, ::1 or localhost")
    return host


ServerUrl = Annotated[str, Field(pattern=r"^https?://[^\s/]+$", max_length=200), AfterValidator(_safe_url)]


class BrokerConfig(BaseModel):
    """The MQTT broker."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_loopback_only)] = "127.0.0.1"
    port: int = Field(default=1883, ge=1, le=65535)


class GatewayConfig(BaseModel):
    """The gateway daemon of one box."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_dir: Path
    """Where the gateway keeps its files: journal, policy book, keys."""
    server_url: ServerUrl
    """Where the server is, without a path: https://onecard.example."""
    broker: BrokerConfig = BrokerConfig()
    clock: PlayedDay | None = None
    """For demonstrations: a day that is played."""
