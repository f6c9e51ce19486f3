"""Configuration files: TOML, validated into the pydantic model that a package defines.

An error is for the person who edits the file: it names the file, the line, the key and what is allowed there.
Values are not repeated in messages, since some are secret.
"""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from onecard.language import say
from onecard.model_keys import Key, allowed_keys, demand_strict
from onecard.toml_lines import KeyLines

MAX_FILE_BYTES = 1_000_000

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file. `line` counts from 1; `key` is the dotted path, may be empty."""

    file: str
    line: int | None
    key: str
    text: str

    def __str__(self) -> str:
        where = (
            self.file if self.line is None else say(f"{self.file}, line {self.line}", f"{self.file} 第 {self.line} 行")
        )
        return ": ".join(part for part in (where, self.key, self.text) if part)


class ConfigError(Exception):
    """A configuration file that cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def read_config(path: Path, model: type[M]) -> M:
    """Read and validate a file. ConfigError when it cannot be read or is not what the model allows."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            [Problem(str(path), None, "", say(f"cannot be read: {reason}", f"无法读取：{reason}"))]
        ) from None
    if len(raw) > MAX_FILE_BYTES:
        text = say(f"is larger than {MAX_FILE_BYTES} bytes", f"超过 {MAX_FILE_BYTES} 字节")
        raise ConfigError([Problem(str(path), None, "", text)])
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(str(path), line, "", say("is not UTF-8", "不是 UTF-8 编码"))]) from None
    return parse_config(text, model, str(path))


def parse_config(text: str, model: type[M], file: str) -> M:
    """Validate a TOML text; `file` is only the name for messages. ConfigError with every problem, in file order.

    TypeError when the model, or one inside it, would accept unknown keys: that is a fault of the package.
    """
    demand_strict(model)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([_syntax_problem(str(error), file)]) from None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        lines = KeyLines(text)
        details = without_echoes(error.errors(include_url=False, include_input=False))
        problems = [_problem(detail, model, data, lines, file) for detail in details]
        raise ConfigError(sorted(problems, key=lambda problem: problem.line or 0)) from None


def _syntax_problem(message: str, file: str) -> Problem:
    """tomllib says `… (at line 3, column 5)`."""
    said, _, place = message.partition(" (at line ")
    number = place.split(",")[0]
    text = say(f"not valid TOML: {said}", f"TOML 格式错误：{said}")
    return Problem(file, int(number) if number.isdecimal() else None, "", text)


def _problem(detail: ErrorDetails, model: type[BaseModel], data: object, lines: KeyLines, file: str) -> Problem:
    location: Key = detail["loc"]
    if detail["type"] == "extra_forbidden":
        text = _unknown_key(str(location[-1]), allowed_keys(model, location[:-1]))
    else:
        text = sentence_of(detail)
    place = without_tags(location, data)
    return Problem(file, lines.line_of(place), dotted(place), text)


def without_echoes(details: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Without "too short" of a list whose entries are wrong: pydantic counts only the good ones of a tuple."""
    places = [detail["loc"] for detail in details]
    return [
        detail
        for detail in details
        if detail["type"] != "too_short"
        or not any(len(place) > len(detail["loc"]) and place[: len(detail["loc"])] == detail["loc"] for place in places)
    ]


def without_tags(location: Key, data: object) -> Key:
    """The location as it stands in the file: pydantic also names the member it chose of a union (`reader.nfc.path`)."""
    place: list[str | int] = []
    for number, part in enumerate(location):
        if isinstance(data, dict) and part in data:  # noqa: SIM114 - apart, so that mypy narrows both
            data = data[part]
        elif isinstance(data, list) and isinstance(part, int):
            data = data[part]
        elif number < len(location) - 1:
            continue
        place.append(part)
    return place


