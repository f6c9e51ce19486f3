"""What a box says is wrong with its files or with its server, in the language of the person at the terminal.

`gateway` writes English sentences with a path, an address or a number in them; here stands the same in Chinese.
"""

import re
from typing import Final

from onecard.language import is_chinese

_CHINESE: Final = tuple(
    (re.compile(pattern, re.DOTALL), chinese)
    for pattern, chinese in (
        (r"the box in (.+) is not enrolled yet; run: (.+)", "{0} 中的网关尚未登记；请运行：{1}"),
        (r"the box has no certificate: enrol it anew", "网关没有证书：请重新登记"),
        (
            r"the box has no certificate yet; run: (.+)",
            "网关还没有证书；请运行：{0}",
        ),
        (r"another gateway runs on (.+)", "{0} 上已有网关程序在运行"),
        (r"metrics_port (\d+) on (\S+): (.+)", "metrics_port：{1} 上的端口 {0} 无法使用（{2}）"),
        (r"the policy's (?:cards|changes) cannot be read: (.+)", "策略文件无法读取（{0}）"),
        (r"the policy book cannot be (?:written|opened): (.+)", "策略文件无法读写（{0}）"),
        (r"the journal cannot be written: (.+)", "日志无法写入（{0}）"),
        (r"an old journal cannot be read: (.+)", "旧日志无法读取（{0}）"),
        (r"(\d+) events wait for the journal already", "已有 {0} 条事件等待写入日志"),
        (r"nobody can read what was ordered: .+", "无法读取已下达的指令：各门保持原状"),
        (
            r"the box does not know the server yet: (--fingerprint \w+) .+",
            "网关还不认识服务器：请加上 {0}（见服务器页面）",
        ),
        (
            r"(\S+) shows a certificate of an authority that this box does not know: .+",
            "{0} 出示的证书不是本网关认识的机构签发的：请核对服务器指纹（见服务器页面，或运行 onecard server claim），"
            "并用 --fingerprint 重新登记",
        ),
        (r"(\S+) is no server of ours: (.+)", "{0} 不是一卡通服务器：{1}"),
        (
            r"the server at (\S+) does not have the fingerprint (\S+): .+",
            "{0} 上的服务器指纹不是 {1}：请与服务器页面核对；如页面上确实如此，则有人插在您与服务器之间",
        ),
        (
            r"the server answers 403: This claim is unknown, used or expired\.",
            "服务器拒绝：接入码无效、已使用或已过期。请在服务器页面重新生成",
        ),
        (r"the server answers (\d+)", "服务器答复 {0}"),
        (r"the server answers (\d+): (.+)", "服务器答复 {0}：{1}"),
        (r"the server's answer is (.+)", "服务器的答复无法使用：{0}"),
        (r"the server sent somebody else's certificate", "服务器发来的是别人的证书"),
        (r"(https?://\S+): we have hung up", "与服务器 {0} 的连接已由本机关闭"),
        (r"(https?://\S+): (.+)", "无法连接服务器 {0}：{1}"),
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
        (r"(.+) cannot be written: (.+)", "{0} 无法写入（{1}）"),
        (r"(.+) cannot be read: (.+)", "{0} 无法读取（{1}）"),
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
