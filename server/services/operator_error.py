"""What an operator at a terminal can mend: one sentence, in both languages of the terminal."""


class OperatorError(Exception):
    """`str` is English, `zh` Chinese; a sentence that comes from a library stays as it is in both."""

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.zh = en if zh is None else zh
