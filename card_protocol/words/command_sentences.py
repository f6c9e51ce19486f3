"""The sentences of events about commands: (zh, en) for the display, the guard and the admin. See `sentences.py`."""

from card_protocol.words.event import EventKind
from card_protocol.words.reason_sentences import Told

COMMAND_EVENTS: dict[EventKind, Told] = {
    EventKind.COMMAND_TAKEN: (
        ("收到远程指令", "Command received"),
        ("网关已收到指令，正在执行，无需处理。", "The gateway has the command and carries it out: nothing to do."),
        ("指令签名、序号与有效期已核对，已保存。", "Signature, number and expiry were checked; it is kept."),
    ),
    EventKind.COMMAND_REFUSED: (
        ("指令未执行", "Command not carried out"),
        ("指令太迟或不安全，未执行；如仍需要请再发一次。", "It came too late or was unsafe: give it again if needed."),
        ("指令过期、被后续指令取代，或时钟不可信。", "Expired, overtaken by a later one, or the clock is unsure."),
    ),
    EventKind.COMMAND_DONE: (
        ("指令已执行", "Command carried out"),
        ("远程指令已执行，无需处理。", "The command was carried out: nothing to do."),
        ("点位已执行指令；序号见详情。", "The point carried the command out; its number is in the detail."),
    ),
    EventKind.COMMAND_FAILED: (
        ("指令执行失败", "Command failed"),
        ("指令没有执行：请派人到现场处理。", "The command was not carried out: send somebody there."),
        ("点位无法执行指令；原因见详情。", "The point could not carry the command out; the detail says why."),
    ),
}
