"""What is wrong with a box, in the language of the terminal."""

import pytest

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
