"""Known-answer cases: the published ones pass, wrong ones fail, broken files are the file's fault."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from card_protocol.profiles.kat import run_case, run_cases
from card_protocol.profiles.kat_case import MAX_CASES, MAX_LINE_CHARS, MalformedCase, read_cases
from firmware_sim.card import primitives
from firmware_sim.card.access import CommMode
from firmware_sim.card.handshake import Handshake
from firmware_sim.card.session import Session as CardSession

VECTORS = Path(__file__).parents[1] / "vectors" / "ev2.jsonl"
LINES = VECTORS.read_text(encoding="utf-8").splitlines()
SESSION = {"enc": "00" * 16, "mac": "11" * 16, "ti": "C0FFEE01"}


def run(op, given, out):
    line = json.dumps({"id": "x", "op": op, "in": given, "out": out, "source": "test"})
    (result,) = run_cases([line])
    return result


@pytest.mark.parametrize("line", LINES, ids=lambda line: json.loads(line)["id"])
def test_published_cases_pass(line):
    (result,) = run_cases([line])
    assert result.passed, result.problems


def test_all_operations_are_among_them():
    assert {json.loads(line)["op"] for line in LINES} == {
        "aes-cmac",
        "an10922-aes128",
        "ev2-auth",
        "ev2-session-keys",
        "ev2-command",
        "ev2-response",
        "ev2-change-key",
    }


@pytest.mark.parametrize("line", LINES, ids=lambda line: json.loads(line)["id"])
def test_each_of_them_can_fail(line):
    case = json.loads(line)
    for name, value in case["out"].items():
        wrong = case | {"out": {name: value[:-1] + ("0" if value[-1:] != "0" else "1") if value else "00"}}
        (result,) = run_cases([json.dumps(wrong)])
        assert not result.passed
        assert name in result.problems[0]


@given(
    st.sampled_from([("mac", CommMode.MAC), ("full", CommMode.FULL)]),
    st.integers(0, 0xFFFE),
    st.integers(0, 255),
    st.binary(max_size=12),
    st.binary(max_size=255),
)
def test_commands_and_responses_of_any_length(mode, counter, ins, header, data):
    name, cards = mode
    enc, mac, ti = (bytes.fromhex(SESSION[k]) for k in ("enc", "mac", "ti"))
    (case,) = read_cases(
        [
            json.dumps(
                {
                    "id": "x",
                    "op": "ev2-command",
                    "in": SESSION
                    | {"ctr": counter, "mode": name, "ins": f"{ins:02X}", "header": header.hex(), "data": data.hex()},
                    "out": {"frame": ""},
                }
            )
        ],
        ["ev2-command"],
    )
    frame = bytes.fromhex(run_case(case).problems[0].split()[2].rstrip(","))
    assert frame[: 1 + len(header)] == bytes((ins,)) + header
    assert CardSession(0, enc, mac, ti, counter).open(ins, header, frame[1 + len(header) :], cards) == data
    body = CardSession(0, enc, mac, ti, counter + 1).seal(data, cards)
    given_ = SESSION | {"ctr": counter, "mode": name, "body": body.hex()}
    assert run("ev2-response", given_, {"data": data.hex()}).passed


@given(st.binary(min_size=16, max_size=16), st.integers(0, 255), st.booleans(), st.binary(max_size=6))
def test_authentications_of_any_key_number(key, key_no, first, capabilities):
    previous = None if first else CardSession(0, bytes(16), bytes(16), b"\1\2\3\4", 5)
    card = Handshake(key_no, key, b"\x22" * 16, capabilities, previous)
    rnd_a = b"\x33" * 16
    cmd2 = primitives.cbc_encrypt(key, bytes(16), rnd_a + primitives.rotate_left(b"\x22" * 16))
    resp2, session = card.finish(cmd2, lambda n: b"\1\2\3\4"[:n])
    given_ = {
        "key": key.hex(),
        "key_no": key_no,
        "first": first,
        "rnd_a": rnd_a.hex(),
        "resp1": card.challenge().hex(),
        "resp2": resp2.hex(),
        "pcd_cap": capabilities.hex(),
    } | ({} if first else {"ti": "01020304"})
    out = {
        "cmd2": "AF" + cmd2.hex(),
        "enc": session.enc_key.hex(),
        "mac": session.mac_key.hex(),
        "ti": "01020304",
    }
    assert run("ev2-auth", given_, out).passed


@pytest.mark.parametrize(("key_no", "auth_key_no"), [(0, 0), (0x80, 0), (13, 13)])
def test_the_own_key_needs_no_old_one(key_no, auth_key_no):
    given_ = SESSION | {
        "ctr": 0,
        "key_no": key_no,
        "auth_key_no": auth_key_no,
        "new_key": "22" * 16,
        "new_version": 255,
    }
    problem = run("ev2-change-key", given_, {"frame": ""}).problems[0]
    frame = bytes.fromhex(problem.split()[2].rstrip(","))
    card = CardSession(0, *(bytes.fromhex(SESSION[k]) for k in ("enc", "mac", "ti")))
    assert card.open(0xC4, bytes((key_no,)), frame[2:], CommMode.FULL) == b"\x22" * 16 + b"\xff"


def test_a_card_that_lies_is_a_failing_case():
    case = json.loads(LINES[4])
    case["in"]["resp2"] = "00" * 32
    (result,) = run_cases([json.dumps(case)])
    assert result.problems == ("the card could not prove that it knows the key",)
    assert run("ev2-response", SESSION | {"ctr": 0, "mode": "mac", "body": "00"}, {"data": ""}).problems


def test_a_value_that_is_not_computed():
    given_ = {"key": "00" * 16, "msg": ""}
    assert run("aes-cmac", given_, {"tag": "00"}).problems == ("tag is absent, not 00",)
    assert run("aes-cmac", given_, {"length": 16}).problems == ("length is absent, not 16",)


CMAC_IN = {"key": "00" * 16, "msg": ""}
BROKEN = [
    ("{", "no JSON object: Expecting"),
    ("[" * 20_000, "no JSON"),
    ("1" * 5000, "no JSON object"),
    ("7", "JSON object"),
    ("x" * (MAX_LINE_CHARS + 1), "longer"),
    ({"op": "aes-cmac", "in": CMAC_IN, "out": {"mac": ""}}, '"id"'),
    ({"id": "x", "op": "aes-cmac", "in": [], "out": {"mac": ""}}, '"in"'),
    ({"id": "x", "op": "aes-cmac", "in": CMAC_IN, "out": ""}, '"out"'),
    ({"id": "x", "op": "aes-cmac", "in": CMAC_IN, "out": {}}, "nothing that must match"),
    ({"id": "x", "op": "des-cmac", "in": CMAC_IN, "out": {"mac": ""}}, '"op" is none of'),
    ({"id": "x", "op": 7, "in": CMAC_IN, "out": {"mac": ""}}, '"op" is none of'),
    ({"id": "x", "op": "aes-cmac", "in": {"key": "00" * 16}, "out": {"mac": ""}}, '"msg" is missing'),
    ({"id": "x", "op": "aes-cmac", "in": {"key": "00", "msg": ""}, "out": {"mac": ""}}, "1 bytes, not 16"),
    ({"id": "x", "op": "aes-cmac", "in": {"key": "0g" * 16, "msg": ""}, "out": {"mac": ""}}, "hex"),
    ({"id": "x", "op": "aes-cmac", "in": {"key": 7, "msg": ""}, "out": {"mac": ""}}, "hex"),
    ({"id": "x", "op": "aes-cmac", "in": CMAC_IN, "out": {"mac": None}}, "hex"),
    ({"id": "x", "op": "aes-cmac", "in": CMAC_IN, "out": {"mac": True}}, "hex"),
    ({"id": "x", "op": "an10922-aes128", "in": {"key": "00" * 16, "m": "00" * 32}, "out": {"key": ""}}, "1 to 31"),
]


def response(**fields):
    given_ = SESSION | {"ctr": 0, "mode": "mac", "body": "00" * 8} | fields
    return {"id": "x", "op": "ev2-response", "in": given_, "out": {"data": ""}}


BROKEN += [
    (response(ctr=65_536), '"ctr" is not a number from 0 to 65535'),
    (response(ctr="0"), '"ctr" is not a number'),
    (response(ctr=True), '"ctr" is not a number'),
    (response(mode="plain"), '"mode" is not "mac" or "full"'),
    (response(mode=["mac"]), '"mode" is not "mac" or "full"'),
    (response(ti="00"), '"ti" has 1 bytes, not 4'),
]
AUTH = json.loads(LINES[4])
BROKEN += [
    (AUTH | {"in": AUTH["in"] | {"first": 1}}, '"first" is not true or false'),
    (AUTH | {"in": AUTH["in"] | {"pcd_cap": "00" * 7}}, "at most 6"),
]


@pytest.mark.parametrize(("broken", "text"), BROKEN)
def test_broken_lines(broken, text):
    line = broken if isinstance(broken, str) else json.dumps(broken)
    with pytest.raises(MalformedCase) as caught:
        list(run_cases([LINES[0], "  ", line]))
    assert text in str(caught.value)
    assert caught.value.line == 3


def test_a_file_has_an_end():
    with pytest.raises(MalformedCase, match="more than"):
        list(read_cases([""] * (MAX_CASES + 1), []))


@given(st.text(max_size=60))
def test_noise_is_malformed(text):
    if text.strip():
        with pytest.raises(MalformedCase):
            list(run_cases([text]))
