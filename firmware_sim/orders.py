"""The orders to a person, one JSON object a line (the table stands in the package's README)."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from firmware_sim.config import CardConfig, Name
from firmware_sim.field import faults

MAX_ORDER_CHARS = 65_536
MAX_HOLD_MS = 3_600_000
MAX_DELAY_MS = 60_000
MAX_WAITS = 100
MAX_FAULTS = 100
FaultKind = Literal["no_answer", "deaf", "cut", "flip", "late", "long", "endless_wait", "noise"]


class _Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: int | str | None = None
    """Comes back in the answer."""


class FaultOrder(BaseModel):
    """One fault at exchange ``at`` (0: at every exchange). ``n``: bytes kept, the byte flipped, milliseconds
    or extra bytes, by kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: int = Field(ge=0)
    kind: FaultKind
    n: int = Field(default=0, ge=0, le=MAX_DELAY_MS)

    def fault(self) -> faults.Fault:
        """As the field takes it."""
        made: dict[str, faults.Fault] = {
            "no_answer": faults.NoAnswer(),
            "deaf": faults.NoAnswer(deaf=True),
            "cut": faults.CutAnswer(self.n),
            "flip": faults.FlipBit(self.n),
            "late": faults.LateAnswer(self.n),
            "long": faults.LongAnswer(self.n),
            "endless_wait": faults.EndlessWait(),
            "noise": faults.Noise(),
        }
        return made[self.kind]


class PullOrder(BaseModel):
    """Pull the card away at an exchange; ``executed``: after it worked, before its answer arrives."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: int = Field(ge=1)
    executed: bool = False


class SwapOrder(BaseModel):
    """Put another card in its place at an exchange. ``relay``: without breaking the link (an attacker)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: int = Field(ge=1)
    card: Name
    relay: bool = False


class Present(_Order):
    """Hold a card against a reader."""

    do: Literal["present"]
    card: Name
    field: Name
    for_ms: int | None = Field(default=None, ge=1, le=MAX_HOLD_MS)
    pull: PullOrder | None = None
    swap: SwapOrder | None = None
    faults: list[FaultOrder] = Field(default=[], max_length=MAX_FAULTS)
    waits: int = Field(default=0, ge=0, le=MAX_WAITS)


class Remove(_Order):
    """Take away what lies there."""

    do: Literal["remove"]
    field: Name


class AddCard(_Order):
    """Another card comes into the pockets."""

    do: Literal["card"]
    card: CardConfig


class ListAll(_Order):
    """What cards and fields there are."""

    do: Literal["list"]


class Stop(_Order):
    """Go home."""

    do: Literal["stop"]


Order = Annotated[Present | Remove | AddCard | ListAll | Stop, Field(discriminator="do")]
_ADAPTER: TypeAdapter[Order] = TypeAdapter(Order)


def parse(line: str) -> Order | str:
    """One order, or why it is none, in one line."""
    if len(line) > MAX_ORDER_CHARS:
        return f"an order has at most {MAX_ORDER_CHARS} characters"
    try:
        return _ADAPTER.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
