"""The stand-alone verifier: what holds, what does not, and what is no proof."""

import json
from pathlib import Path

import pytest

from card_protocol.words.event import GENESIS, chain_hash
from onecard.verify_proof import PATH_MAX_STEPS, holds, main
from server.services.events.merkle import leaf_hash, path_of, root_of

BODIES = [b"one", b"two", "三".encode()]
HASHES = [chain_hash("g-1", "00" * 8, n, body, GENESIS) for n, body in enumerate(BODIES, 1)]
ROOT = root_of([leaf_hash(one) for one in HASHES]).hex()


def proof(index: int, **changes: object) -> dict[str, object]:
    path = path_of([leaf_hash(one) for one in HASHES], index)
    steps = [{"sibling": step.sibling.hex(), "side": "left" if step.left else "right"} for step in path]
    plain = {"gateway": "g-1", "epoch": "00" * 8, "seq": index + 1, "body": BODIES[index].decode()}
    return {**plain, "previous": GENESIS.hex(), "path": steps, **changes}


@pytest.mark.parametrize("index", range(3))
def test_every_event_holds(index: int) -> None:
    assert holds(proof(index), ROOT)


@pytest.mark.parametrize(
    "changes", [{"body": "four"}, {"seq": 9}, {"gateway": "g-2"}, {"previous": "11" * 32}, {"path": []}]
)
def test_whatever_is_changed_no_longer_holds(changes: dict[str, object]) -> None:
    assert not holds(proof(1, **changes), ROOT)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (json.dumps(proof(0)), 0),
        (json.dumps(proof(0, seq=2)), 1),
        ("{}", 2),
        ("noise", 2),
        (json.dumps(proof(0, path=[{}] * (PATH_MAX_STEPS + 1))), 2),
        (json.dumps(proof(0, path="up")), 2),
        (json.dumps(proof(0, epoch="zz")), 2),
    ],
)
def test_the_exit_code_says_it(text: str, code: int, tmp_path: Path) -> None:
    (tmp_path / "proof.json").write_text(text, encoding="utf-8")
    assert main([str(tmp_path / "proof.json"), ROOT]) == code


def test_it_says_how_it_is_called() -> None:
    assert main([]) == 2
    assert main(["/nowhere/proof.json", ROOT]) == 2
