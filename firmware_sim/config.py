"""What the person's program is started with: the cards in the pockets and the readers on the walls."""

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from firmware_sim.field.vpcd import DEFAULT_PORT

MAX_CARDS = 10_000
MAX_FIELDS = 64
UID_BYTES = {"desfire": (7,), "classic": (4,), "phone": (4,), "bank": (4, 7)}


def _hex(text: str) -> str:
    bytes.fromhex(text)
    return text.upper()


Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")]
Hex = Annotated[str, AfterValidator(_hex)]


class CardConfig(BaseModel):
    """One card or phone. A ``desfire`` of which the state folder has a memory comes as it was left, otherwise
    as factory stock; ``uid`` counts for fresh ones only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    kind: Literal["desfire", "classic", "phone", "bank"] = "desfire"
    uid: Hex

    @model_validator(mode="after")
    def _uid_length(self) -> "CardConfig":
        allowed = UID_BYTES[self.kind]
        if len(self.uid) // 2 not in allowed:
            raise ValueError(f"a {self.kind} has an id of {' or '.join(map(str, allowed))} bytes")
        return self


class FieldConfig(BaseModel):
    """One reader's field. ``port``: UDP port to bind (0: any free one), or vpcd's TCP port; unused for a
    PN532, whose serial line is told when the program is ready."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    kind: Literal["udp", "vpcd", "pn532"] = "udp"
    port: int = Field(default=0, ge=0, le=65535)

    @model_validator(mode="before")
    @classmethod
    def _vpcd_port(cls, data: object) -> object:
        if isinstance(data, dict) and data.get("kind") == "vpcd":
            return {"port": DEFAULT_PORT, **data}
        return data


class SimConfig(BaseModel):
    """The whole program. ``seed`` makes every card's dice repeatable; without it they are the system's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cards: list[CardConfig] = Field(default=[], max_length=MAX_CARDS)
    fields: list[FieldConfig] = Field(min_length=1, max_length=MAX_FIELDS)
    state_dir: Path | None = None
    seed: str | None = None

    @model_validator(mode="after")
    def _names_once(self) -> "SimConfig":
        for what, names in (("card", [c.name for c in self.cards]), ("field", [f.name for f in self.fields])):
            twice = {name for name, times in Counter(names).items() if times > 1}
            if twice:
                raise ValueError(f"{what} names must differ: {', '.join(sorted(twice))}")
        return self
