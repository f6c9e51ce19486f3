"""Known-answer cases made by the card's side, for every operation, key number and length; ours must agree with all.

The two ends were written apart, so that this is a referee and no mirror. Then each case is made wrong in one digit:
a case that cannot fail is worth nothing.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from card_protocol.profiles.kat import OPERATIONS
from firmware_sim.card import primitives as p
from firmware_sim.card.access import CommMode
from firmware_sim.card.handshake import Handshake
from firmware_sim.card.session import Session, session_keys
from onecard.cli import main

LENGTHS = range(256)
KEY_NUMBERS = range(256)
MODES = {"mac": CommMode.MAC, "full": CommMode.FULL}
DICE = random.Random(20261128)
Case = tuple[dict[str, Any], dict[str, Any]]


def some(count: int) -> bytes:
    return DICE.randbytes(count)


def session() -> tuple[Session, dict[str, Any]]:
    """A session of the card at some counter, and the fields that say the same."""
    enc, mac, ti, counter = some(16), some(16), some(4), DICE.randrange(0xFFFE)
    return Session(0, enc, mac, ti, counter), {"enc": enc.hex(), "mac": mac.hex(), "ti": ti.hex(), "ctr": counter}


def cmacs() -> Iterator[Case]:
    for length in LENGTHS:
        key, msg = some(16), some(length)
        yield {"key": key.hex(), "msg": msg.hex()}, {"mac": p.cmac(key, msg).hex()}


def diversified() -> Iterator[Case]:
    """AN10922 § 2.2 by hand: CMAC's last block over 32 bytes, with K1 for a full input and K2 for a padded one."""
    for length in range(1, 32):
        key, m = some(16), some(length)
        double = lambda block: ((block << 1) ^ (0x87 if block >> 127 else 0)) & ((1 << 128) - 1)  # noqa: E731
        k1 = double(int.from_bytes(p.cbc_encrypt(key, p.ZERO_IV, bytes(16)), "big"))
        d = b"\x01" + m
        subkey = k1 if len(d) == 32 else double(k1)
        d = d if len(d) == 32 else (d + b"\x80").ljust(32, b"\x00")
        last = p.xor(d[16:], subkey.to_bytes(16, "big"))
        yield {"key": key.hex(), "m": m.hex()}, {"key": p.cbc_encrypt(key, p.ZERO_IV, d[:16] + last)[16:].hex()}


def derived() -> Iterator[Case]:
    for _ in range(64):
        key, rnd_a, rnd_b = some(16), some(16), some(16)
        enc, mac = session_keys(key, rnd_a, rnd_b)
        yield {"key": key.hex(), "rnd_a": rnd_a.hex(), "rnd_b": rnd_b.hex()}, {"enc": enc.hex(), "mac": mac.hex()}


def authentications() -> Iterator[Case]:
    for number in KEY_NUMBERS:
        for first in (True, False):
            key, rnd_a, rnd_b, ti, capabilities = some(16), some(16), some(16), some(4), some(number % 7)
            before = None if first else Session(number, some(16), some(16), ti, 3)
            card = Handshake(number, key, rnd_b, capabilities if first else b"", before)
            proof = p.cbc_encrypt(key, p.ZERO_IV, rnd_a + p.rotate_left(rnd_b))
            reply = card.finish(proof, lambda count, ti=ti: ti[:count])
            assert reply is not None
            given = {"key": key, "rnd_a": rnd_a, "resp1": card.challenge(), "resp2": reply[0]}
            out = {"cmd2": b"\xaf" + proof, "enc": reply[1].enc_key, "mac": reply[1].mac_key}
            extra = {"pcd_cap": capabilities} if first else {"ti": ti}
            given_hex = {name: value.hex() for name, value in (given | extra).items()}
            out_hex = {name: value.hex() for name, value in (out | ({"ti": ti} if first else {})).items()}
            yield given_hex | {"key_no": number, "first": first}, out_hex


