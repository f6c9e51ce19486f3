"""What the screen at a point shows, as a value: the words, how they look, a line of figures. Nothing of the person.

A gateway knows no names (design § 7), and behind whoever taps stand others: so the screen says what to do, and of the
purse what is left in it.
"""

from card_protocol.words.reason import Reason
from card_protocol.words.sentences import Said, sentence, service_sentence
from card_protocol.words.service import Answer

Showing = dict[str, str | list[str]]


def showing(reason: Reason, answer: Answer | None) -> Showing:
    """`look` is good or bad; `zh`, `en` the sentence; `more` what was paid and is left, or who is awaited."""
    if answer is None:
        good, said = reason is Reason.GRANTED, sentence(reason).display
    else:
        good, said = answer.service.is_good, service_sentence(answer.service).display
    shown: Showing = {"look": "good" if good else "bad", "zh": said.zh, "en": said.en}
    if (more := _more(answer)) is not None:
        shown["more"] = list(more)
    return shown


def _more(answer: Answer | None) -> Said | None:
    if answer is None:
        return None
    if answer.missing is not None:
        return _missing(answer.missing)
    if answer.paid is None and answer.left is None:
        return None
    zh, en = [], []
    if answer.paid is not None:
        zh.append(f"扣款 {_yuan(answer.paid)} 元")
        en.append(f"Paid ¥{_yuan(answer.paid)}")
    if answer.left is not None:
        zh.append(f"余额 {_yuan(answer.left)} 元")
        en.append(f"balance ¥{_yuan(answer.left)}" if en else f"Balance ¥{_yuan(answer.left)}")
    return Said("，".join(zh), ", ".join(en))


def _missing(number: int) -> Said:
    """As far as this box has seen people go in."""
    if number == 0:
        return Said("本设备所知的人都到齐了", "All that this point knows of are here")
    return Said(f"还有 {number} 人未到", f"{number} still missing")


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
