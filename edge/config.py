"""What an installer writes in the edge's file. The front door reads the TOML; this says what is allowed in it."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from card_protocol.words.ids import Slug
from card_protocol.words.moment import PlayedDay
from card_protocol.words.point import LateCommit
from gateway.config import ServerUrl

POINTS_MAX = 64
"""Points of one box: a thread each."""

FLOORS_MAX = 64
COMMIT_DEADLINE_MS = 250
UNLOCK_MS = 3000


NO_LOCK = "none"
CARD_READER_DRIVERS = frozenset({"nfc", "pcsc"})
READER_DRIVERS = CARD_READER_DRIVERS | {"osdp", "qr"}
LOCK_DRIVERS = frozenset({NO_LOCK, "sim", "osdp", "relay", "gpio"})
FEEDBACK_DRIVERS = frozenset({"log", "osdp", "screen"})
SOUNDER_DRIVERS = frozenset({"log", "osdp"})
INPUT_DRIVERS = frozenset({"osdp", "gpio"})
KEYPAD_DRIVERS = frozenset({"osdp"})
"""Prefixes of `edge.drivers.registry`; a test keeps both in step."""


def _list(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _starts_with(drivers: frozenset[str]) -> AfterValidator:
    def check(spec: str) -> str:
        if spec.partition(":")[0] not in drivers:
            raise PydanticCustomError("driver", "must start with one of: {drivers}", {"drivers": _list(drivers)})
        return spec

    return AfterValidator(check)


Spec = Annotated[str, Field(min_length=1, max_length=200)]
"""A driver's prefix and its own address: `nfc:udp:127.0.0.1:54321`, `pcsc:Virtual PCD 00 00`, `osdp:north/0`."""

CardReaderSpec = Annotated[Spec, _starts_with(CARD_READER_DRIVERS)]
ReaderSpec = Annotated[Spec, _starts_with(READER_DRIVERS)]
LockSpec = Annotated[Spec, _starts_with(LOCK_DRIVERS)]
FeedbackSpec = Annotated[Spec, _starts_with(FEEDBACK_DRIVERS)]
SounderSpec = Annotated[Spec, _starts_with(SOUNDER_DRIVERS)]
InputSpec = Annotated[Spec, _starts_with(INPUT_DRIVERS)]


class DoorConfig(BaseModel):
    """The door behind a lock: which wires it has and how patient it is. Without a contact it locks by time alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: InputSpec | None = None
    """On while the leaf is open."""
    rex: InputSpec | None = None
    """On while the exit button is pressed."""
    tamper: InputSpec | None = None
    fire: InputSpec | None = None
    """On while the fire panel wants the door open. The panel's own relay in the strike's supply comes first."""
    sounder: SounderSpec = "log"
    rex_ms: int = Field(default=3_000, ge=500, le=60_000)
    held_ms: int = Field(default=30_000, ge=1_000, le=3_600_000)
    alarm_ms: int = Field(default=15_000, ge=1_000, le=3_600_000)
    rex_stuck_ms: int = Field(default=60_000, ge=5_000, le=3_600_000)

    @property
    def inputs(self) -> dict[str, str]:
        """Role to address, of those that are wired."""
        roles = {"contact": self.contact, "rex": self.rex, "tamper": self.tamper, "fire": self.fire}
        return {role: spec for role, spec in roles.items() if spec is not None}


class DuressConfig(BaseModel):
    """How somebody who is forced to open tells the guard: a code on the reader's keys, a hidden button, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(default="", pattern=r"^([0-9*#]{2,12})?$", repr=False)
    """Typed shortly before or after the tap. The same for everybody here, and no part of any other code."""
    button: InputSpec | None = None
    """On while the hidden button is pressed."""
    window_ms: int = Field(default=15_000, ge=1_000, le=120_000)
    """So long after the sign a tap is one under duress."""


