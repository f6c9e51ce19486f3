"""The files are what the programs' own models accept, and nobody else can read them."""

import stat
from pathlib import Path

import pytest

from card_protocol.words.moment import PlayedDay
from edge.config import DeskConfig, EdgeConfig
from gateway.config import GatewayConfig
from onecard.config_file import read_config
from onecard.demo.community import COMMUNITY, DESK, POINTS
from onecard.demo.folder import PASSPHRASE_VARIABLE, Folder, Places
from onecard.demo.hall import SPOTS, Hall
from onecard.demo.options import ReaderStack
from server.config import PASSPHRASE_VARIABLE as SERVERS_VARIABLE
from server.config import ServerConfig

DAY = PlayedDay(anchor_ms=1_000, from_ms=2_000, speed=3)
NFC = {spot: f"nfc:udp:127.0.0.1:{4000 + number}" for number, spot in enumerate(SPOTS)}
PCSC = {spot: f"pcsc:Virtual PCD {number} 00 00" for number, spot in enumerate(SPOTS)}


@pytest.fixture(params=["plain", 'with "quotes" \\ and 空格'])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Folder:
    path = tmp_path / request.param
    path.mkdir()
    return Folder(path, Places(8080, 18830, Hall(ReaderStack.NFC, NFC, {}, {})))


def test_the_servers_file(folder: Folder) -> None:
    folder.write_server(DAY)
    config = read_config(Path(folder.config("server")), ServerConfig)
    assert (config.community, config.community_name) == COMMUNITY[:2]
    assert config.database_url == f"sqlite:///{folder.database}"
    assert config.keystore.path == folder.path / "keystore"
    assert (config.listen.host, config.listen.port, config.broker.port) == ("127.0.0.1", 8080, 18830)
    assert config.clock == DAY
    assert folder.console_url == "http://127.0.0.1:8080"


def test_the_gateways_file(folder: Folder) -> None:
    folder.write_gateway(DAY)
    config = read_config(Path(folder.config("gateway")), GatewayConfig)
    assert config.state_dir == folder.box
    assert (str(config.server_url).rstrip("/"), config.broker.port) == (folder.gateways_url, 18830)
    assert config.clock == DAY


@pytest.mark.parametrize("readers", [NFC, PCSC], ids=["nfc", "pcsc"])
def test_the_edges_file_has_every_point_and_a_lock_where_a_door_is(tmp_path: Path, readers: dict[str, str]) -> None:
    folder = Folder(tmp_path, Places(8080, 18830, Hall(ReaderStack.NFC, readers, {}, {})))
    folder.write_edge(DAY)
    config = read_config(Path(folder.config("edge")), EdgeConfig)
    assert config.state_dir == folder.box
    assert [point.id for point in config.points] == [point.id for point in POINTS]
    assert [point.reader for point in config.points] == [readers[point.id] for point in POINTS]
    assert [point.lock for point in config.points] == ["sim", "sim", "sim", "none", "none", "none"]
    assert config.clock == DAY


def test_a_point_with_a_screen(tmp_path: Path) -> None:
    folder = Folder(tmp_path, Places(8080, 18830, Hall(ReaderStack.NFC, NFC, {}, {}), screens={"care-station": 8011}))
    folder.write_edge(DAY)
    config = read_config(Path(folder.config("edge")), EdgeConfig)
    assert {point.id: point.feedback for point in config.points if point.feedback != "log"} == {
        "care-station": "screen:8011"
    }
    assert folder.screen_url("care-station") == "http://127.0.0.1:8011/"


def test_a_point_with_a_door_of_wood(tmp_path: Path) -> None:
    folder = Folder(tmp_path, Places(8080, 18830, Hall(ReaderStack.NFC, NFC, {}, {}), of_wood=frozenset({"unit-door"})))
    folder.write_edge(DAY)
    config = read_config(Path(folder.config("edge")), EdgeConfig)
    doors = {point.id: (point.lock, point.door.contact) for point in config.points if point.has_lock}
    assert doors == {
        "south-gate-in": ("sim", None),
        "south-gate-out": ("sim", None),
        "unit-door": ("osdp:unit-door/0", "osdp:unit-door/0"),
    }


def test_the_desks_file(folder: Folder) -> None:
    folder.write_desk("secret-token-of-16")
    config = read_config(Path(folder.config("desk")), DeskConfig)
    assert (config.desk, config.reader) == (DESK, NFC[DESK])
    assert "secret-token-of-16" in Path(folder.config("desk")).read_text(encoding="utf-8")


def test_files_are_their_owners_and_are_replaced_whole(folder: Folder) -> None:
    folder.write_desk("a-long-token-that-must-not-stay-behind")
    folder.write_desk("b")
    path = Path(folder.config("desk"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "stay-behind" not in path.read_text(encoding="utf-8")


def test_the_passphrase_travels_in_the_variable_that_the_server_reads() -> None:
    assert PASSPHRASE_VARIABLE == SERVERS_VARIABLE