def dotted(location: Key) -> str:
    """`points[2].reader`, counted from 1 as a person counts."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _unknown_key(key: str, allowed: Sequence[str]) -> str:
    close = difflib.get_close_matches(key, allowed, n=1)
    text = say("unknown key", "未知的键")
    if close:
        text += say(f"; did you mean {close[0]}?", f"；是否应为 {close[0]}？")
    if allowed:
        text += say(f" (allowed here: {', '.join(allowed)})", f"（此处可用：{'、'.join(allowed)}）")
    return text


# What pydantic found, in our words: type of error → (English, Chinese), filled with the error's context.
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "missing": ("is required", "必须填写"),
    "extra_forbidden": ("is no key that is known here", "未知的键"),
    "literal_error": ("must be one of: {expected}", "只能是：{expected}"),
    "enum": ("must be one of: {expected}", "只能是：{expected}"),
    "bool_type": ("must be true or false", "必须是 true 或 false"),
    "bool_parsing": ("must be true or false", "必须是 true 或 false"),
    "int_type": ("must be a whole number", "必须是整数"),
    "int_parsing": ("must be a whole number", "必须是整数"),
    "int_from_float": ("must be a whole number", "必须是整数"),
    "float_type": ("must be a number", "必须是数字"),
    "float_parsing": ("must be a number", "必须是数字"),
    "string_type": ("must be a text in quotes", "必须是带引号的文本"),
    "path_type": ("must be a path in quotes", "必须是带引号的路径"),
    "list_type": ("must be a list [ … ]", "必须是列表 [ … ]"),
    "tuple_type": ("must be a list [ … ]", "必须是列表 [ … ]"),
    "dict_type": ("must be a table", "必须是表"),
    "model_type": ("must be a table", "必须是表"),
    "model_attributes_type": ("must be a table", "必须是表"),
    "greater_than": ("must be more than {gt}", "必须大于 {gt}"),
    "greater_than_equal": ("must be {ge} or more", "不得小于 {ge}"),
    "less_than": ("must be less than {lt}", "必须小于 {lt}"),
    "less_than_equal": ("must be {le} or less", "不得大于 {le}"),
    "string_too_short": ("must have {min_length} characters or more", "至少 {min_length} 个字符"),
    "string_too_long": ("must have {max_length} characters or fewer", "最多 {max_length} 个字符"),
    "string_pattern_mismatch": ("must match the pattern {pattern}", "必须符合格式 {pattern}"),
    "too_short": ("must have {min_length} entries or more", "至少 {min_length} 项"),
    "too_long": ("must have {max_length} entries or fewer", "最多 {max_length} 项"),
}


def sentence_of(detail: ErrorDetails) -> str:
    """Our sentence for the error; pydantic's own (English) for one that we have none for."""
    kind, context = detail["type"], detail.get("ctx", {})
    if (pair := _SENTENCES.get(kind)) is not None:
        return say(*pair).format_map(context)
    said = detail["msg"].removeprefix("Value error, ")
    return say(said, _CHINESE[kind].format_map(context)) if kind in _CHINESE else said


_CHINESE: Final[Mapping[str, str]] = {
    "driver": "必须以其中之一开头：{drivers}",
    "wires_without_lock": "没有门锁（lock）的点位不能有接线的门（door）",
    "lock_and_door_of": "点位要么自带门锁（lock），要么属于另一点位的门（door_of），不能两者都写",
    "two_alike": "两个点位的 {what} 相同：{twice}",
    "two_keepers": "两个点位的门锁相同（{twice}）：其中一个应写 door_of = 另一点位的 id",
    "door_of_nothing": "{point} 的 door_of 是 {other}，但 {other} 在此没有门锁",
    "code_without_keys": "胁迫密码需要带键盘的读卡器：{drivers}",
    "baud": "波特率只能是：{bauds}",
    "plain_http": "http:// 只允许用于本机（127.0.0.1、localhost）：请写 https://",
    "plain_mqtt": "不加密的 MQTT 只允许用于本机（host 为 127.0.0.1、::1、localhost）：请删去 plain",
    "percents_order": "warn_percent、prune_percent、full_percent 必须依次增大",
    "no_community": "{code} 不是社区的区划代码；一台服务器只服务一个社区",
    "half_a_certificate": "tls_certificate 与 tls_key 必须同时填写",
    "listens_in_the_clear": "其他机器可以访问 {host}：请填写 tls_certificate 与 tls_key，或把 host 改为 127.0.0.1",
    "plain_elsewhere": "{host} 是另一台机器：请删去 plain = true，或改用 127.0.0.1 上的消息代理",
    "mail_in_the_clear": "{host} 是另一台机器：请把 security 设为 starttls 或 tls",
    "home_in_the_clear": "{host} 是另一台机器：请设 tls = true，或改用 127.0.0.1 上的消息代理",
    "provider_in_the_clear": "{issuer} 是另一台机器，且不是 https",
    "nobody_takes_in": "intake.here = false 需要另有接收程序，而 SQLite 只能由服务器自己接收："
    "请设 intake.here = true，或把 database_url 改为 PostgreSQL",
    "free_by_nothing": "点位 {point} 的自由通行时段 {schedule} 不存在",
    "level_by_nothing": "权限组 {level} 的时段 {schedule} 不存在",
    "level_to_nowhere": "权限组 {level} 的点位不存在：{missing}",
    "there_twice": "重复：{what} {twice}",
    "interval_backwards": "时段的结束须晚于开始；跨午夜的请拆成两段",
    "change_without_id": "{kind} 的每一项都要有 id",
    "removes_nothing": "{kind} 中没有：{missing}",
}
"""What the packages' own checks found (edge/config, gateway/config, server/config, card_protocol/policy/rules,
server/services/access/what_if), by the type of their error; their English is with them."""
