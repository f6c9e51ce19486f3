"""The card keys of the box, opened compartment by compartment, and only those that somebody asks for.

A program whose points are all doors never asks for another compartment than the doors': the clinic's keys are on the
disk, wrapped, and never in its memory. The daemon may fetch new leases meanwhile (`key_keeper`): they are seen at once.
"""

import threading

import structlog

from card_protocol.crypto.box import BoxOpener
from card_protocol.errors import EquipmentFault, PeerFault, TrustFault
from card_protocol.profiles.key_bundle import KeyBundle, unwrap_bundle
from card_protocol.profiles.layout import Holder
from card_protocol.wire.enrol import Enrolment
from gateway.core.station_words import HeldKeys
from gateway.drivers.state_file import StateFile

_log = structlog.get_logger()


class KeyRing:
    """Any thread. Opens the doors' bundle at once: MacWrong when it was closed for another box."""

    def __init__(self, state: StateFile, opener: BoxOpener) -> None:
        self._state, self._opener = state, opener
        self._guard = threading.Lock()
        self._stamp = state.enrolment_stamp()
        self._place = state.enrolment()
        self._moved = False
        self._open = {Holder.GATEWAY: self._unwrap(self._place, Holder.GATEWAY)}

    def alive(self) -> bool:
        """Whether the box is where it was when this program began. Who goes on after an enrolment elsewhere opens by
        the old place's keys, and takes the new one's journal for a stranger's: it has to begin anew."""
        with self._guard:
            self._look()
            return not self._moved

    @property
    def doors(self) -> KeyBundle:
        """What every point works with."""
        found = self.bundle(Holder.GATEWAY)
        assert found is not None
        return found

    def held(self) -> HeldKeys:
        """What the doors accept, for reports."""
        doors = self.doors
        return HeldKeys(doors.versions[0], doors.versions[-1], doors.lease_until_ms)

    def bundle(self, holder: Holder) -> KeyBundle | None:
        """The keys of a compartment; None when this box was given none."""
        with self._guard:
            self._look()
            if holder not in self._open:
                self._open[holder] = self._unwrap(self._place, holder)
            return self._open[holder]

    @property
    def opened(self) -> frozenset[Holder]:
        """The compartments whose keys are in memory."""
        return frozenset(holder for holder, bundle in self._open.items() if bundle is not None)

    def _look(self) -> None:
        """Take in what the daemon wrote. What cannot be read or opened leaves everything as it is."""
        stamp = self._state.enrolment_stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            place = self._state.enrolment()
            self._moved = self._moved or _where(place) != _where(self._place)
            if self._moved:
                return
            opened = {holder: self._unwrap(place, holder) for holder in self._open}
        except (EquipmentFault, TrustFault, PeerFault) as fault:
            _log.error("keys_unreadable", why=str(fault))
            return
        self._place, self._open = place, opened

    def _unwrap(self, place: Enrolment, holder: Holder) -> KeyBundle | None:
        wrapped = place.wrapped_keys if holder is Holder.GATEWAY else place.point_keys.get(holder.value)
        return None if wrapped is None else unwrap_bundle(bytes.fromhex(wrapped), place.gateway, self._opener)


def _where(place: Enrolment) -> tuple[str, str, str, str]:
    """What nobody changes but a new enrolment: where the box belongs, and whom it believes there."""
    return place.gateway, place.community, place.server_key, place.grant_key
