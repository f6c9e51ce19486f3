"""What hangs on a reader's terminals: outputs, inputs, lamp, buzzer, display. State only, no protocol."""

from collections.abc import Callable
from dataclasses import dataclass, field

INPUTS = 4
OUTPUTS = 2
OUTPUT_TICK_MS = 100

OnOutput = Callable[[int, bool, int], None]
"""(output, on, for ms; 0 until told otherwise)."""


def nothing_connected(_number: int, _on: bool, _for_ms: int) -> None:
    """An output that leads nowhere."""


@dataclass(frozen=True)
class Lamp:
    """What the reader's LED was last told: colours as in SIA OSDP table 17 (1 red, 2 green, 3 amber, 4 blue)."""

    colour: int
    for_ms: int


@dataclass
class Terminals:
    """One reader's hardware. `on_output` is called when an output is switched."""

    inputs: list[bool] = field(default_factory=lambda: [False] * INPUTS)
    tamper: bool = False
    power_fault: bool = False
    outputs: list[bool] = field(default_factory=lambda: [False] * OUTPUTS)
    lamps: list[Lamp] = field(default_factory=list)
    beeps: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    on_output: OnOutput = nothing_connected

    def switch(self, number: int, code: int, ticks: int) -> bool:
        """Output control (SIA OSDP table 14): 1, 3 off; 2, 4 on; 5 on for a time; 6 off for a time. False if none."""
        if number >= len(self.outputs) or code not in range(7):
            return False
        if code:
            on = code in (2, 4, 5)
            self.outputs[number] = on
            self.on_output(number, on, ticks * OUTPUT_TICK_MS if code in (5, 6) else 0)
        return True

    def input_report(self) -> bytes:
        """One byte an input, 1 when active."""
        return bytes(self.inputs)

    def local_report(self) -> bytes:
        """Tamper and power."""
        return bytes((self.tamper, self.power_fault))