def commands() -> Iterator[Case]:
    """Sealed by inverting what the card does with them, byte by byte: the card must then open them."""
    for length in LENGTHS:
        for name, mode in MODES.items():
            card, fields = session()
            ins, header, data = some(1), some(length % 12), some(length)
            body = data
            if mode is CommMode.FULL and data:
                block = b"\xa5\x5a" + card.transaction_id + card.counter.to_bytes(2, "little") + bytes(8)
                body = p.cbc_encrypt(card.enc_key, p.cbc_encrypt(card.enc_key, p.ZERO_IV, block), p.pad(data))
            bound = ins + card.counter.to_bytes(2, "little") + card.transaction_id
            payload = body + p.short_mac(card.mac_key, bound + header + body)
            assert card.open(ins[0], header, payload, mode) == data
            given = {"mode": name, "ins": ins.hex(), "header": header.hex(), "data": data.hex()}
            yield fields | given, {"frame": (ins + header + payload).hex()}


def responses() -> Iterator[Case]:
    for length in LENGTHS:
        for name, mode in MODES.items():
            card, fields = session()
            card.counter += 1
            data = some(length)
            yield fields | {"mode": name, "body": card.seal(data, mode).hex()}, {"data": data.hex()}


def key_changes() -> Iterator[Case]:
    for number in KEY_NUMBERS:
        for own in (True, False):
            card, fields = session()
            old, new, version = some(16), some(16), DICE.randrange(256)
            plain = new + bytes((version,)) if own else p.xor(new, old) + bytes((version,)) + p.crc32_of_key(new)
            block = b"\xa5\x5a" + card.transaction_id + card.counter.to_bytes(2, "little") + bytes(8)
            body = p.cbc_encrypt(card.enc_key, p.cbc_encrypt(card.enc_key, p.ZERO_IV, block), p.pad(plain))
            bound = b"\xc4" + card.counter.to_bytes(2, "little") + card.transaction_id
            payload = body + p.short_mac(card.mac_key, bound + bytes((number,)) + body)
            assert card.open(0xC4, bytes((number,)), payload, CommMode.FULL) == plain
            given = {"key_no": number, "auth_key_no": number if own else (number + 1) % 256}
            given |= {"new_key": new.hex(), "new_version": version} | ({} if own else {"old_key": old.hex()})
            yield fields | given, {"frame": (bytes((0xC4, number)) + payload).hex()}


MAKERS = {
    "aes-cmac": cmacs,
    "an10922-aes128": diversified,
    "ev2-auth": authentications,
    "ev2-session-keys": derived,
    "ev2-command": commands,
    "ev2-response": responses,
    "ev2-change-key": key_changes,
}


def cases() -> list[dict[str, Any]]:
    made = [(op, given, out) for op, maker in MAKERS.items() for given, out in maker()]
    return [
        {"id": f"{op}-{number}", "op": op, "in": given, "out": out, "source": "the card's side"}
        for number, (op, given, out) in enumerate(made)
    ]


def wrong(out: dict[str, str]) -> dict[str, str]:
    """One digit of one value is another."""
    name = DICE.choice(sorted(out))
    value = out[name] or "00"
    place = DICE.randrange(len(value))
    digit = f"{int(value[place], 16) ^ 1:x}"
    return out | {name: value[:place] + digit + value[place + 1 :]}


def written(file: Path, lines: list[dict[str, Any]]) -> Path:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return file


def test_every_operation_has_a_referee() -> None:
    assert set(MAKERS) == set(OPERATIONS)


def test_both_ends_agree_on_everything_and_every_case_can_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")
    made = cases()
    assert main(["kat", str(written(tmp_path / "good.jsonl", made))]) == 0
    assert capsys.readouterr().out == f"{len(made)} passed, 0 failed\n"
    spoiled = [case | {"out": wrong(case["out"])} for case in made]
    assert main(["kat", str(written(tmp_path / "bad.jsonl", spoiled))]) == 1
    *failing, summary = capsys.readouterr().out.splitlines()
    assert summary == f"0 passed, {len(made)} failed"
    assert len(failing) == len(made)
