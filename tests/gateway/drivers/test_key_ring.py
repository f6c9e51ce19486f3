"""The card keys of a box: opened compartment by compartment."""

import os
from pathlib import Path

import pytest

from card_protocol.errors import MacWrong
from card_protocol.profiles.key_bundle import COMPARTMENTS
from card_protocol.profiles.layout import Holder
from gateway.core.station_words import HeldKeys
from gateway.drivers.key_ring import KeyRing
from gateway.drivers.state_file import StateFile
from tests.gateway.key_places import LEASE_MS, enrolled, place
from tests.gateway.world import NOON_MS


def rewrite(state: StateFile, folder: Path, enrolment: object, age_ns: int) -> None:
    state.save_enrolment(enrolment)  # type: ignore[arg-type]
    path = folder / "private" / "enrolment.json"
    os.utime(path, ns=(age_ns, age_ns))


def test_a_program_of_doors_never_opens_what_it_does_not_ask_for(tmp_path: Path) -> None:
    ring = KeyRing(*enrolled(tmp_path, Holder.CLINIC_POINT, Holder.CARE_POINT))
    assert set(ring.doors.leaves) == set(COMPARTMENTS[Holder.GATEWAY])
    assert ring.opened == {Holder.GATEWAY}
    clinic = ring.bundle(Holder.CLINIC_POINT)
    assert clinic is not None
    assert set(clinic.leaves) == set(COMPARTMENTS[Holder.CLINIC_POINT])
    assert ring.opened == {Holder.GATEWAY, Holder.CLINIC_POINT}


def test_a_compartment_that_the_box_was_not_given(tmp_path: Path) -> None:
    assert KeyRing(*enrolled(tmp_path, Holder.CARE_POINT)).bundle(Holder.PAY_POINT) is None


def test_a_new_lease_and_new_compartments_are_seen_at_once(tmp_path: Path) -> None:
    state, opener = enrolled(tmp_path)
    ring = KeyRing(state, opener)
    assert ring.bundle(Holder.CLINIC_POINT) is None
    rewrite(state, tmp_path, place(opener, Holder.CLINIC_POINT, lease_ms=LEASE_MS + 1), 7)
    assert ring.doors.lease_until_ms == LEASE_MS + 1
    assert ring.bundle(Holder.CLINIC_POINT) is not None


def test_what_cannot_be_opened_leaves_the_keys_as_they_are(tmp_path: Path) -> None:
    state, opener = enrolled(tmp_path)
    ring = KeyRing(state, opener)
    spoiled = place(opener).model_copy(update={"wrapped_keys": "00" * 60})
    rewrite(state, tmp_path, spoiled, 7)
    assert ring.doors.lease_until_ms == LEASE_MS
    rewrite(state, tmp_path, place(opener, lease_ms=NOON_MS, gateway="elsewhere"), 8)
    assert ring.doors.lease_until_ms == LEASE_MS, "the keys of another place"


def test_who_works_for_a_place_is_told_when_the_box_has_another(tmp_path: Path) -> None:
    state, opener = enrolled(tmp_path)
    ring = KeyRing(state, opener)
    rewrite(state, tmp_path, place(opener, lease_ms=LEASE_MS + 1), 7)
    assert ring.alive(), "new keys, the same place"
    other = {"gateway": "elsewhere", "grant_key": "22" * 32, "server_key": "22" * 32}
    for number, name in enumerate(other, 8):
        ring = KeyRing(state, opener)
        rewrite(state, tmp_path, place(opener).model_copy(update={name: other[name]}), number)
        assert not ring.alive()
        rewrite(state, tmp_path, place(opener), number + 10)
        assert not ring.alive(), "the program began before both"


def test_keys_of_another_box_are_refused_at_once(tmp_path: Path) -> None:
    state, _ = enrolled(tmp_path / "a")
    _, other = enrolled(tmp_path / "b")
    with pytest.raises(MacWrong):
        KeyRing(state, other)


def test_what_is_reported_is_the_doors(tmp_path: Path) -> None:
    assert KeyRing(*enrolled(tmp_path)).held() == HeldKeys(1, 1, LEASE_MS)
