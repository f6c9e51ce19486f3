"""What is wrong with a box, in the language of the terminal."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway
from card_protocol.errors import CallerFault, Fault
from gateway.drivers.state_file import NotEnrolled, StateFile
from onecard.gateway_problems import problem_words


@pytest.fixture
def chinese(monkeypatch):
    monkeypatch.setenv("ONECARD_LANG", "zh")


def test_a_box_that_has_no_place_says_so_in_chinese(chinese, tmp_path):
    with pytest.raises(NotEnrolled) as caught:
        StateFile(tmp_path).enrolment()
    told = problem_words(str(caught.value))
    assert told.startswith(f"{tmp_path} 中的网关尚未登记；请运行：onecard gateway enrol")


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("the box has no certificate: enrol it anew", "网关没有证书：请重新登记"),
        ("the daemon has not reported its health for 40 s", "守护进程已有 40 秒没有报告状态"),
        (
            "/a/identity.json is readable by other users: run chmod 600 on it and enrol the box anew",
            "其他用户可读 /a/identity.json：请执行 chmod 600 并重新登记",
        ),
        ("/a/cert.pem is damaged (no PEM): enrol the box anew", "/a/cert.pem 已损坏：请重新登记网关"),
        ("[Errno 13] Permission denied: '/a/b'", "没有权限读取 /a/b"),
        ("something newer", "something newer"),
    ],
)
def test_what_is_known_is_told_in_chinese_and_the_rest_as_it_is(chinese, problem, told):
    assert problem_words(problem) == told


def test_english_stays_english(monkeypatch):
    monkeypatch.setenv("ONECARD_LANG", "en")
    assert problem_words("the box has no certificate: enrol it anew") == "the box has no certificate: enrol it anew"


VALUES = {
    "{self._url}": "https://a",
    "{STRANGER}": "shows a certificate of an authority that this box does not know: look",
    "{hint}": "run: onecard gateway enrol",
    "{HOST}": "127.0.0.1",
}
"""What stands in our sentences where it is more than just any value."""


def sentences() -> Iterator[str]:
    """Every fault that `gateway` raises with a sentence of its own, with 7 where it says a value."""
    home = Path(gateway.__path__[0])
    for path in sorted(home.rglob("*.py")):
        module = importlib.import_module(".".join(("gateway", *path.relative_to(home).with_suffix("").parts)))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args):
                continue
            kind = getattr(module, ast.unparse(node.exc.func), None)
            if isinstance(kind, type) and issubclass(kind, Fault) and not issubclass(kind, CallerFault):
                yield from said(node.exc.args[0])


def said(text: ast.expr) -> Iterator[str]:
    if isinstance(text, ast.Constant):
        yield str(text.value)
    if isinstance(text, ast.JoinedStr):
        yield "".join(
            str(one.value) if isinstance(one, ast.Constant) else VALUES.get(ast.unparse(one), "7")
            for one in text.values
        )


def test_every_fault_that_a_gateway_tells_is_told_in_chinese(chinese):
    told = list(sentences())
    assert len(told) > 20
    assert [one for one in told if not re.search("[一-鿿]", problem_words(one))] == []
