import pytest

from onecard.language import VARIABLES, say


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "yes"),
        ({"LANG": "zh_CN.UTF-8"}, "是"),
        ({"LANG": "en_US.UTF-8"}, "yes"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "yes"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C", "ONECARD_LANG": "zh"}, "是"),
        ({"LANG": "zh_CN.UTF-8", "ONECARD_LANG": "en"}, "yes"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}, "是"),
    ],
)
def test_the_first_variable_that_is_set_decides(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert say("yes", "是") == said
