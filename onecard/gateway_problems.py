"""What a box says is wrong with its files, in the language of the person at the terminal.

`gateway` writes English sentences with a path or a number in them; here stands the same in Chinese.
"""

import re
from typing import Final

from onecard.language import is_chinese

_CHINESE: Final = tuple(
    (re.compile(pattern, re.DOTALL), chinese)
    for pattern, chinese in (
        (r"the box in (.+) is not enrolled yet; run: (.+)", "{0} 中的网关尚未登记；请运行：{1}"),
        (r"the box has no certificate: enrol it anew", "网关没有证书：请重新登记"),
        (r"nobody can read what was ordered: .+", "无法读取已下达的指令：各门保持原状"),
        (r"the daemon has not reported its health for (\d+) s", "守护进程已有 {0} 秒没有报告状态"),
        (
            r"(.+) is readable by other users: run chmod 600 on it.*",
            "其他用户可读 {0}：请执行 chmod 600 并重新登记",
        ),
        (r"certificate and key in (.+) do not fit \((.+)\): enrol anew", "{0} 中的证书与密钥不匹配（{1}）：请重新登记"),
        (r"(.+) is damaged: delete it and enrol the box anew", "{0} 已损坏：请删除后重新登记网关"),
        (r"(.+) is damaged(?: \(.+\))?: enrol the box anew", "{0} 已损坏：请重新登记网关"),
        (
            r"(.+) is damaged: restore it from a backup, or delete it.*",
            "{0} 已损坏：请从备份恢复，或删除后重新登记",
        ),
        (r"(.+) is damaged: (.+)", "{0} 已损坏：{1}"),
        (r"(?:\[Errno 13\] )?Permission denied: '(.+)'", "没有权限读取 {0}"),
        (r"(database is locked|database disk image is malformed|file is not a database)", "数据库无法读取（{0}）"),
    )
)
"""Pattern of the whole sentence -> what it says in Chinese; the first that fits."""


def problem_words(problem: str) -> str:
    """The problem for a person; one that is newer than this table stays as it is."""
    if not is_chinese():
        return problem
    for pattern, chinese in _CHINESE:
        if found := pattern.fullmatch(problem):
            return chinese.format(*found.groups())
    return problem
