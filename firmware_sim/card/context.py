"""What a command may touch: the memory, the volatile state and the dice."""

from dataclasses import dataclass, field

from firmware_sim.card import transaction_mac
from firmware_sim.card.access import CommMode, mode_for
from firmware_sim.card.entropy import Entropy
from firmware_sim.card.files import File
from firmware_sim.card.handshake import Handshake
from firmware_sim.card.keys import MASTER_KEY
from firmware_sim.card.session import Session
from firmware_sim.card.state import PICC_AID, Application, CardState
from firmware_sim.card.status import Status, StatusError
from firmware_sim.card.transaction import Transaction


@dataclass
class Incoming:
    """A chained command that is still being collected."""

    ins: int
    body: bytearray


@dataclass
class Volatile:
    """Everything that dies with the field."""

    aid: int = PICC_AID
    session: Session | None = None
    handshake: Handshake | None = None
    incoming: Incoming | None = None
    outgoing: list[bytes] = field(default_factory=list)
    transaction: Transaction = field(default_factory=Transaction)

    def drop_authentication(self) -> None:
        """Not authenticated, nothing pending; the selected application stays."""
        self.session = None
        self.handshake = None
        self.incoming = None
        self.outgoing.clear()
        self.transaction.forget()


@dataclass
class Context:
    """The card as a command sees it."""

    state: CardState
    volatile: Volatile
    entropy: Entropy

    @property
    def at_picc(self) -> bool:
        """No application is selected."""
        return self.volatile.aid == PICC_AID

    @property
    def selected(self) -> Application:
        """The selected application, or the PICC level itself."""
        if self.at_picc:
            return self.state.picc
        return self.state.applications[self.volatile.aid]

    @property
    def application(self) -> Application:
        """The selected application; at PICC level the command is not allowed (``9D``)."""
        if self.at_picc:
            raise StatusError(Status.PERMISSION_DENIED)
        return self.selected

    @property
    def transaction(self) -> Transaction:
        return self.volatile.transaction

    @property
    def key_number(self) -> int | None:
        """The authenticated key, None without session."""
        session = self.volatile.session
        return None if session is None else session.key_number

    def require_picc(self) -> None:
        """Commands of the PICC level only."""
        if not self.at_picc:
            raise StatusError(Status.PERMISSION_DENIED)

    def require_master(self) -> None:
        """The master key of the selected level must be authenticated."""
        if self.key_number != MASTER_KEY:
            raise StatusError(Status.AUTHENTICATION_ERROR)

    def file(self, number: int) -> File:
        """A file of the selected application, ``F0`` when there is none."""
        found = self.application.files.get(number)
        if found is None:
            raise StatusError(Status.FILE_NOT_FOUND)
        return found

    def file_mode(self, file: File, *rights: str) -> CommMode:
        """The mode in which the named rights (``read``, ``write``, ``read_write``, ``change``) let us work."""
        holders = tuple(int(getattr(file.head.rights, right)) for right in rights)
        return mode_for(holders, self.key_number, file.head.mode)

    def spend(self, memory_bytes: int) -> None:
        """Take memory for good, ``0E`` when there is not enough."""
        if memory_bytes > self.state.memory_free:
            raise StatusError(Status.OUT_OF_MEMORY)
        self.state.memory_used += memory_bytes

    def note(self, ins: int, parameters: bytes, data: bytes = b"") -> None:
        """Tell the transaction MAC, where the application has one, what was done."""
        if self.application.transaction_mac() is not None:
            transaction_mac.note(self.transaction, ins, parameters, data)

    def require_counter_left(self) -> None:
        """With an exhausted transaction MAC counter no data command runs any more (10.3.2.2)."""
        file = self.application.transaction_mac()
        if file is not None and file.counter >= transaction_mac.LAST_COUNTER:
            raise StatusError(Status.PERMISSION_DENIED)
