from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from onecard.model_keys import allowed_keys, demand_strict


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Relay(Strict):
    kind: Literal["relay"]
    port: str


class NoLock(Strict):
    kind: Literal["none"]


class Tree(Strict):
    children: list["Tree"] = []
    lock: Annotated[Relay | NoLock, Field(discriminator="kind")] | None = None
    plain: Relay | NoLock | None = None
    by_name: dict[str, Relay] = {}
    pair: tuple[Relay, ...] = ()
    renamed: int = Field(0, alias="re-named")


TREE = ["children", "lock", "plain", "by_name", "pair", "re-named"]


@pytest.mark.parametrize(
    ("location", "keys"),
    [
        ((), TREE),
        (("children", 3), TREE),
        (("children", 0, "children", 1), TREE),
        (("lock", "relay"), ["kind", "port"]),
        (("lock", "none"), ["kind"]),
        (("by_name", "x"), ["kind", "port"]),
        (("pair", 0), ["kind", "port"]),
        (("plain",), []),
        (("nothing",), []),
        (("re-named",), []),
    ],
)
def test_the_keys_of_the_table_at_a_place(location: tuple[str | int, ...], keys: list[str]) -> None:
    assert allowed_keys(Tree, location) == keys


def test_a_strict_tree_passes_and_a_loose_leaf_is_named() -> None:
    class Loose(BaseModel):
        x: int

    class Holder(Strict):
        leaves: dict[str, list[Annotated[Loose, Field()]]]

    demand_strict(Tree)
    with pytest.raises(TypeError, match="Loose"):
        demand_strict(Holder)
