"""The `onecard` command, assembled from the modules of `onecard/commands/`.

A module there is a command: `commands/kat.py` with the function `kat` is `onecard kat`. A package there is a group:
`commands/server/run.py` is `onecard server run`. An underscore in a name becomes a hyphen on the command line
(`import_` becomes `import`). The text of `--help` is the module's HELP, made with `onecard.language.say`, or else the
first paragraph of the function's docstring; for a group, HELP or the docstring of the package.

Only the module that is asked for is imported, so that `onecard version` does not wait for a web framework.
"""

import contextlib
import faulthandler
import gc
import importlib
import os
import pkgutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from types import ModuleType

import typer

import onecard.commands
from card_protocol.errors import CallerFault, Fault
from onecard.config_file import ConfigError
from onecard.gateway_problems import problem_words
from onecard.language import say
from onecard.logs import set_up_logs

FAILED = 1
MISUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code. Every error is one clear line, ONECARD_DEBUG=1 adds the traceback."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None:
        tell_crashes()
    try:
        set_up_logs(words[0] if words else "onecard")
        with kept_for_good(of_a_program=arguments is None):
            app = assemble(onecard.commands, words, HELP)
        app(words, prog_name="onecard")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else FAILED
    except ConfigError as error:
        typer.echo(str(error), err=True)
        return MISUSED
    except BrokenPipeError:
        # The reader of our output went away (`onecard … | head`); the interpreter must not complain about it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:
        typer.echo(one_line(error), err=True)
        if os.environ.get("ONECARD_DEBUG"):
            traceback.print_exception(error)
        return FAILED
    return 0


HELP = say("The one-card system for a residential community.", "善贤一卡通：小区一卡通系统。")


def tell_crashes() -> None:
    """A crash below Python (SIGSEGV, SIGBUS, SIGABRT) says where every thread was, instead of nothing at all."""
    with contextlib.suppress(RuntimeError, OSError):  # no stderr, or none that is a file
        faulthandler.enable()


@contextlib.contextmanager
def kept_for_good(of_a_program: bool) -> Iterator[None]:
    """Nobody looks for garbage in what a program imports: a fifth of its start is spent on that, in vain.

    What was imported lives to the end and is not looked through later either: no tap waits for that.
    """
    if not of_a_program:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def one_line(error: Exception) -> str:
    """What an error is told as: a fault of the world around us in its own words, an unexpected one with its name."""
    said = str(error).strip().split("\n")[0]
    if said and isinstance(error, Fault) and not isinstance(error, CallerFault):
        return f"onecard: {problem_words(said)}"
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"onecard: {what}" + say(" (ONECARD_DEBUG=1 shows where)", "（设置 ONECARD_DEBUG=1 可查看位置）")


def assemble(package: ModuleType, words: Sequence[str], text: str) -> typer.Typer:
    """The application made of the commands in `package`; only of the one that `words` begin with, where it exists."""
    app = typer.Typer(
        help=text, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
    )
    # With a callback even a single command keeps its name.
    app.callback()(lambda: None)
    modules = {command_name(name): name for name in module_names(package)}
    asked = [words[0]] if words and words[0] in modules else sorted(modules)
    for name in asked:
        module = importlib.import_module(f"{package.__name__}.{modules[name]}")
        module_help = getattr(module, "HELP", None)
        if hasattr(module, "__path__"):
            app.add_typer(assemble(module, words[1:], module_help or module.__doc__ or ""), name=name)
        else:
            app.command(name, help=module_help)(getattr(module, modules[name]))
    return app


def module_names(package: ModuleType) -> Iterator[str]:
    """The modules and packages directly inside a package, by name; those that begin with an underscore are private."""
    return (found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_"))


def command_name(module: str) -> str:
    """How a module is called on the command line."""
    return module.rstrip("_").replace("_", "-")
