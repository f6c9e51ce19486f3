"""A stand-alone verifier: does this event belong to the day whose root I have kept?

    python verify_proof.py proof.json ROOT

Needs Python's standard library and nothing of onecard: copy this one file to wherever the roots are kept. Exit 0 when
the proof holds, 1 when it does not, 2 when the file is no proof. The trees are those of RFC 6962 § 2.1.
"""

import hashlib
import json
import sys
from pathlib import Path

CHAIN_TAG = b"onecard.event.v1\x00"
PATH_MAX_STEPS = 64


def chain_hash(proof: dict[str, object]) -> bytes:
    """SHA-256(tag, gateway, 00, epoch, seq, length, body, previous hash): what the gateway's journal says of it."""
    body = str(proof["body"]).encode()
    number = int(str(proof["seq"]))
    head = CHAIN_TAG + str(proof["gateway"]).encode() + b"\x00" + bytes.fromhex(str(proof["epoch"]))
    numbers = number.to_bytes(8, "big") + len(body).to_bytes(8, "big")
    return hashlib.sha256(head + numbers + body + bytes.fromhex(str(proof["previous"]))).digest()


def climb(leaf: bytes, path: list[dict[str, str]]) -> bytes:
    """From a leaf to the root."""
    here = hashlib.sha256(b"\x00" + leaf).digest()
    for step in path[:PATH_MAX_STEPS]:
        sibling = bytes.fromhex(step["sibling"])
        pair = sibling + here if step["side"] == "left" else here + sibling
        here = hashlib.sha256(b"\x01" + pair).digest()
    return here


def holds(proof: dict[str, object], root: str) -> bool:
    """Whether the event is in the day with this root."""
    path = proof["path"]
    if not isinstance(path, list) or len(path) > PATH_MAX_STEPS:
        raise ValueError("no path")
    return climb(chain_hash(proof), path).hex() == root.strip().lower()


def main(arguments: list[str]) -> int:
    """Run as a program."""
    if len(arguments) != 2:
        sys.stderr.write("usage: verify_proof.py proof.json ROOT\n")
        return 2
    try:
        proof = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        good = holds(proof, arguments[1])
    except (OSError, ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"{arguments[0]}: no proof ({error})\n")
        return 2
    sys.stdout.write("The event belongs to that day.\n" if good else "The proof does NOT hold.\n")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
