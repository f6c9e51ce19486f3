import gc
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

import onecard.commands
from card_protocol.errors import CallerFault, EquipmentFault
from onecard.cli import assemble, kept_for_good, main
from onecard.config_file import ConfigError, Problem

COMMANDS = {
    "kat.py": 'import typer\n\ndef kat(file: str) -> None:\n    """Check a file."""\n    typer.echo(file)\n',
    "import_.py": "HELP = 'Take rows in.'\n\ndef import_() -> None:\n    raise SystemExit(7)\n",
    "_private.py": "raise AssertionError('never imported')\n",
    "dial_out/__init__.py": '"""Things that dial."""\n',
    "dial_out/run_now.py": "import typer\n\ndef run_now(times: int = 1) -> None:\n    typer.echo('now ' * times)\n",
}


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> types.ModuleType:
    """A package of commands as it would lie in onecard/commands."""
    name = f"commands_{abs(hash(request.node.name))}"
    for file, text in COMMANDS.items():
        path = tmp_path / name / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return __import__(name)


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(commands: types.ModuleType, capsys: pytest.CaptureFixture[str]) -> Run:
    def run_words(*words: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            assemble(commands, words, "Help.")(list(words), prog_name="onecard")
        said = capsys.readouterr()
        assert isinstance(end.value.code, int)
        return end.value.code, said.out + said.err

    return run_words


def test_a_module_is_a_command(run: Run) -> None:
    assert run("kat", "x.jsonl") == (0, "x.jsonl\n")


def test_a_package_is_a_group_and_underscores_become_hyphens(run: Run) -> None:
    assert run("dial-out", "run-now", "--times", "2") == (0, "now now \n")


def test_a_trailing_underscore_frees_a_keyword(run: Run) -> None:
    assert run("import")[0] == 7


def test_help_lists_what_there_is_and_nothing_private(run: Run) -> None:
    code, said = run("--help")
    assert code == 0
    for line in ("kat       Check a file.", "import    Take rows in.", "dial-out  Things that dial."):
        assert line in said
    assert "private" not in said


def test_only_the_command_that_is_asked_for_is_imported(commands: types.ModuleType, run: Run) -> None:
    run("kat", "x")
    assert f"{commands.__name__}.kat" in sys.modules
    assert f"{commands.__name__}.import_" not in sys.modules


def test_an_unknown_command_is_misuse(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nope"]) == 2
    assert "No such command 'nope'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_help_names_every_command(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    main(words)
    said = capsys.readouterr()
    assert "version" in said.out + said.err


def break_version(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    from onecard.commands import version as module

    def version() -> None:
        raise error

    monkeypatch.setattr(module, "version", version)


class TestErrors:
    @pytest.fixture(autouse=True)
    def english(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ONECARD_LANG", "en")
        monkeypatch.delenv("ONECARD_DEBUG", raising=False)

    def test_an_unexpected_one_is_one_line(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        break_version(monkeypatch, RuntimeError("lost\nits head"))
        assert main(["version"]) == 1
        assert capsys.readouterr().err == "onecard: RuntimeError: lost (ONECARD_DEBUG=1 shows where)\n"

    def test_one_of_our_own_families_says_it_in_its_own_words(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        break_version(monkeypatch, EquipmentFault("another gateway runs on /box"))
        assert main(["version"]) == 1
        assert capsys.readouterr().err == "onecard: another gateway runs on /box\n"

    @pytest.mark.parametrize("error", [EquipmentFault(), CallerFault("a bug")])
    def test_one_without_words_or_of_our_making_keeps_its_name(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception
    ) -> None:
        break_version(monkeypatch, error)
        assert main(["version"]) == 1
        assert type(error).__name__ in capsys.readouterr().err

    def test_with_debug_the_traceback_follows(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("ONECARD_DEBUG", "1")
        break_version(monkeypatch, RuntimeError("lost"))
        assert main(["version"]) == 1
        assert "Traceback (most recent call last)" in capsys.readouterr().err

    def test_a_wrong_configuration_is_told_in_its_own_lines(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        break_version(monkeypatch, ConfigError([Problem("a.toml", 3, "x", "unknown key")]))
        assert main(["version"]) == 2
        assert capsys.readouterr().err == "a.toml, line 3: x: unknown key\n"

    def test_a_command_ends_with_its_own_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        break_version(monkeypatch, typer.Exit(3))
        assert main(["version"]) == 3


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    program = "import sys; from onecard.cli import main; code = main(['version']); sys.stdout.flush(); sys.exit(code)"
    talking = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert talking.stdout is not None
    assert talking.stderr is not None
    talking.stdout.close()
    assert b"Traceback" not in talking.stderr.read()
    talking.stderr.close()
    talking.wait(30)


def test_every_command_of_the_house_can_be_assembled() -> None:
    assert assemble(onecard.commands, [], "").registered_commands


def test_nobody_looks_for_garbage_while_a_program_imports_nor_in_it_later() -> None:
    before = gc.get_freeze_count()
    with kept_for_good(of_a_program=True):
        assert not gc.isenabled()
        kept = [[]]
    assert gc.isenabled()
    assert gc.get_freeze_count() > before
    assert kept


def test_a_command_that_is_called_leaves_the_collector_alone() -> None:
    before = gc.get_freeze_count()
    with kept_for_good(of_a_program=False):
        assert gc.isenabled()
    assert gc.get_freeze_count() == before


def test_a_program_that_crashes_says_where() -> None:
    """`onecard` itself: a crash below Python would otherwise leave not a word."""
    program = (
        "import faulthandler, sys; from onecard.cli import main; sys.argv = ['onecard', 'version']; main();"
        "faulthandler._sigsegv()"
    )
    crashed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert crashed.returncode < 0
    assert "Fatal Python error: Segmentation fault" in crashed.stderr


def test_a_program_without_anywhere_to_complain_runs_all_the_same() -> None:
    program = "import sys; sys.stderr = None; sys.argv = ['onecard', 'version']; from onecard.cli import main; main()"
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
