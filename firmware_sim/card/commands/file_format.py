"""The parameters that the Create…File commands share: ``FileNo [ISOFileID] FileOption AccessRights …``.

The ISO file id is mandatory where the application has them, and absent elsewhere.
"""

from firmware_sim.card.access import AccessRights, comm_mode
from firmware_sim.card.files import FileHead
from firmware_sim.card.state import Application
from firmware_sim.card.status import Status, StatusError

KNOWN_OPTION_BITS = 0x03
HEAD_BYTES = 4
ISO_ID_BYTES = 2


class FileParameters:
    """Reads from the front. ``7E`` unless ``tail_bytes`` follow the head exactly, ``9E`` for a bad option or
    size."""

    def __init__(self, raw: bytes, application: Application, tail_bytes: int, has_iso_id: bool) -> None:
        self._iso = has_iso_id and application.iso_files
        if len(raw) != HEAD_BYTES + self._iso * ISO_ID_BYTES + tail_bytes:
            raise StatusError(Status.LENGTH_ERROR)
        self._raw = raw
        self.number = self.byte()

    def head(self) -> FileHead:
        """What every file has."""
        iso_id = int.from_bytes(self._take(ISO_ID_BYTES), "little") if self._iso else None
        option = self.byte()
        rights = AccessRights.decode(self._take(2))
        if option & ~KNOWN_OPTION_BITS:
            raise StatusError(Status.PARAMETER_ERROR)
        return FileHead(comm_mode(option), rights, iso_id)

    def byte(self) -> int:
        """One byte."""
        return self._take(1)[0]

    def size(self) -> int:
        """Three bytes, not zero."""
        size = int.from_bytes(self._take(3), "little")
        if size == 0:
            raise StatusError(Status.PARAMETER_ERROR)
        return size

    def signed(self) -> int:
        """Four bytes, two's complement."""
        return int.from_bytes(self._take(4), "little", signed=True)

    def _take(self, count: int) -> bytes:
        taken, self._raw = self._raw[:count], self._raw[count:]
        return taken
