"""Setting a point up on a ladder: its devices one after the other, each tried before the next (`onecard point setup`).

What is done is kept beside the configuration after every step, so that a phone call or an empty battery costs one step.
"""

import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from card_protocol.errors import EquipmentFault, TrustFault
from edge import installer
from edge.config import KEYPAD_DRIVERS
from edge.drivers.reader_store import BAUDS, KnownReader, ReaderStore
from edge.fitting import Bench, Ear, Found
from edge.ports.inputs import Wire
from onecard.language import say
from onecard.setup_talk import Talk
from onecard.troubles import told

CARD_MS: Final = 20_000
WIRE_MS: Final = 30_000
KEYS_MS: Final = 30_000
CODE: Final = re.compile(r"[0-9*#]{2,12}")
TRIES_MAX: Final = 20
"""Of one step, before the person is sent to look at the wiring in peace."""

UNSET_KEY: Final = "0" * 32
NONE: Final = "none"
T = TypeVar("T")


class GivenUp(Exception):
    """The person stops here; what was done is kept."""


class Fitted(BaseModel):
    """What a point was found to have. `done` names the steps that are over."""

    model_config = ConfigDict(extra="forbid")

    id: str
    reader: str = ""
    feedback: str = "log"
    lock: str = NONE
    contact: str = ""
    rex: str = ""
    duress_code: str = Field(default="", repr=False)
    duress_button: str = ""
    done: list[str] = []

    @property
    def values(self) -> dict[str, str]:
        """For the point's block in the file."""
        return {"reader": self.reader, "lock": self.lock, "feedback": self.feedback}

    @property
    def door(self) -> dict[str, str]:
        """For its door's table."""
        wires = {"contact": self.contact, "rex": self.rex}
        sounder = {"sounder": self.feedback} if self.feedback != "log" and self.lock != NONE else {}
        return {name: spec for name, spec in wires.items() if spec} | sounder

    @property
    def duress(self) -> dict[str, str]:
        """For its table of the sign of duress."""
        signs = {"code": self.duress_code, "button": self.duress_button}
        return {name: sign for name, sign in signs.items() if sign}


