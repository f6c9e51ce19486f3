"""What is born in the nursery is a process like one that was started the long way."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support import nursery
from tests.support.patience import eventually

PATIENCE_S = 60.0
ECHO = "import os, sys\nfor line in sys.stdin:\n    print(os.environ['WORD'], line.upper(), end='', flush=True)\n"
SLEEPER = "import os, time\nprint('up', os.getsid(0) == os.getpid(), flush=True)\ntime.sleep(60)\n"
LAST = "import atexit, sys\natexit.register(print, 'last')\nprint(sys.argv, file=sys.stderr)\nsys.exit(3)\n"
MODULES = {"nursery_echo": ECHO, "nursery_sleeper": SLEEPER, "nursery_last": LAST}
PARENT = """
import sys, time
from tests.support import nursery
if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    nursery._context.set_forkserver_preload([])
    child = nursery.bear([sys.executable, "-m", "nursery_sleeper"], None, stdin=-3, stdout=-1, stderr=-1)
    print(child.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def bear(module: str, *words: str, environment: Mapping[str, str] | None = None, stdin: int = subprocess.DEVNULL):
    pipe = subprocess.PIPE
    return nursery.bear([sys.executable, "-m", module, *words], environment, stdin=stdin, stdout=pipe, stderr=pipe)


def test_its_words_what_it_said_and_how_it_ended(modules: Path) -> None:
    child = bear("nursery_last", "a", "b")
    assert child.communicate(PATIENCE_S) == ("last\n", "['" + str(modules / "nursery_last.py") + "', 'a', 'b']\n")
    assert child.returncode == 3


def test_one_can_talk_with_it_and_its_environment_is_its_own(modules: Path) -> None:
    child = bear("nursery_echo", environment={"WORD": "善贤"}, stdin=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("abc\n")
    child.stdin.flush()
    assert child.stdout.readline() == "善贤 ABC\n"
    assert "WORD" not in os.environ
    child.stdin.close()
    assert child.wait(PATIENCE_S) == 0
    child.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_runs_in_a_session_of_its_own_until_a_signal(modules: Path, tmp_path: Path, number: signal.Signals) -> None:
    with (tmp_path / "log").open("a", encoding="utf-8") as log:
        command = [sys.executable, "-m", "nursery_sleeper"]
        child = nursery.bear(command, None, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    eventually(lambda: (tmp_path / "log").read_text(encoding="utf-8") == "up True\n")
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)
    child.terminate() if number == signal.SIGTERM else child.kill()
    assert child.wait(PATIENCE_S) == child.poll() == -number


def test_it_ends_with_whoever_asked_for_it(modules: Path, tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT, encoding="utf-8")
    here = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(tmp_path / "parent.py"), str(modules)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=here) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        os.kill(child, 0)
        parent.kill()
    eventually(lambda: not Path(f"/proc/{child}").exists())
