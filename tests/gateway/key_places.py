"""A box that was enrolled with the keys of some compartments."""

from pathlib import Path

from card_protocol.crypto.box import BoxOpener
from card_protocol.crypto.keys import SecretKey
from card_protocol.profiles.key_bundle import COMPARTMENTS, KeyBundle, wrap_bundle
from card_protocol.profiles.layout import Holder
from card_protocol.wire.enrol import Enrolment
from card_protocol.words.moment import DAY_MS
from gateway.drivers.state_file import StateFile
from tests.gateway.world import COMMUNITY, GATEWAY, NOON_MS, SERVER

LEASE_MS = NOON_MS + 90 * DAY_MS


def wrapped(
    opener: BoxOpener,
    holder: Holder,
    lease_ms: int = LEASE_MS,
    gateway: str = GATEWAY,
    versions: tuple[int, ...] = (1,),
) -> str:
    keys = tuple(SecretKey(bytes(16), version) for version in versions)
    leaves = dict.fromkeys(COMPARTMENTS[holder], keys)
    return wrap_bundle(KeyBundle(COMMUNITY, lease_ms, leaves), gateway, opener.public_bytes).hex()


def place(
    opener: BoxOpener,
    *holders: Holder,
    lease_ms: int = LEASE_MS,
    gateway: str = GATEWAY,
    versions: tuple[int, ...] = (1,),
) -> Enrolment:
    return Enrolment(
        gateway=gateway,
        community=COMMUNITY,
        server_key=SERVER.verifier.public_bytes.hex(),
        grant_key=SERVER.verifier.public_bytes.hex(),
        wrapped_keys=wrapped(opener, Holder.GATEWAY, lease_ms, gateway, versions),
        point_keys={holder.value: wrapped(opener, holder, lease_ms, gateway, versions) for holder in holders},
    )


def enrolled(folder: Path, *holders: Holder, lease_ms: int = LEASE_MS) -> tuple[StateFile, BoxOpener]:
    state = StateFile(folder)
    _, opener = state.keys()
    state.save_enrolment(place(opener, *holders, lease_ms=lease_ms))
    return state, opener