class Progress:
    """The file that remembers how far a point is."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, point: str) -> Fitted:
        """Where this point stopped, or a fresh start. A file that cannot be read is as good as none."""
        try:
            return Fitted.model_validate(json.loads(self._path.read_bytes())[point])
        except (OSError, ValueError, KeyError, TypeError):
            return Fitted(id=point)

    def save(self, fitted: Fitted) -> None:
        """Keep it."""
        fresh = self._path.with_suffix(".new")
        fresh.touch(mode=0o600)  # it may hold a code
        fresh.write_text(json.dumps(self._all() | {fitted.id: fitted.model_dump()}, indent=1), encoding="utf-8")
        os.replace(fresh, self._path)

    def forget(self, point: str) -> None:
        """It is in the configuration now."""
        left = {name: kept for name, kept in self._all().items() if name != point}
        if left:
            self._path.write_text(json.dumps(left, indent=1), encoding="utf-8")
        else:
            self._path.unlink(missing_ok=True)

    def _all(self) -> dict[str, object]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


class Tools(Protocol):
    """What the steps work with; `edge.fitting` on a real box."""

    def find(self) -> Found: ...
    def bench(self) -> Bench: ...


class PointSetup:
    """One point, from its first step that is not done."""

    def __init__(self, talk: Talk, tools: Tools, store: ReaderStore, progress: Progress) -> None:
        self._talk, self._tools, self._store, self._progress = talk, tools, store, progress

    def run(self, point: str) -> Fitted:
        """Ask and try until everything is done; GivenUp when the person has enough."""
        fitted = self._progress.load(point)
        if fitted.done and not self._talk.yes(
            say(
                f"{point} was begun ({', '.join(fitted.done)}). Go on there?",
                f"{point} 已开始（{'、'.join(fitted.done)}）。继续吗？",
            )
        ):
            fitted = Fitted(id=point)
        steps: Sequence[tuple[str, Callable[[Fitted], None]]] = (
            ("reader", self._reader),
            ("lamp", self._lamp),
            ("lock", self._lock),
            ("contact", self._contact),
            ("rex", self._rex),
            ("duress", self._duress),
        )
        for name, step in steps:
            if name in fitted.done:
                continue
            self._tried(lambda step=step: step(fitted))  # type: ignore[misc]
            fitted.done.append(name)
            self._progress.save(fitted)
        return fitted

    def _tried(self, step: Callable[[], None]) -> None:
        """A device that fails is told, and the step is offered again."""
        for _ in range(TRIES_MAX):
            try:
                return step()
            except (EquipmentFault, TrustFault, ValueError) as fault:
                self._talk.tell(f"  ! {told(fault)}")
                self._again()
        raise GivenUp

    def _again(self) -> None:
        if not self._talk.yes(say("Try this again?", "再试一次吗？")):
            raise GivenUp

    # ---- steps

    def _reader(self, fitted: Fitted) -> None:
        enrol, typed = say("enrol a new reader on RS-485", "登记一台新的 RS-485 读卡器"), say("type it", "手动输入")
        found = self._tools.find()
        spec = self._talk.choose(
            say("Which reader serves this point?", "此点位用哪台读卡器？"), [*found.readers, enrol, typed]
        )
        if spec == enrol:
            spec = self._enrol(found)
        elif spec == typed:
            spec = self._talk.ask(say("The reader's address", "读卡器地址"))
        with self._tools.bench() as bench:
            bench.open_reader(spec)
            self._talk.tell(say("Hold a card to the reader …", "请把卡贴在读卡器上……"))
            uid = bench.read_card(spec, CARD_MS)
        if uid is None:
            raise EquipmentFault(say("no card was seen", "没有读到卡"))
        self._talk.tell(say(f"  card {uid}", f"  卡号 {uid}"))
        fitted.reader = spec

    def _enrol(self, found: Found) -> str:
        port = self._talk.choose(say("On which line?", "在哪条线路上？"), found.serial_ports)
        name = self._talk.ask(say("A name for the reader", "给读卡器起名"), "reader")
        address = self._number(say("Its OSDP address", "OSDP 地址"), "0")
        baud = self._number(say("Its baud rate", "波特率"), str(BAUDS[0]))
        installer.add(self._store, KnownReader(name=name, port=port, baud=baud, address=address, key=UNSET_KEY))
        return f"osdp:{name}"

    def _number(self, question: str, default: str) -> int:
        answer = self._talk.ask(question, default)
        if not (answer.isascii() and answer.isdigit()):
            raise ValueError(say(f"{answer!r} is no number", f"{answer!r} 不是数字"))
        return int(answer)

    def _lamp(self, fitted: Fitted) -> None:
        if not fitted.reader.startswith("osdp:"):
            self._talk.tell(say("This reader's lamp is its own.", "此读卡器自行控制指示灯。"))
            return
        with self._tools.bench() as bench:
            bench.show(fitted.reader, granted=True)
            green = self._talk.yes(say("Did it shine green and beep once?", "是否亮绿灯并响一声？"))
            bench.show(fitted.reader, granted=False)
            red = self._talk.yes(say("And red with three beeps?", "是否亮红灯并响三声？"))
        if green and red:
            fitted.feedback = fitted.reader
            return
        self._talk.tell(say("Then people here go by the strike alone.", "那么此处只能靠门锁声音提示。"))

    def _lock(self, fitted: Fitted) -> None:
        nothing, typed = say("nothing opens here", "此处无门锁"), say("type it", "手动输入")
        found = self._tools.find()
        spec = self._talk.choose(say("What moves the strike?", "由什么控制门锁？"), [*found.locks, nothing, typed])
        if spec == nothing:
            fitted.lock = NONE
            return
        if spec == typed:
            spec = self._talk.ask(say("The lock's address", "门锁地址"))
        with self._tools.bench() as bench:
            opened = bench.pulse(
                spec, lambda: self._talk.yes(say("The strike lets go now: did it?", "门锁现在应已释放：是吗？"))
            )
        if not opened:
            raise EquipmentFault(say("then it is another output, or its supply is off", "可能是别的输出，或没有供电"))
        if not self._talk.yes(say("Is it locked again? Pull the door.", "是否已重新锁上？请拉一下门。")):
            raise EquipmentFault(
                say("a fail-safe lock needs the relay's other contact (hardware.md)", "断电开锁型要接继电器的另一触点")
            )
        fitted.lock = spec

    def _contact(self, fitted: Fitted) -> None:
        if fitted.lock != NONE:
            fitted.contact = self._wire(
                (),
                say("Close the door, then Enter", "请关上门，然后回车"),
                say("Open the door now …", "请打开门……"),
                say("Close the door again …", "请再关上门……"),
                say("door contact", "门磁"),
            )

    def _rex(self, fitted: Fitted) -> None:
        if fitted.lock != NONE:
            fitted.rex = self._wire(
                (fitted.contact,),
                say("Take your hands off the exit button, then Enter", "请松开出门按钮，然后回车"),
                say("Press the exit button and hold it …", "请按住出门按钮……"),
                say("Let the button go …", "请松开按钮……"),
                say("exit button", "出门按钮"),
            )

    def _duress(self, fitted: Fitted) -> None:
        """A silent call for help: the door opens as always, and the guard knows."""
        has_keys = fitted.reader.partition(":")[0] in KEYPAD_DRIVERS
        wires = [spec for spec in self._tools.find().inputs if spec not in (fitted.contact, fitted.rex)]
        if not (has_keys or wires):
            return
        if not self._talk.yes(
            say(
                "Shall somebody who is being forced be able to call the guard in silence here?",
                "此处是否需要胁迫求助（被迫开门时悄悄通知门卫）？",
            )
        ):
            return
        if has_keys and self._talk.yes(say("By a code on the reader's keys?", "用读卡器键盘输入密码？")):
            fitted.duress_code = self._code(fitted.reader)
        fitted.duress_button = self._wire(
            (fitted.contact, fitted.rex),
            say("Take your hands off the hidden button, then Enter", "请松开隐蔽按钮，然后回车"),
            say("Press the hidden button and hold it …", "请按住隐蔽按钮……"),
            say("Let the hidden button go …", "请松开隐蔽按钮……"),
            say("hidden button", "隐蔽按钮"),
        )

    def _code(self, reader: str) -> str:
        """The code, once typed here unseen and once at the reader."""
        code = self._talk.secret(say("The code: 2 to 12 of 0–9, * and #", "密码：2 至 12 位，可用 0–9、* 和 #"))
        if not CODE.fullmatch(code):
            raise ValueError(say("a code has 2 to 12 of 0–9, * and #", "密码须为 2 至 12 位的 0–9、* 或 #"))
        self._talk.tell(say("Type it on the reader's keys …", "请在读卡器键盘上输入……"))
        with self._tools.bench() as bench:
            if not bench.hear_code(reader, code, KEYS_MS):
                raise EquipmentFault(say("the keys did not send this code", "没有收到这个密码"))
        self._talk.tell(say("  heard", "  已收到"))
        return code

    def _wire(self, taken: Sequence[str], rest: str, act: str, undo: str, name: str) -> str:
        """Which wire follows; empty when there is none here."""
        wires = [spec for spec in self._tools.find().inputs if spec not in taken]
        if not wires or not self._talk.yes(say(f"Is the {name} wired to a reader?", f"{name}接到读卡器上了吗？")):
            return ""
        with self._tools.bench() as bench:
            ear = bench.listen(wires)
            ear.wait_until_it_speaks()
            self._talk.ask(rest)
            before = ear.now()
            self._talk.tell(act)
            spec = self._follows(ear, before, Wire.ON, name)
            self._talk.tell(undo)
            again = self._follows(ear, ear.now(), Wire.OFF, name)
        if again != spec:
            raise EquipmentFault(say(f"two wires moved: {spec} and {again}", f"两路输入都动了：{spec} 与 {again}"))
        self._talk.tell(f"  {spec}")
        return spec

    def _follows(self, ear: Ear, before: dict[str, Wire], wanted: Wire, name: str) -> str:
        change = ear.wait_for_change(before, WIRE_MS)
        if change is None:
            raise EquipmentFault(say("no wire changed", "没有输入变化"))
        spec, wire = change
        if wire is not wanted:
            raise EquipmentFault(
                say(
                    f"the {name} on {spec} is the other way round: swap its contact",
                    f"{spec} 上的{name}接反了：请换触点",
                )
            )
        return spec
