import re
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from edge.config import EdgeConfig as EdgeFile
from gateway.config import GatewayConfig
from onecard.config_file import ConfigError, parse_config, read_config
from server.config import ServerConfig


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Nfc(Strict):
    kind: Literal["nfc"]
    path: str


class Pcsc(Strict):
    kind: Literal["pcsc"]
    slot: int = Field(0, ge=0, le=15)


class PointConfig(Strict):
    id: str = Field(min_length=2, pattern="^[a-z-]+$")
    reader: Annotated[Nfc | Pcsc, Field(discriminator="kind")]
    minimum: Literal["uid", "reader", "card"] = "card"


class EdgeConfig(Strict):
    name: str
    password: SecretStr | None = None
    points: list[PointConfig] = []

    @field_validator("name")
    @classmethod
    def no_blank(cls, name: str) -> str:
        if " " in name:
            raise ValueError("must not contain a blank")
        return name


GOOD = """\
name = "edge-1"
[[points]]
id = "gate"
reader = { kind = "nfc", path = "udp:127.0.0.1:5000" }
[[points]]
id = "clinic"
minimum = "reader"
[points.reader]
kind = "pcsc"
slot = 1
"""


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "en")


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, EdgeConfig, "edge.toml")
    return str(caught.value).split("\n")


def test_a_good_file_becomes_the_model() -> None:
    config = parse_config(GOOD, EdgeConfig, "edge.toml")
    assert [point.id for point in config.points] == ["gate", "clinic"]
    assert config.points[1].reader == Pcsc(kind="pcsc", slot=1)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('name = "edge-1"', 'nmae = "edge-1"', "edge.toml, line 1: nmae: unknown key; did you mean name? "
         "(allowed here: name, password, points)"),
        ("minimum", "minimun", "edge.toml, line 7: points[2].minimun: unknown key; did you mean minimum? "
         "(allowed here: id, reader, minimum)"),
        ("slot = 1", "slod = 1", "edge.toml, line 10: points[2].reader.slod: unknown key; did you mean slot? "
         "(allowed here: kind, slot)"),
        ("slot = 1", "slot = 99", "edge.toml, line 10: points[2].reader.slot: must be 15 or less"),
        ("slot = 1", 'slot = "one"', "edge.toml, line 10: points[2].reader.slot: must be a whole number"),
        ('"reader"', '"readr"', "edge.toml, line 7: points[2].minimum: must be one of: 'uid', 'reader' or 'card'"),
        ('"edge-1"', "7", "edge.toml, line 1: name: must be a text in quotes"),
        ('"edge-1"', '"edge 1"', "edge.toml, line 1: name: must not contain a blank"),
        ('id = "gate"', "", "edge.toml, line 2: points[1].id: is required"),
        ('"gate"', '"GATE"', "edge.toml, line 3: points[1].id: must match the pattern ^[a-z-]+$"),
        (', path = "udp:127.0.0.1:5000"', "", "edge.toml, line 4: points[1].reader.path: is required"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_file_line_key_and_what_is_allowed(old: str, new: str, line: str) -> None:
    assert old in GOOD
    assert line in complaints(GOOD.replace(old, new))


def test_all_mistakes_are_told_at_once_in_file_order() -> None:
    said = complaints('points = [{ id = "x", reader = { kind = "nfc", path = "" } }]\nname = 1\nwhat = 2\n')
    assert [line.split(": ")[0] for line in said] == ["edge.toml, line 1", "edge.toml, line 2", "edge.toml, line 3"]


def test_broken_toml_is_told_with_its_line() -> None:
    assert complaints('name = "a"\npoints = [\n= 3\n')[0].startswith("edge.toml, line 3: not valid TOML: ")


def test_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    assert complaints('nmae = "x"\nname = "x"\n') == [
        "edge.toml 第 1 行: nmae: 未知的键；是否应为 name？（此处可用：name、password、points）"
    ]


@given(st.text(alphabet="abcdef", min_size=8, max_size=20))
def test_a_value_never_stands_in_a_message(secret: str) -> None:
    text = f'name = "a"\npasswort = "{secret}"\n[[points]]\nid = "{secret} !"\nminimum = "{secret}"\n'
    assert secret not in "\n".join(complaints(text))


def test_a_model_that_lets_misspelt_keys_pass_is_our_own_mistake() -> None:
    class Loose(BaseModel):
        level: int = 0

    class Outer(Strict):
        inner: list[Loose] | None = None

    with pytest.raises(TypeError, match="Loose must have extra='forbid'"):
        parse_config("", Outer, "x.toml")


class TestReading:
    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "edge.toml"
        path.write_text(GOOD, encoding="utf-8")
        assert read_config(path, EdgeConfig).name == "edge-1"

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match=r"none\.toml: cannot be read: No such file or directory"):
            read_config(tmp_path / "none.toml", EdgeConfig)

    def test_not_utf8(self, tmp_path: Path) -> None:
        path = tmp_path / "edge.toml"
        path.write_bytes("name = '门'\n".encode("gb18030"))
        with pytest.raises(ConfigError, match=r"edge\.toml, line 1: is not UTF-8"):
            read_config(path, EdgeConfig)

    def test_too_large(self, tmp_path: Path) -> None:
        path = tmp_path / "edge.toml"
        path.write_bytes(b"#" * 1_000_001)
        with pytest.raises(ConfigError, match="is larger than 1000000 bytes"):
            read_config(path, EdgeConfig)


