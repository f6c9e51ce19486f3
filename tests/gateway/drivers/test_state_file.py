"""The gateway's private state."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from card_protocol.wire.enrol import Enrolment
from gateway.drivers import state_file
from gateway.drivers.state_file import EPOCHS_MAX, IdentityExposed, NotEnrolled, StateDamaged, StateFile
from gateway.ports.journal import Head
from tests.gateway.world import BOX, COMMUNITY, GATEWAY, SERVER

HEAD = Head("0123456789abcdef", 7, bytes(range(32)))


def enrolment(**changed: str) -> Enrolment:
    fields = {
        "gateway": GATEWAY,
        "community": COMMUNITY,
        "server_key": SERVER.verifier.public_bytes.hex(),
        "grant_key": BOX.verifier.public_bytes.hex(),
        "wrapped_keys": "00",
    }
    return Enrolment.model_validate(fields | changed)


def test_asking_makes_nothing(tmp_path: Path) -> None:
    state = StateFile(tmp_path)
    with pytest.raises(NotEnrolled, match="run: onecard gateway enrol"):
        state.enrolment()
    assert (state.acked(), state.finished(), state.policy_floor()) == ({}, {}, 0)
    assert list(tmp_path.iterdir()) == []


def test_the_keys_are_made_once_and_stay_private(tmp_path: Path) -> None:
    signer, opener = StateFile(tmp_path).keys()
    again, again_opener = StateFile(tmp_path).keys()
    assert again.verifier.public_bytes == signer.verifier.public_bytes
    assert again_opener.public_bytes == opener.public_bytes
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "private").iterdir()} == {0o600}


def test_two_boxes_have_different_keys(tmp_path: Path) -> None:
    keys = {StateFile(tmp_path / name).keys()[0].verifier.public_bytes for name in "ab"}
    assert len(keys) == 2


def test_keys_that_others_may_read_are_no_secret(tmp_path: Path) -> None:
    StateFile(tmp_path).keys()
    (tmp_path / "private" / "identity.json").chmod(0o640)
    with pytest.raises(IdentityExposed, match="chmod 600"):
        StateFile(tmp_path).keys()


def test_a_secret_does_not_print(tmp_path: Path) -> None:
    signer, opener = StateFile(tmp_path).keys(lambda n: b"\x5a" * n)
    assert "5a5a" not in repr(signer) + repr(opener)
    (tmp_path / "private" / "identity.json").write_text('{"signing_seed": "5a", "box_key": "' + "5a" * 40 + '"}')
    with pytest.raises(StateDamaged) as caught:
        StateFile(tmp_path).keys()
    assert "5a5a" not in str(caught.value)


def test_the_place_is_kept(tmp_path: Path) -> None:
    StateFile(tmp_path).save_enrolment(enrolment())
    assert StateFile(tmp_path).enrolment() == enrolment()


def test_a_move_to_another_place_is_noticed(tmp_path: Path) -> None:
    state = StateFile(tmp_path)
    assert not state.belonged_elsewhere(enrolment())
    state.save_enrolment(enrolment())
    assert not state.belonged_elsewhere(enrolment(wrapped_keys="01"))
    assert state.belonged_elsewhere(enrolment(gateway="shanxian-2"))
    assert state.belonged_elsewhere(enrolment(server_key=BOX.verifier.public_bytes.hex()))


def test_the_acknowledged_position_is_kept(tmp_path: Path) -> None:
    StateFile(tmp_path).save_acked(HEAD)
    assert StateFile(tmp_path).acked() == {HEAD.epoch: HEAD}


def test_positions_of_several_files_are_kept_the_newest_longest(tmp_path: Path) -> None:
    state = StateFile(tmp_path)
    heads = [Head(f"{n:016x}", n, bytes(32)) for n in range(EPOCHS_MAX + 5)]
    for head in heads:
        state.save_acked(head)
    assert state.acked() == {head.epoch: head for head in heads[5:]}
    state.save_acked(heads[-1]._replace(seq=999))
    assert state.acked()[heads[-1].epoch].seq == 999
    state.finish(heads[-1].epoch, 7)
    assert state.finished() == {heads[-1].epoch: 7}
    assert heads[-1].epoch not in state.acked()


@pytest.mark.parametrize("text", [b"", b"{", b'{"epoch": "x"}', b"\xff\xff"])
def test_a_spoiled_position_is_an_unknown_one(tmp_path: Path, text: bytes) -> None:
    StateFile(tmp_path).save_acked(HEAD)
    (tmp_path / "private" / "acked.json").write_bytes(text)
    assert StateFile(tmp_path).acked() == {}


def test_the_policy_floor_rises_and_is_forgotten_only_on_purpose(tmp_path: Path) -> None:
    state = StateFile(tmp_path)
    state.raise_policy_floor(5)
    state.raise_policy_floor(3)
    state.raise_rev_floor(7)
    state.raise_rev_floor(6)
    state.raise_policy_floor(5)
    assert (StateFile(tmp_path).policy_floor(), StateFile(tmp_path).rev_floor()) == (5, 7)
    state.forget_policy_floor()
    assert (StateFile(tmp_path).policy_floor(), StateFile(tmp_path).rev_floor()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("enrolment.json", StateFile.enrolment),
        ("floor.json", StateFile.policy_floor),
        ("identity.json", StateFile.keys),
    ],
)
@pytest.mark.parametrize("text", [b"", b"\xa5\x00", b"{}", b"[1]"])
def test_a_damaged_file_is_named_and_nothing_of_it_is_shown(
    tmp_path: Path, name: str, ask: Callable[[StateFile], object], text: bytes
) -> None:
    StateFile(tmp_path).keys()
    path = tmp_path / "private" / name
    path.write_bytes(text)
    path.chmod(0o600)
    with pytest.raises(StateDamaged) as caught:
        ask(StateFile(tmp_path))
    assert str(caught.value) == f"{path} is damaged: restore it from a backup, or delete it and enrol the box anew"
    assert path.read_bytes() == text


def test_the_number_of_starts_rises_also_when_the_disk_was_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateFile(tmp_path)
    monkeypatch.setattr(state_file.time, "time", lambda: 1_000.0)
    first = state.next_run()
    kept = (tmp_path / "private" / "run.json").read_bytes()
    runs = [first, state.next_run(), state.next_run()]
    (tmp_path / "private" / "run.json").write_bytes(kept)
    monkeypatch.setattr(state_file.time, "time", lambda: 1_060.0)
    runs.append(state.next_run())
    monkeypatch.setattr(state_file.time, "time", lambda: 0.0)
    runs.append(state.next_run())
    assert runs == sorted(set(runs))


def test_a_full_disk_keeps_nobody_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = StateFile(tmp_path)
    monkeypatch.setattr(state_file.time, "time", lambda: 1_000.0)
    first = state.next_run()

    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(state_file, "write_atomically", full)
    assert state.next_run() > first
