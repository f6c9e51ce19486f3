"""What the person at the point sees and hears."""

from typing import Protocol

from card_protocol.words.reason import Reason


class Feedback(Protocol):
    """Lamp, buzzer, display. Returns at once; EquipmentFault when the device has gone."""

    def show(self, reason: Reason) -> None:
        """Say yes (`Reason.GRANTED`) or no and why."""
        ...
