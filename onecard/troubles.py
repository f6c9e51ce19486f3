"""What the edge says to an installer, in the language of the terminal."""

from collections.abc import Mapping
from typing import Final

from edge.ports.trouble import ReaderMisused, ReaderTrouble, Trouble
from onecard.language import say

CHINESE: Final[Mapping[Trouble, str]] = {
    Trouble.NO_ANSWER: "{port} 上地址 {address} 没有读卡器应答，或密钥不符：检查接线、地址、波特率",
    Trouble.KEY_NOT_TAKEN: "读卡器 {name} 未接受新密钥",
    Trouble.NEITHER_KEY: "读卡器 {name} 对新旧密钥均无应答",
    Trouble.NAME_UNKNOWN: "没有名为 {name} 的读卡器（已有：{known}），见：onecard reader add",
    Trouble.NAME_TAKEN: "已有名为 {name} 的读卡器",
    Trouble.PLACE_TAKEN: "{port} 上地址 {address} 已有读卡器",
    Trouble.FILE_UNREADABLE: "无法读取 {path}：{why}",
    Trouble.FILE_DAMAGED: "文件 {path} 已损坏（{faults} 处）",
}


def told(fault: Exception) -> str:
    """What went wrong; as the device said it where it has no code."""
    if isinstance(fault, ReaderTrouble | ReaderMisused):
        return say(str(fault), CHINESE[fault.trouble].format_map(fault.values))
    return str(fault)
