"""The gateway's private state: who it is, where it belongs, and what the server is known to hold.

`private/` is open to the box's own user only (0700, files 0600). Losing `acked.json` costs nothing but re-sending;
losing any other costs a new enrolment, so that one that is damaged stops the box (StateDamaged).
"""

import os
import stat
import time
from pathlib import Path
from typing import Annotated, TypeVar

import structlog
from pydantic import Field

from card_protocol.crypto.box import BOX_KEY_BYTES, BoxOpener
from card_protocol.crypto.signing import SEED_BYTES, Signer
from card_protocol.errors import EquipmentFault, TrustFault
from card_protocol.wire.enrol import Enrolment
from card_protocol.wire.state import Past
from card_protocol.words.base import Word
from card_protocol.words.ids import EpochId, HashText
from gateway.drivers.linked_file import write_atomically
from gateway.ports.entropy import Entropy
from gateway.ports.journal import Head

EPOCHS_MAX = 128
"""Of how many journal files positions are kept, the newest."""

W = TypeVar("W", bound=Word)
_log = structlog.get_logger()

_Secret = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", repr=False)]


class NotEnrolled(EquipmentFault):
    """The box has no place yet."""


class StateDamaged(EquipmentFault):
    """A file without which the box may not go on cannot be read: a fresh one would forget whom it believes."""


class IdentityExposed(TrustFault):
    """Other users of the machine may read the keys."""


class _Keys(Word):
    signing_seed: _Secret
    box_key: _Secret


class _Acked(Word):
    epoch: EpochId
    seq: int = Field(ge=0)
    hash: HashText


class _Positions(Word):
    acked: tuple[_Acked, ...] = ()
    finished: tuple[Past, ...] = ()


class _Floor(Word):
    policy_version: int = Field(ge=0)
    rev_seq: int = Field(default=0, ge=0)


class _Run(Word):
    number: int = Field(ge=0)