class Several(Strict):
    points: tuple[PointConfig, ...] = Field(min_length=1)


def test_a_wrong_entry_does_not_make_a_list_too_short() -> None:
    """pydantic counts only the good entries of a tuple."""
    with pytest.raises(ConfigError) as caught:
        parse_config('[[points]]\nid = "GATE"\nreader = { kind = "nfc", path = "x" }\n', Several, "edge.toml")
    assert [problem.key for problem in caught.value.problems] == ["points[1].id"]


def test_an_empty_list_is_still_too_short() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config("points = []\n", Several, "edge.toml")
    assert str(caught.value) == "edge.toml, line 1: points: must have 1 entries or more"


GATE_LINES = '[[points]]\nid = "gate"\nreader = "osdp:n"\n'


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (GATE_LINES + '[points.door]\ncontact = "osdp:n/0"\n', "没有门锁"),
        (GATE_LINES + 'lock = "osdp:n/0"\ndoor_of = "x"\n', "不能两者都写"),
        (GATE_LINES + 'door_of = "x"\n', "gate 的 door_of 是 x"),
        (2 * GATE_LINES, "两个点位的 id 相同：gate"),
        (
            GATE_LINES + 'lock = "osdp:n/0"\n' + '[[points]]\nid = "b"\nreader = "osdp:m"\nlock = "osdp:n/0"\n',
            "门锁相同",
        ),
        (GATE_LINES + 'lock = "bolt"\n', "必须以其中之一开头"),
        (GATE_LINES.replace("osdp", "nfc") + '[points.duress]\ncode = "99"\n', "带键盘的读卡器：osdp"),
    ],
)
def test_what_an_installer_got_wrong_is_told_in_chinese(lines: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    with pytest.raises(ConfigError, match=said):
        parse_config('state_dir = "/var/lib/onecard"\n' + lines, EdgeFile, "edge.toml")


KEYSTORE = '[keystore]\npath = "keystore"\n'
SERVER_LINES = 'community = "330105009001"\n'
BOX_LINES = 'state_dir = "/var/lib/onecard"\nserver_url = "https://10.0.0.9:8444"\n'


@pytest.mark.parametrize(
    ("model", "lines", "said"),
    [
        (GatewayConfig, BOX_LINES.replace("https", "http"), "第 2 行: server_url: http:// 只允许用于本机"),
        (GatewayConfig, BOX_LINES + '[broker]\nhost = "10.0.0.9"\nplain = true\n', "broker.plain: 不加密的 MQTT"),
        (GatewayConfig, BOX_LINES + "[disk]\nwarn_percent = 95\n", "disk: warn_percent、prune_percent"),
        (ServerConfig, 'community = "330105009000"\n' + KEYSTORE, "第 1 行: community: 330105009000 不是社区"),
        (ServerConfig, SERVER_LINES + KEYSTORE + '[listen]\ntls_key = "k"\n', "必须同时填写"),
        (ServerConfig, SERVER_LINES + KEYSTORE + '[listen]\nhost = "0.0.0.0"\n', "其他机器可以访问 0.0.0.0"),
        (ServerConfig, SERVER_LINES + KEYSTORE + '[broker]\nhost = "10.0.0.9"\nplain = true\n', "删去 plain = true"),
        (
            ServerConfig,
            SERVER_LINES + KEYSTORE + '[mail]\nhost = "10.0.0.9"\nsecurity = "none"\nsender = "a@b"\n',
            "starttls",
        ),
        (ServerConfig, SERVER_LINES + KEYSTORE + '[home_assistant]\nhost = "10.0.0.9"\n', "请设 tls = true"),
        (
            ServerConfig,
            SERVER_LINES + KEYSTORE + '[oidc]\nissuer = "http://10.0.0.9"\nclient_id = "x"\n',
            "http://10.0.0.9 是另一台机器",
        ),
        (ServerConfig, SERVER_LINES + KEYSTORE + "[intake]\nhere = false\n", "另有接收程序"),
    ],
)
def test_what_would_be_insecure_is_told_in_chinese(
    model: type[BaseModel], lines: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONECARD_LANG", "zh")
    with pytest.raises(ConfigError, match=re.escape(said)):
        parse_config(lines, model, "x.toml")