class PointConfig(BaseModel):
    """One point: which devices it has and how they behave. What may pass is the policy's business."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    reader: ReaderSpec
    lock: LockSpec = NO_LOCK
    door_of: Slug | None = None
    """The other reader of a door: the point that has its lock."""
    feedback: FeedbackSpec = "log"
    unlock_ms: int = Field(default=UNLOCK_MS, ge=100, le=60_000)
    commit_deadline_ms: int = Field(default=COMMIT_DEADLINE_MS, ge=10, le=10_000)
    late_commit: LateCommit = LateCommit.STAY_CLOSED
    """What to do with a granted tap whose event is not on disk in time."""
    door: DoorConfig = DoorConfig()
    duress: DuressConfig = DuressConfig()
    floors: dict[Annotated[str, Field(pattern=r"^-?[0-9]{1,3}$")], LockSpec] = Field(default={}, max_length=FLOORS_MAX)
    """Of a lift: which output frees the button of which floor."""

    @property
    def has_lock(self) -> bool:
        """Whether there is something to open."""
        return self.lock.partition(":")[0] != NO_LOCK

    @property
    def devices(self) -> tuple[str, ...]:
        """The address of every device of the point."""
        wires = [*self.door.inputs.values(), *([self.duress.button] if self.duress.button else [])]
        return (self.reader, self.lock, self.feedback, self.door.sounder, *wires, *self.floors.values())

    @property
    def opens_something(self) -> bool:
        """A lock of its own, another point's, or the buttons of floors."""
        return self.has_lock or self.door_of is not None or bool(self.floors)

    @property
    def has_sign(self) -> bool:
        """Whether somebody can tell that they are being forced."""
        return bool(self.duress.code or self.duress.button)

    @model_validator(mode="after")
    def _code_needs_keys(self) -> Self:
        if self.duress.code and self.reader.partition(":")[0] not in KEYPAD_DRIVERS:
            context = {"drivers": _list(KEYPAD_DRIVERS)}
            raise PydanticCustomError("code_without_keys", "a duress code needs a reader with keys: {drivers}", context)
        return self

    @model_validator(mode="after")
    def _door_needs_lock(self) -> Self:
        if self.door.inputs and not self.has_lock:
            raise PydanticCustomError("wires_without_lock", "a point without a lock has no door with wires")
        if self.door_of is not None and self.has_lock:
            said = "a point has a lock of its own or is door_of another point, not both"
            raise PydanticCustomError("lock_and_door_of", said)
        return self


class EdgeConfig(BaseModel):
    """The daemon of one box."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    state_dir: Path
    """Where the gateway keeps its files: journal, policy book, keys."""
    points: tuple[PointConfig, ...] = Field(min_length=1, max_length=POINTS_MAX)
    server: ServerUrl | None = None
    """Where the server's door for gateways is (https://onecard.example:8444), for renewing the grants on cards that
    pass; without it no point renews any."""
    clock: PlayedDay | None = None
    """For demonstrations: a day that is played."""

    @model_validator(mode="after")
    def _no_sharing(self) -> Self:
        for what in ("id", "reader"):
            values = [getattr(point, what) for point in self.points]
            if twice := sorted({value for value in values if values.count(value) > 1}):
                context = {"what": what, "twice": ", ".join(twice)}
                raise PydanticCustomError("two_alike", "two points have the same {what}: {twice}", context)
        return self

    @model_validator(mode="after")
    def _one_keeper_a_door(self) -> Self:
        """Two who lock one strike would lock each other's people out and call each other's passages forced."""
        wired = [lock for point in self.points for lock in (point.lock, *point.floors.values())]
        locks = [lock for lock in wired if lock.partition(":")[0] not in (NO_LOCK, "sim")]
        if twice := sorted({lock for lock in locks if locks.count(lock) > 1}):
            said = "two points have the same lock ({twice}): one says door_of = the other's id"
            raise PydanticCustomError("two_keepers", said, {"twice": ", ".join(twice)})
        doors = {point.id for point in self.points if point.has_lock}
        for point in self.points:
            if point.door_of is not None and point.door_of not in doors:
                context = {"point": point.id, "other": point.door_of}
                raise PydanticCustomError(
                    "door_of_nothing", "{point} is door_of {other}, which has no lock here", context
                )
        return self


class BenchConfig(EdgeConfig):
    """The same file for whoever enrols readers: a box whose points are still to be set up has none."""

    points: tuple[PointConfig, ...] = Field(default=(), max_length=POINTS_MAX)


class DeskConfig(BaseModel):
    """The agent of one desk."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    desk: Slug
    server: ServerUrl
    """Where the server is, without a path: its door for gateways, https://onecard.example:8444, with `authorities`; or
    where its pages are, when these have a certificate that this machine trusts."""
    authorities: Path | None = None
    """The file that `onecard server authority export` wrote: whom to trust at the door for gateways."""
    token: str = Field(min_length=16, max_length=512, repr=False)
    reader: CardReaderSpec