class StateFile:
    """Small files under `state_dir/private`, each replaced as a whole."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / "private"

    def keys(self, entropy: Entropy = os.urandom) -> tuple[Signer, BoxOpener]:
        """The signing key and the key that card keys are wrapped to; made on the first call, never sent anywhere.

        IdentityExposed when somebody loosened the file's mode.
        """
        path = self._folder / "identity.json"
        if not path.exists():
            fresh = _Keys(signing_seed=entropy(SEED_BYTES).hex(), box_key=entropy(BOX_KEY_BYTES).hex())
            self._write(path.name, fresh.to_bytes())
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise IdentityExposed(f"{path} is readable by other users: run chmod 600 on it and enrol the box anew")
        keys = _whole(path, _Keys)
        return Signer(bytes.fromhex(keys.signing_seed)), BoxOpener(bytes.fromhex(keys.box_key))

    def enrolment(self) -> Enrolment:
        """The box's place; NotEnrolled before it has one."""
        try:
            return _whole(self._folder / "enrolment.json", Enrolment)
        except FileNotFoundError:
            hint = "run: onecard gateway enrol --config FILE --claim CLAIM"
            raise NotEnrolled(f"the box in {self._folder.parent} is not enrolled yet; {hint}") from None

    def enrolment_stamp(self) -> tuple[int, int] | None:
        """Changes whenever the enrolment is written; None while there is none. Two writes may share one tick."""
        try:
            found = (self._folder / "enrolment.json").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def save_enrolment(self, enrolment: Enrolment) -> None:
        """Keep the place."""
        self._write("enrolment.json", enrolment.to_bytes())

    def belonged_elsewhere(self, enrolment: Enrolment) -> bool:
        """Whether the box had another place before: what it knew of policies is worth nothing in the new one."""
        try:
            before = self.enrolment()
        except NotEnrolled:
            return False
        return (before.gateway, before.community, before.server_key) != (
            enrolment.gateway,
            enrolment.community,
            enrolment.server_key,
        )

    def acked(self) -> dict[str, Head]:
        """The newest event of each journal file that the server is known to hold; empty when the file is spoiled."""
        return {one.epoch: Head(one.epoch, one.seq, bytes.fromhex(one.hash)) for one in self._positions().acked}

    def save_acked(self, head: Head) -> None:
        """Keep it."""
        positions = self._positions()
        others = [one for one in positions.acked if one.epoch != head.epoch]
        newest = _Acked(epoch=head.epoch, seq=head.seq, hash=head.hash.hex())
        self._save(_Positions(acked=(*others, newest)[-EPOCHS_MAX:], finished=positions.finished))

    def finished(self) -> dict[str, int]:
        """Journal files that were set aside and of which the server has all that there is: up to this number."""
        return {one.epoch: one.acked_seq for one in self._positions().finished}

    def finish(self, epoch: str, upto: int) -> None:
        """Keep it."""
        positions = self._positions()
        others = [one for one in positions.finished if one.epoch != epoch]
        acked = tuple(one for one in positions.acked if one.epoch != epoch)
        done = Past(epoch=epoch, acked_seq=upto)
        self._save(_Positions(acked=acked, finished=(*others, done)[-EPOCHS_MAX:]))

    def unfinish(self, epoch: str) -> None:
        """It is in use again: the disk shows an older state."""
        positions = self._positions()
        self._save(
            positions.model_copy(update={"finished": tuple(one for one in positions.finished if one.epoch != epoch)})
        )

    def _positions(self) -> _Positions:
        try:
            return _Positions.from_bytes((self._folder / "acked.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return _Positions()

    def _save(self, positions: _Positions) -> None:
        self._write("acked.json", positions.to_bytes())

    def policy_floor(self) -> int:
        """The highest policy version ever seen, apart from book.db: a lost book must not open a way back."""
        return self._floor().policy_version

    def rev_floor(self) -> int:
        """The newest revocation ever applied, for the same reason."""
        return self._floor().rev_seq

    def raise_policy_floor(self, version: int) -> None:
        """Keep it; it never sinks."""
        floor = self._floor()
        if version > floor.policy_version:
            self._write("floor.json", floor.model_copy(update={"policy_version": version}).to_bytes())

    def raise_rev_floor(self, rev_seq: int) -> None:
        """Keep it; it never sinks."""
        floor = self._floor()
        if rev_seq > floor.rev_seq:
            self._write("floor.json", floor.model_copy(update={"rev_seq": rev_seq}).to_bytes())

    def _floor(self) -> _Floor:
        try:
            return _whole(self._folder / "floor.json", _Floor)
        except FileNotFoundError:
            return _Floor(policy_version=0)

    def forget_policy_floor(self) -> None:
        """For a box that moves to another place: its new server counts from its own beginning."""
        self._write("floor.json", _Floor(policy_version=0).to_bytes())

    def next_run(self) -> int:
        """The number of this start of the daemon: it only rises, so that the server can tell an old State by it.

        It is at least the wall clock's second: a disk that was put back to an older state, or a file that cannot be
        read, does not make it sink, or the server would take every State for an old one. Nor does a disk that does
        not take it keep anybody from starting.
        """
        path = self._folder / "run.json"
        try:
            number = _Run.from_bytes(path.read_bytes()).number + 1
        except (FileNotFoundError, ValueError):
            number = 1
        number = max(number, int(time.time()))
        try:
            self._write(path.name, _Run(number=number).to_bytes())
        except OSError as error:
            _log.error("run_not_kept", number=number, why=str(error))
        return number

    def _write(self, name: str, data: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._folder / name, data)


def _whole(path: Path, of: type[W]) -> W:
    """What a file holds. StateDamaged, which does not show it; FileNotFoundError."""
    data = path.read_bytes()
    try:
        return of.from_bytes(data)
    except ValueError:
        way_out = "restore it from a backup, or delete it and enrol the box anew"
        raise StateDamaged(f"{path} is damaged: {way_out}") from None
