"""How `onecard point setup` talks to the person on the ladder: plain questions, short answers."""

from collections.abc import Sequence
from typing import Protocol

import typer

from onecard.language import say

YES = frozenset({"y", "yes", "j", "是", "s", "1"})
NO = frozenset({"n", "no", "否", "0"})


class Talk(Protocol):
    """Somebody who answers. The terminal is one; a test is another."""

    def tell(self, text: str) -> None:
        """Say something."""

    def ask(self, question: str, default: str = "") -> str:
        """A line of text; the default for an empty one."""
        ...

    def secret(self, question: str) -> str:
        """A line that nobody sees; "" for an empty one."""
        ...

    def yes(self, question: str) -> bool:
        """Yes or no."""
        ...

    def choose(self, question: str, options: Sequence[str]) -> str:
        """One of the options."""
        ...


class Terminal:
    """A keyboard and a screen."""

    def tell(self, text: str) -> None:
        """See `Talk.tell`."""
        typer.echo(text)

    def ask(self, question: str, default: str = "") -> str:
        """See `Talk.ask`."""
        answer: str = typer.prompt(question, default=default, show_default=bool(default))
        return answer.strip()

    def secret(self, question: str) -> str:
        """See `Talk.secret`."""
        answer: str = typer.prompt(question, default="", show_default=False, hide_input=True)
        return answer

    def yes(self, question: str) -> bool:
        """See `Talk.yes`. Until it is one or the other."""
        while True:
            answer = self.ask(question + say(" (y/n)", "（y/n）")).lower()
            if answer in YES | NO:
                return answer in YES

    def choose(self, question: str, options: Sequence[str]) -> str:
        """See `Talk.choose`. By number."""
        self.tell(question)
        for number, option in enumerate(options, 1):
            self.tell(f"  {number}  {option}")
        while True:
            answer = self.ask(say("Number", "编号"))
            if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(options):
                return options[int(answer) - 1]
