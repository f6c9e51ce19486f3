"""Which language the command speaks: ONECARD_LANG, else the locale of the terminal; Chinese or English."""

import os

VARIABLES = ("ONECARD_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def is_chinese() -> bool:
    """Whether the first variable that is set names Chinese (zh, zh_CN.UTF-8, …)."""
    chosen = next((os.environ[name] for name in VARIABLES if os.environ.get(name)), "")
    return chosen.lower().startswith("zh")


def say(en: str, zh: str) -> str:
    """The sentence in the language of the person at the terminal."""
    return zh if is_chinese() else en
