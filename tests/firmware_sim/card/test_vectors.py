"""Bytes that NXP and NIST published, held against the card's side alone."""

import pytest

from firmware_sim.card import primitives as p
from firmware_sim.card.access import CommMode
from firmware_sim.card.card import Card
from firmware_sim.card.commands.change_key import _new_key
from firmware_sim.card.handshake import Handshake
from firmware_sim.card.keys import Key
from firmware_sim.card.session import Session, session_keys
from firmware_sim.card.state import Silicon, factory
from firmware_sim.card.status import Status, StatusError


def h(text: str) -> bytes:
    return bytes.fromhex(text)


def session(enc: str, mac: str, ti: str, counter: int = 0) -> Session:
    return Session(0, h(enc), h(mac), h(ti), counter)


@pytest.mark.parametrize(
    ("message", "mac"),
    [
        ("", "BB1D6929E95937287FA37D129B756746"),
        ("6BC1BEE22E409F96E93D7E117393172A", "070A16B46B4D4144F79BDD9DD04A287C"),
    ],
)
def test_cmac_sp_800_38b(message: str, mac: str) -> None:
    assert p.cmac(h("2B7E151628AED2A6ABF7158809CF4F3C"), h(message)) == h(mac)


@pytest.mark.parametrize(
    ("resp1", "cmd2", "resp2", "enc", "mac", "ti", "capabilities"),
    [
        pytest.param(
            "24677DDBD46349E623798FD729006E79",
            "3B50445F21D21D77D500794DEB245E5A754F5F901844259F4C9B31A5C7335ACD",
            "04C6DBD67417ED0D31DDDE4D2E3FFAC2B4B074F638EEF7FFF9254963B65C7759",
            "63DC07286289A7A6C0334CA31C314A04",
            "774F26743ECE6AF5033B6AE8522946F6",
            "8CF141F3",
            "112233445566",
            id="AN12343 table 16",
        ),
        pytest.param(
            "A04C124213C186F22399D33AC2A30215",
            "35C3E05A752E0144BAC0DE51C1F22C56B34408A23D8AEA266CAB947EA8E0118D",
            "3FA64DB5446D1F34CD6EA311167F5E4985B89690C04A05F17FA7AB2F08120663",
            "1309C877509E5A215007FF0ED19CA564",
            "4C6626F5E72EA694202139295C7A7FC7",
            "9D00C4DF",
            "000000000000",
            id="AN12196 table 14",
        ),
        pytest.param(
            "B875CEB0E66A6C5CD00898DC371F92D1",
            "FF0306E47DFBC50087C4D8A78E88E62DE1E8BE457AA477C707E2F0874916A8B1",
            "0CC9A8094A8EEA683ECAAC5C7BF20584206D0608D477110FC6B3D5D3F65C3A6A",
            "7A93D6571E4B180FCA6AC90C9A7488D4",
            "FC4AF159B62E549B5812394CAB1918CC",
            "7614281A",
            "000000000000",
            id="AN12196 table 19",
        ),
    ],
)
def test_authenticate_first(
    monkeypatch: pytest.MonkeyPatch,
    resp1: str,
    cmd2: str,
    resp2: str,
    enc: str,
    mac: str,
    ti: str,
    capabilities: str,
) -> None:
    """The card is given the published RndB and TI as its dice; then every byte must come out."""
    rnd_b = p.cbc_decrypt(bytes(16), bytes(16), h(resp1))
    dice = iter((rnd_b, h(ti)))
    monkeypatch.setattr("firmware_sim.card.handshake.PD_CAPABILITIES", _pd_capabilities(resp2))
    card = Card(factory(Silicon(uid=bytes(7))), lambda _count: next(dice))
    card.power_on()
    assert card.transmit(h("9071000002000000")) == h(resp1) + h("91AF")
    assert card.transmit(h("90AF000020" + cmd2 + "00")) == h(resp2) + h("9100")
    live = card._volatile.session if card._volatile else None
    assert live is not None
    assert (live.enc_key, live.mac_key, live.transaction_id) == (h(enc), h(mac), h(ti))


def _pd_capabilities(resp2: str) -> bytes:
    return p.cbc_decrypt(bytes(16), bytes(16), h(resp2))[20:26]


def test_non_first_keys_an12196_table_23() -> None:
    rnd_a, rnd_b = h("60BE759EDA560250AC57CDDC11743CF6"), h("6924E8D09722659A2E7DEC68E66312B8")
    handshake = Handshake(0, bytes(16), rnd_b, previous=session("00" * 16, "00" * 16, "7614281A", 7))
    assert handshake.challenge() == h("A6A2B3C572D06C097BB8DB70463E22DC")
    proof = h("BE7D45753F2CAB85F34BC60CE58B940763FE969658A532DF6D95EA2773F6E991")
    result = handshake.finish(proof, lambda _count: pytest.fail("NonFirst throws no dice"))
    assert result is not None
    answer, live = result
    assert p.cbc_decrypt(bytes(16), bytes(16), answer) == rnd_a[1:] + rnd_a[:1]
    assert live.enc_key == h("4CF3CB41A22583A61E89B158D252FC53")
    assert live.mac_key == h("5529860B2FC5FB6154B7F28361D30BF9")
    assert (live.transaction_id, live.counter) == (h("7614281A"), 7)
    assert session_keys(bytes(16), rnd_a, rnd_b) == (live.enc_key, live.mac_key)


