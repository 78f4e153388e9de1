"""What the command lines of all apps do alike: fill settings, tell errors; needs the extra `cli`."""

import faulthandler
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from functools import reduce
from typing import Any, TypeVar, cast

import click

Command = TypeVar("Command", bound=Callable[..., Any])
Settings = TypeVar("Settings")

CONTEXT_SETTINGS: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 110}
"""For an app's group: `-h` helps too, and help is as wide as the terminal up to 110 columns."""


def together(*decorators: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Several options as one decorator, shown in the order given."""
    return lambda command: reduce(lambda inner, outer: outer(inner), reversed(decorators), command)


def pick(settings: type[Settings], given: Mapping[str, Any], **more: Any) -> Settings:  # noqa: ANN401
    """Fill a dataclass of settings from the options of its fields' names; `more` comes before `given`.

    Raises:
        ValueError: What the settings themselves refuse.
    """
    names = [field.name for field in fields(cast("Any", settings))]
    return settings(**({name: given[name] for name in names if name in given} | more))


def teller(as_json: bool) -> Callable[[str], None]:
    """Lines for the console; with `--json` there are none."""
    return (lambda _: None) if as_json else click.echo


def run_command(name: str, load: Callable[[], click.Command], arguments: Sequence[str] | None = None) -> int:
    """Run an app's command line; expected errors are one line on stderr.

    Args:
        name: The app's name, for usage and errors.
        load: Imports the command; a package or system library that is missing is told in one line too.
        arguments: Those of the command line; `sys.argv` without its first when None.

    Returns:
        The exit status: the command's own result when it is an int, else 0; 1 (bad input), 2 (bad usage) or
        130 (interrupted).
    """
    try:
        command = load()
        result = command.main(
            list(sys.argv[1:] if arguments is None else arguments), prog_name=name, standalone_mode=False
        )
    except click.ClickException as error:
        return _refuse(name, error)
    except (KeyboardInterrupt, click.Abort):
        click.echo(f"{name}: interrupted", err=True)
        return 130
    except (ValueError, OSError, ImportError) as error:
        click.echo(f"{name}: {_in_one_line(str(error))}", err=True)
        return 1
    return result if isinstance(result, int) else 0


@contextmanager
def native_stderr_held() -> Generator[None]:
    """Hold back what native code writes to stderr in the block; an unexpected error lets it through.

    TensorFlow's libraries greet on stderr while they are loaded, before any setting of theirs can be heard.
    A crash in native code, which would take with it what was held, leaves Python's traceback on stderr.
    """
    sys.stderr.flush()
    own = os.dup(2)
    watching = not faulthandler.is_enabled()
    with tempfile.TemporaryFile() as held:
        if watching:
            faulthandler.enable(own)
        os.dup2(held.fileno(), 2)
        try:
            yield
        except (ValueError, OSError):
            raise  # these are told in one line
        except BaseException:
            held.seek(0)
            with os.fdopen(os.dup(own), "wb") as out:
                shutil.copyfileobj(held, out)
            raise
        finally:
            sys.stderr.flush()
            os.dup2(own, 2)
            if watching:
                faulthandler.disable()
            os.close(own)


def _refuse(name: str, error: click.ClickException) -> int:
    """Say in one line what was wrong with the usage; the whole help where no command was given."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else name
    message = f"{command}: {_in_one_line(error.format_message())} (see `{command} --help`)"
    click.echo(message, err=True)
    return error.exit_code


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
