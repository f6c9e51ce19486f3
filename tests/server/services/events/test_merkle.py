"""The tree against the recursive definition of RFC 6962, and its published test vectors."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.services.events.merkle import leaf_hash, node_hash, path_of, root_of

VECTORS = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
"""The leaves of the certificate-transparency reference implementation's test, and its roots after each."""

ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 § 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


@pytest.mark.parametrize(("count", "root"), ROOTS.items())
def test_the_published_roots(count: int, root: str) -> None:
    assert root_of([leaf_hash(bytes.fromhex(text)) for text in VECTORS[:count]]).hex() == root


leaves_of_a_tree = st.lists(st.binary(max_size=8), max_size=40)


@given(leaves_of_a_tree)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert root_of([leaf_hash(leaf) for leaf in leaves]) == by_definition(leaves)


@given(leaves_of_a_tree.filter(bool), st.data())
def test_every_leaf_leads_to_the_root_and_no_other_does(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [leaf_hash(leaf) for leaf in leaves]
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = path_of(hashes, index)

    def climb(start: bytes) -> bytes:
        for step in path:
            start = node_hash(step.sibling, start) if step.left else node_hash(start, step.sibling)
        return start

    assert climb(hashes[index]) == root_of(hashes)
    assert climb(leaf_hash(b"another leaf altogether")) != root_of(hashes)


def test_there_is_no_path_from_nowhere() -> None:
    with pytest.raises(IndexError):
        path_of([leaf_hash(b"")], 1)