def test_write_mac_an12343_table_23() -> None:
    live = session("C4C9F2A734F32967FAC80A0F37C764F0", "9366FA195EB566F5BD2BAD4020B83002", "E2D3AF69")
    payload = h("22" * 25 + "68F2C28C575A1628")
    assert live.open(0x8D, h("00000000190000"), payload, CommMode.MAC) == h("22" * 25)
    assert live.seal(b"", CommMode.MAC) == h("0820F68898C2A7F1")


def test_write_full_an12343_table_25() -> None:
    live = session("FFBCFE1F41840A09C9A88D0A4B10DF05", "37E7234B11BEBEFDE41A8F290090EF80", "CD73D8E5")
    sealed = "D7446FBC912580C0A65E738D28B609E43ADBB8FB2B4CA68744D1BBEBB37EBD32700ADF7BB9F62A6C"
    assert live.open(0x8D, h("00000000190000"), h(sealed), CommMode.FULL) == h("22" * 25)
    assert live.counter == 1


def test_read_full_answer_an12343_table_26() -> None:
    """48 bytes read in Full mode as the second command of the session of table 25."""
    published = (
        "8848D0F9B9FD4495770C89925B2A85C7274D350FA9029C484D43804886662DC4"
        "2D7F40A6D7A415E4A71EFF79EB8E5721AC3BF1CAAFE8EB2CAA2DC162E67A97A38ED7888F22B3A587"
    )
    live = session("FFBCFE1F41840A09C9A88D0A4B10DF05", "37E7234B11BEBEFDE41A8F290090EF80", "CD73D8E5", 2)
    assert live.seal(h("22" * 25 + "00" * 23), CommMode.FULL) == h(published)


@pytest.mark.parametrize(
    ("ins", "header", "payload", "plain", "counter", "answer"),
    [
        pytest.param(
            0x5F,
            "02",
            "61B6D97903566E84C3AE5274467E89EAD799B7C1A0EF7A04",
            "4000E0C1F121200000430000430000",
            1,
            "57BFF87B1241E93D",
            id="ChangeFileSettings, AN12196 table 18",
        ),
    ],
)
def test_full_command_an12196(ins: int, header: str, payload: str, plain: str, counter: int, answer: str) -> None:
    live = session("1309C877509E5A215007FF0ED19CA564", "4C6626F5E72EA694202139295C7A7FC7", "9D00C4DF", counter)
    assert live.open(ins, h(header), h(payload), CommMode.FULL) == h(plain)
    assert live.seal(b"", CommMode.FULL) == h(answer)


def test_mac_command_an12196_section_5_3() -> None:
    live = session("00" * 16, "8248134A386E86EB7FAF54A52E536CB6", "7A21085E")
    assert live.open(0xF5, h("02"), h("6597A457C8CD442C"), CommMode.MAC) == b""
    settings = h("0040EEEE000100D1FE001F00004400004400002000006A0000")
    assert live.seal(settings, CommMode.MAC) == settings + h("2A474282E7A47986")


def test_card_uid_an12196_section_7_3() -> None:
    live = session("2B4D963C014DC36F24F69A50A394F875", "379D32130CE61705DD5FD8C36B95D764", "DF055522")
    assert live.open(0x51, b"", h("8E2C155ADDA99BE3"), CommMode.FULL) == b""
    sealed = h("70756055688505B52A5E26E59E329CD6595F672298EA41B7")
    assert live.seal(h("04958CAA5C5E80"), CommMode.FULL) == sealed


@pytest.mark.parametrize(
    ("number", "payload", "counter", "own", "new"),
    [
        pytest.param(
            "02",
            "2CF362B7BF4311FF3BE1DAA295E8C68DE09050560D19B9E16C2393AE9CD1FAC75D0CE20BCD1D06E6",
            2,
            False,
            "F3847D627727ED3BC9C4CC050489B966",
            id="another key, AN12196 table 25",
        ),
        pytest.param(
            "00",
            "C0EB4DEEFEDDF0B513A03A95A75491818580503190D4D05053FF75668A01D6FDA6610234BDED6432",
            3,
            True,
            "5004BF991F408672B1EF00F08F9E8647",
            id="the authenticated key, AN12196 table 26",
        ),
    ],
)
def test_change_key(number: str, payload: str, counter: int, own: bool, new: str) -> None:
    live = session("4CF3CB41A22583A61E89B158D252FC53", "5529860B2FC5FB6154B7F28361D30BF9", "7614281A", counter)
    data = live.open(0xC4, h(number), h(payload), CommMode.FULL)
    changed = _new_key(Key(), data, own)
    assert (changed.value, changed.version) == (h(new), 1)


def test_crc_of_key_an12196_table_25() -> None:
    assert p.crc32_of_key(h("F3847D627727ED3BC9C4CC050489B966")) == h("789DFADC")


def test_wrong_crc_of_key_is_an_integrity_error() -> None:
    data = p.xor(h("F3847D627727ED3BC9C4CC050489B966"), bytes(16)) + b"\x01" + h("789DFADD")
    with pytest.raises(StatusError) as refused:
        _new_key(Key(), data, own=False)
    assert refused.value.status is Status.INTEGRITY_ERROR
