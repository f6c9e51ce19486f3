import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts import setup, system_parts
from scripts.system_parts import Part


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository to set up."""
    for name, path in {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv" / "bin" / "python",
        "LOG": tmp_path / "var" / "setup.log",
    }.items():
        monkeypatch.setattr(setup, name, path)
    for folder in ("requirements", "var", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name in ("run", "dev", "build", "pcsc", "pcsc-build"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(f"{name}==1\n")
    return tmp_path


@pytest.fixture
def commands(house: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that would have run, without the interpreter's path."""
    ran: list[str] = []

    def run(command: Sequence[str | Path], failed: str) -> None:
        ran.append(" ".join(str(word).removeprefix(f"{house}/") for word in command[3:]))

    monkeypatch.setattr(setup, "run", run)
    monkeypatch.setattr(setup, "make_environment", lambda: None)
    return ran


@pytest.fixture
def everything_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_parts, "missing_parts", lambda packages=None: [])


@pytest.fixture
def something_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    part = Part("libpcsclite-dev", ("/nonexistent",), "building pyscard")
    monkeypatch.setattr(system_parts, "missing_parts", lambda packages=None: [part])
    monkeypatch.setattr(system_parts, "install", lambda parts, log: False)


LOCKED = "install -q --require-hashes --no-deps"


class TestSteps:
    def test_what_a_program_needs_comes_first_and_itself_last(self, commands: list[str], house: Path) -> None:
        assert setup.main([]) == 0
        assert commands == [
            f"{LOCKED} -r requirements/run.txt",
            f"{LOCKED} -r requirements/build.txt",
            f"install -q --no-deps --no-build-isolation -e {house}",
        ]

    @pytest.mark.usefixtures("everything_is_there")
    def test_a_second_run_does_nothing(self, commands: list[str], house: Path) -> None:
        (house / "server/static/vendor").mkdir(parents=True)
        (house / "server/static/vendor/NOTICE").touch()
        everything = ["--dev", "--pcsc", "--system"]
        assert setup.main(everything) == 0
        assert len(commands) == 6
        commands.clear()
        assert setup.main(everything) == 0
        assert commands == []

    def test_a_changed_lock_file_is_installed_again(self, commands: list[str], house: Path) -> None:
        setup.install_locked("run")
        (house / "requirements/run.txt").write_text("run==2\n")
        setup.install_locked("run")
        setup.install_locked("run")
        assert commands == [f"{LOCKED} -r requirements/run.txt"] * 2

    @pytest.mark.parametrize("source", ["pyproject.toml", "server/locale/zh_CN/LC_MESSAGES/messages.po"])
    def test_a_changed_source_of_the_build_is_built_again(self, source: str, commands: list[str], house: Path) -> None:
        (house / "server/static/vendor").mkdir(parents=True)
        (house / "server/static/vendor/NOTICE").touch()
        setup.install_program()
        (house / source).parent.mkdir(parents=True, exist_ok=True)
        (house / source).write_text("new")
        setup.install_program()
        setup.install_program()
        assert len(commands) == 2

    @pytest.mark.usefixtures("something_is_missing")
    def test_what_is_missing_is_one_line_and_no_failure(
        self, commands: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert setup.main(["--pcsc", "--system"]) == 0
        lines = [line for line in capsys.readouterr().out.splitlines() if "missing" in line]
        remedy = "missing system packages: libpcsclite-dev (as root: apt-get install libpcsclite-dev)"
        assert lines == [f"setup: {remedy}", f"setup: without pyscard (PC/SC readers): {remedy}"]
        assert not any("pcsc" in command for command in commands)


class TestRun:
    def test_the_output_goes_to_the_log(self, house: Path) -> None:
        setup.run(["sh", "-c", "echo out; echo err >&2"], "failed")
        said = (house / "var/setup.log").read_text()
        assert "$ sh -c" in said
        assert said.endswith("out\nerr\n")

    def test_a_failure_is_its_best_line(self, house: Path) -> None:
        script = "echo 'error: old' >&2"
        setup.run(["sh", "-c", script], "failed")
        script = "echo '  onecard: no network'; echo 'ERROR: long story'; exit 1"
        with pytest.raises(setup.SetupFailed, match=r"^installing: no network \(see var/setup\.log\)$"):
            setup.run(["sh", "-c", script], "installing")

    def test_no_end_is_a_failure(self, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(setup, "PIP_TIMEOUT_S", 0.1)
        with pytest.raises(setup.SetupFailed, match="installing: no end after"):
            setup.run(["sleep", "60"], "installing")


@pytest.mark.parametrize(
    ("output", "line"),
    [
        ("a\n  onecard: no network\nERROR: x", "no network"),
        ("a\nERROR: no such file\nerror: late\nb", "no such file"),
        ("a\nb\n\n", "b"),
        ("\n", "no output"),
    ],
)
def test_the_line_that_tells_most(output: str, line: str) -> None:
    assert setup.best_line(output) == line


def test_a_failed_step_is_one_line_and_code_1(
    commands: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise setup.SetupFailed("no network")

    monkeypatch.setattr(setup, "install_program", fail)
    assert setup.main([]) == 1
    assert capsys.readouterr().err == "setup: no network\n"


class TestEnvironment:
    def test_one_is_made_kept_and_made_anew_when_it_is_broken(
        self, house: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        setup.make_environment()
        assert setup.environment_is_sound()
        (house / ".venv/mark").touch()
        setup.make_environment()
        assert (house / ".venv/mark").exists()
        (house / ".venv/bin/python").unlink()
        setup.make_environment()
        assert not (house / ".venv/mark").exists()
        assert capsys.readouterr().out == "setup: virtual environment in .venv\n" * 2

    def test_one_that_was_moved_here_is_not_sound(self, house: Path) -> None:
        (house / ".venv/bin/python").symlink_to(sys.executable)
        assert not setup.environment_is_sound()

    def test_an_old_python_is_told(self, house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(setup, "OLDEST_PYTHON", (99, 1))
        with pytest.raises(setup.SetupFailed, match=r"Python 99\.1 or newer is needed, this is 3\."):
            setup.make_environment()


def test_a_digest_depends_on_names_contents_and_order(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    one, other = tmp_path / "a", tmp_path / "b"
    digests = [setup.digest(files=[one]), setup.digest(files=[other]), setup.digest(files=[one, other])]
    digests += [setup.digest(files=[other, one]), setup.digest("x", files=[one])]
    assert len(set(digests)) == len(digests)
    assert setup.digest(files=[one]) == digests[0]
