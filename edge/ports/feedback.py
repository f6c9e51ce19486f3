"""What the person at the point sees and hears."""

from typing import Protocol

from card_protocol.words.reason import Reason
from card_protocol.words.service import Answer


class Feedback(Protocol):
    """Lamp, buzzer, display. Returns at once; EquipmentFault when the device has gone."""

    def show(self, reason: Reason, answer: Answer | None = None) -> None:
        """Say yes (`Reason.GRANTED`) or no and why; at a service point, what came of the service (`answer`)."""
        ...
