"""The cards that a person carries: made, remembered on disk, found by name."""

from pathlib import Path

from firmware_sim.card import store
from firmware_sim.card.card import Card
from firmware_sim.card.entropy import Entropy, seeded, system
from firmware_sim.card.state import Silicon, factory
from firmware_sim.config import CardConfig
from firmware_sim.field.chip import Chip, OtherSmartCard, UidOnlyChip


class Pocket:
    """Chips by name. With a folder, every DESFire's memory lives in ``<name>.json`` there."""

    def __init__(self, state_dir: Path | None, seed: str | None) -> None:
        self._folder = state_dir
        self._seed = seed
        self._chips: dict[str, Chip] = {}
        if state_dir is not None:
            state_dir.mkdir(parents=True, exist_ok=True)

    @property
    def names(self) -> list[str]:
        """All of them."""
        return list(self._chips)

    def get(self, name: str) -> Chip | None:
        """The chip of that name."""
        return self._chips.get(name)

    def add(self, config: CardConfig) -> None:
        """Make the chip, or take its memory from the folder. ``ValueError``: damaged memory."""
        uid = bytes.fromhex(config.uid)
        dice = self._dice(config.name)
        match config.kind:
            case "desfire":
                self._chips[config.name] = self._desfire(config.name, uid, dice)
            case "classic":
                self._chips[config.name] = UidOnlyChip(uid)
            case "phone":
                self._chips[config.name] = OtherSmartCard(uid, dice)
            case "bank":
                self._chips[config.name] = OtherSmartCard(uid)

    def save(self, name: str) -> None:
        """Write the memory down, if there is a folder for it."""
        chip = self._chips.get(name)
        path = self._path(name)
        if path is not None and isinstance(chip, Card):
            store.save(chip.state, path)

    def _dice(self, name: str) -> Entropy:
        return system() if self._seed is None else seeded(f"{self._seed}/{name}")

    def _path(self, name: str) -> Path | None:
        return None if self._folder is None else self._folder / f"{name}.json"

    def _desfire(self, name: str, uid: bytes, dice: Entropy) -> Card:
        path = self._path(name)
        if path is not None and path.exists():
            return Card(store.read(path), dice)
        return Card(factory(Silicon(uid=uid)), dice)
