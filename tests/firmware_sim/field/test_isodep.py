"""Blocks: literal exchanges of ISO/IEC 14443-4, and a reader of our own over a lossy air."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.field.isodep import ENDLESS, MAX_COMMAND_BYTES, IsoDep, frame_bytes


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def echo(apdu: bytes) -> bytes:
    return apdu[::-1]


def card(fsd: int = 64, waits: int = 0, cid: int = 0) -> IsoDep:
    return IsoDep(echo, fsd, cid, lambda: waits)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([("02AABB", "02BBAA"), ("03CC", "03CC")], id="numbers toggle"),
        pytest.param([("12AA", "A2"), ("13BB", "A3"), ("02CC", "02CCBBAA")], id="chained command"),
        pytest.param([("B2", "A3"), ("B2", "A3")], id="presence check before the first block"),
        pytest.param([("02AABB", "02BBAA"), ("B2", "02BBAA"), ("B3", "A2")], id="repetition, then presence check"),
        pytest.param([("12AA", "A2"), ("B2", "A2"), ("03BB", "03BBAA")], id="lost acknowledgement"),
        pytest.param([("0AAA", "None"), ("0A05AA", "None")], id="another card is meant"),
        pytest.param([("0600AA", "None"), ("", "None"), ("FF", "None"), ("F201", "None")], id="unknown blocks"),
        pytest.param([("02AA", "02AA"), ("C2", "C2")], id="deselect"),
        pytest.param([("A2", "None"), ("02AA", "02AA"), ("A3", "None")], id="acknowledgement of nothing"),
    ],
)
def test_literal(script: list[tuple[str, str]]) -> None:
    blocks = card(cid=3)
    for sent, expected in script:
        answer = blocks.receive(h(sent))
        assert (answer.hex().upper() if answer is not None else "None") == expected


def test_card_identifier_is_carried_back() -> None:
    blocks = card(cid=3)
    assert blocks.receive(h("0A03AABB")) == h("0A03BBAA")
    assert blocks.receive(h("BA03")) == h("0A03BBAA")
    assert blocks.receive(h("B2")) == h("02BBAA")
    assert blocks.receive(h("0B83AA")) == h("0B03AA")


def test_chained_answer() -> None:
    blocks = card(fsd=16)
    assert blocks.receive(h("02") + bytes(range(12))) == h("02") + bytes(range(12))[::-1]
    blocks = IsoDep(lambda _apdu: bytes(range(30)), 16)
    assert blocks.receive(h("02AA")) == h("12") + bytes(range(13))
    assert blocks.receive(h("A3")) == h("13") + bytes(range(13, 26))
    assert blocks.receive(h("A3")) == h("13") + bytes(range(13, 26))
    assert blocks.receive(h("A2")) == h("02") + bytes(range(26, 30))


def test_waiting_time_extension() -> None:
    blocks = card(waits=2)
    assert blocks.receive(h("02AA")) == h("F201")
    assert blocks.receive(h("F201")) == h("F201")
    assert blocks.receive(h("B2")) == h("F201")
    assert blocks.receive(h("F201")) == h("02AA")
    assert blocks.receive(h("F201")) is None


def test_waits_without_end() -> None:
    blocks = card(waits=ENDLESS)
    assert blocks.receive(h("02AA")) == h("F201")
    assert {blocks.receive(h("F201")) for _ in range(50)} == {h("F201")}


def test_a_silent_card() -> None:
    blocks = IsoDep(lambda _apdu: b"", 64)
    assert blocks.receive(h("02AA")) is None
    assert blocks.receive(h("B2")) is None


def test_command_without_end_is_dropped() -> None:
    blocks = card()
    number = 0
    for _ in range(MAX_COMMAND_BYTES // 60 + 1):
        last = blocks.receive(bytes((0x12 | number,)) + bytes(60))
        number ^= 1
    assert last is None


def test_frame_sizes() -> None:
    assert [frame_bytes(code) for code in (0, 5, 8, 15)] == [16, 64, 256, 256]


class LossyReader:
    """Clause 7.5.4 from the reader's side, each block of either direction lost with some chance."""

    def __init__(self, blocks: IsoDep, fsc: int, dice: random.Random, loss: float) -> None:
        self.blocks, self.room, self.dice, self.loss = blocks, fsc - 3, dice, loss
        self.number = 0

    def air(self, block: bytes) -> bytes | None:
        if self.dice.random() < self.loss:
            return None
        answer = self.blocks.receive(block)
        return None if self.dice.random() < self.loss else answer

    def persist(self, block: bytes, recovery: int) -> bytes:
        """Send until something fitting comes back: R(NAK) or R(ACK) after silence, the block again after an
        R(ACK) with the other number."""
        answer = self.air(block)
        for _ in range(200):
            if answer is None:
                answer = self.air(bytes((recovery | self.number,)))
            elif answer[0] == 0xA2 | (self.number ^ 1):
                answer = self.air(block)
            elif answer[0] & 0xFE == 0xF2:
                answer = self.air(answer)
            else:
                return answer
        raise AssertionError("the air is too bad")

    def exchange(self, apdu: bytes) -> bytes:
        parts = [apdu[at : at + self.room] for at in range(0, len(apdu), self.room)]
        for part in parts[:-1]:
            answer = self.persist(bytes((0x12 | self.number,)) + part, 0xB2)
            assert answer == bytes((0xA2 | self.number,))
            self.number ^= 1
        answer = self.persist(bytes((0x02 | self.number,)) + parts[-1], 0xB2)
        collected = answer[1:]
        while answer[0] & 0x10:
            assert answer[0] & 1 == self.number
            self.number ^= 1
            answer = self.persist(bytes((0xA2 | self.number,)), 0xA2)
            collected += answer[1:]
        assert answer[0] & 1 == self.number
        self.number ^= 1
        return collected


@given(
    apdus=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5),
    fsd=st.sampled_from((16, 64, 256)),
    fsc=st.sampled_from((16, 64, 256)),
    waits=st.integers(0, 2),
    seed=st.integers(0, 10_000),
    loss=st.sampled_from((0.0, 0.1, 0.3)),
)
def test_every_apdu_arrives_once(apdus: list[bytes], fsd: int, fsc: int, waits: int, seed: int, loss: float) -> None:
    heard: list[bytes] = []

    def card_side(apdu: bytes) -> bytes:
        heard.append(apdu)
        return apdu[::-1] + b"\x90\x00"

    reader = LossyReader(IsoDep(card_side, fsd, waits=lambda: waits), fsc, random.Random(seed), loss)
    assert [reader.exchange(apdu) for apdu in apdus] == [apdu[::-1] + b"\x90\x00" for apdu in apdus]
    assert heard == apdus


@given(st.lists(st.binary(max_size=20), max_size=30))
def test_garbage_never_breaks_it(blocks: list[bytes]) -> None:
    isodep = card()
    for block in blocks:
        answer = isodep.receive(block)
        assert answer is None or len(answer) <= 62
