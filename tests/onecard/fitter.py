"""A person on a ladder for tests: answers by what is asked, and does at the door what is asked for."""

from collections.abc import Callable, Sequence

from tests.edge.fitted_box import FittedBox
from tests.edge.words import UID
from tests.support.patience import eventually


class Fitter:
    """`answers` maps a part of a question to what is said; functions are called. What is not there is yes."""

    def __init__(self, box: FittedBox, **answers: object) -> None:
        self.box = box
        self.told: list[str] = []
        self.asked: list[str] = []
        self.released: list[bool] = []
        self.answers: dict[str, object] = {
            "Hold a card": lambda: box.door.present(bytes.fromhex(UID)),
            "Open the door": box.door.force,
            "Close the door again": box.door.let_go,
            "Press the exit": lambda: box.door.press(True),
            "Let the button": lambda: box.door.press(False),
            "The strike lets go": self._look_at_the_strike,
            "Which reader": "osdp:north",
            "What moves": "osdp:north/0",
            "Try this again": False,
            "being forced": False,
        } | answers

    def _look_at_the_strike(self) -> bool:
        self.released.append(bool(eventually(lambda: self.box.door.is_released)))
        return True

    def _answer(self, question: str) -> object:
        for part, answer in self.answers.items():
            if part in question:
                return answer() if isinstance(answer, Callable) else answer  # type: ignore[arg-type]
        return None

    def tell(self, text: str) -> None:
        self.told.append(text)
        self._answer(text)

    def ask(self, question: str, default: str = "") -> str:
        self.asked.append(question)
        answer = self._answer(question)
        return answer if isinstance(answer, str) else default

    def secret(self, question: str) -> str:
        self.asked.append(question)
        answer = self._answer(question)
        return answer if isinstance(answer, str) else ""

    def yes(self, question: str) -> bool:
        self.asked.append(question)
        return self._answer(question) is not False

    def choose(self, question: str, options: Sequence[str]) -> str:
        self.asked.append(question)
        chosen = self._answer(question)
        assert chosen in options, (question, options)
        return str(chosen)
