"""Programs as processes: they start, are watched, end when asked, when insisted, and with whoever started them."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from onecard.demo import programs
from onecard.demo.programs import Program, ProgramFailed, demand_free, run_to_end, wait_for_port
from onecard.free_ports import free_port

PATIENCE_S = 30.0
MODULES = {
    "idle": "import time\nprint('up', flush=True)\ntime.sleep(60)\n",
    "stubborn": "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up', flush=True)\n"
    "time.sleep(60)\n",
    "talker": "print('\\n'.join(f'line {n}' for n in range(40)))\nraise SystemExit(3)\n",
    "listener": "import socket, sys, time\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\ntime.sleep(60)\n",
    "echo": "import sys\nfor line in sys.stdin:\n    print(line.upper(), end='', flush=True)\n",
    "parent": "import sys, threading, time\nfrom pathlib import Path\nfrom onecard.demo.programs import Program\n"
    "p = Program('idle', ['idle'], Path(sys.argv[1]))\n"
    "t = threading.Thread(target=p.start)\nt.start()\nt.join()\n"  # the thread that asked is gone, the program stays
    "time.sleep(0.5)\nassert p.alive\nprint(p.process.pid, flush=True)\ntime.sleep(60)\n",
}


def eventually(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def runs(pid: int) -> bool:
    """Whether the process exists and is no zombie (proc(5))."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Program]]:
    """Programs of one-file modules; whatever a test leaves running is ended."""
    here = str(Path(__file__).parents[3])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), here]))
    for name, text in MODULES.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    made: list[Program] = []

    def one(name: str, *words: str, talks: bool = False) -> Program:
        made.append(Program(name, [name, *words], tmp_path, talks=talks))
        return made[-1]

    yield one
    for program in made:
        program.kill()


def up(program: Program) -> None:
    eventually(lambda: program.log_path.exists() and "up" in program.tail())


def test_it_runs_until_it_is_asked_to_end(make: Callable[..., Program]) -> None:
    idle = make("idle")
    assert not idle.alive
    assert idle.stop() is None
    assert idle.kill() is None
    idle.start()
    up(idle)
    idle.check()
    assert idle.stop() == -signal.SIGTERM
    assert not idle.alive
    with pytest.raises(ProgramFailed, match=r"idle has ended unexpectedly \(SIGTERM\)"):
        idle.check()
    assert idle.stop() == -signal.SIGTERM, "asked twice it says the same"


def test_the_stubborn_are_ended_all_the_same(make: Callable[..., Program], monkeypatch: pytest.MonkeyPatch) -> None:
    stubborn = make("stubborn")
    stubborn.start()
    up(stubborn)
    monkeypatch.setattr("onecard.demo.programs.STOP_TIMEOUT_S", 0.5)
    assert stubborn.stop() == -signal.SIGKILL


def test_kill_is_a_power_cut(make: Callable[..., Program]) -> None:
    idle = make("idle")
    idle.start()
    assert idle.kill() == -signal.SIGKILL


def test_its_last_words_are_told_and_a_restart_keeps_those_before(make: Callable[..., Program]) -> None:
    talker = make("talker")
    talker.start()
    eventually(lambda: not talker.alive)
    with pytest.raises(ProgramFailed) as told:
        talker.check()
    assert "line 39" in str(told.value)
    assert "line 24" not in str(told.value), "fifteen lines are enough"
    talker.start()
    eventually(lambda: not talker.alive)
    assert talker.log_path.read_text(encoding="utf-8").count("line 39") == 2


def test_one_can_talk_with_it(make: Callable[..., Program]) -> None:
    echo = make("echo", talks=True)
    echo.start()
    process = echo.process
    assert process is not None
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("善贤 abc\n")
    process.stdin.flush()
    assert process.stdout.readline() == "善贤 ABC\n"


def test_ctrl_c_at_the_terminal_is_not_for_it(make: Callable[..., Program]) -> None:
    idle = make("idle")
    idle.start()
    assert idle.process is not None
    assert os.getpgid(idle.process.pid) != os.getpgid(0)


def test_it_outlives_the_thread_that_started_it(make: Callable[..., Program]) -> None:
    idle = make("idle")
    thread = threading.Thread(target=idle.start)
    thread.start()
    thread.join()
    up(idle)
    assert idle.alive


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_whoever_started_it(make: Callable[..., Program], tmp_path: Path, how: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-m", "parent", str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert runs(child)
    parent.send_signal(how)
    parent.wait(PATIENCE_S)
    parent.stdout.close()
    eventually(lambda: not runs(child))


def test_a_port_is_waited_for(make: Callable[..., Program]) -> None:
    port = free_port()
    listener = make("listener", str(port))
    listener.start()
    wait_for_port(port, listener)
    with pytest.raises(ProgramFailed, match=f"port {port} on 127.0.0.1 cannot be used: Address already in use"):
        demand_free(port)
    listener.stop()
    demand_free(port)


def test_a_program_that_ends_instead_of_listening_is_told_at_once(make: Callable[..., Program]) -> None:
    talker = make("talker")
    talker.start()
    with pytest.raises(ProgramFailed, match="talker has ended"):
        wait_for_port(free_port(), talker)


def test_a_program_that_never_listens_is_told_in_the_end(make: Callable[..., Program]) -> None:
    idle = make("idle")
    idle.start()
    with pytest.raises(ProgramFailed, match=r"idle did not listen on port \d+ in 0 s"):
        wait_for_port(free_port(), idle, timeout_s=0.2)


def test_a_free_port_can_be_listened_on() -> None:
    socket.create_server(("127.0.0.1", free_port())).close()


def test_a_taken_port_is_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ProgramFailed) as told:
        demand_free(taken.getsockname()[1])
    assert "\n" not in str(told.value)
    assert "--port" in str(told.value)


def test_a_command_is_run_to_its_end_and_what_it_wrote_comes_back() -> None:
    done = run_to_end(["platform"], os.environ, 60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Linux" in done.stdout


def test_an_interruption_in_the_middle_of_a_birth_leaves_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes while the birth is being asked for: the child is on its way, and nobody holds it yet."""
    children: list[subprocess.Popen[str]] = []
    quiet_child, submit = programs._quiet_child, programs._midwife.submit

    def bear(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
        children.append(quiet_child(command, environment))
        return children[-1]

    def interrupted(act: Callable[[], object]) -> object:
        monkeypatch.setattr(programs._midwife, "submit", submit)
        submit(act)
        raise KeyboardInterrupt

    monkeypatch.setattr(programs, "_quiet_child", bear)
    monkeypatch.setattr(programs._midwife, "submit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_to_end(["http.server", "0", "--bind", "127.0.0.1"], os.environ, 60)
    assert [child.returncode for child in children] == [-signal.SIGKILL]


def test_a_command_that_takes_too_long_is_ended() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_to_end(["http.server", "0", "--bind", "127.0.0.1"], os.environ, 0.5)
