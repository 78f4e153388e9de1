"""`python -m breakout_gradcam` and the `breakout-gradcam` command."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; expected errors are one line on stderr.

    Returns:
        The exit status: 0, 1 (bad input or a comparison that failed), 2 (bad usage), 130 (interrupted).
    """
    import click

    try:
        from breakout_gradcam.cli import cli

        arguments = repeat_option("--env-kwargs", sys.argv[1:] if argv is None else argv)
        result = cli.main(arguments, prog_name="breakout-gradcam", standalone_mode=False)
    except click.ClickException as error:
        return _refuse(error)
    except (KeyboardInterrupt, click.Abort):
        print("breakout-gradcam: interrupted", file=sys.stderr)  # noqa: T201
        return 130
    except (ValueError, OSError, ImportError) as error:
        print(f"breakout-gradcam: {' '.join(str(error).split())}", file=sys.stderr)  # noqa: T201
        return 1
    return result if isinstance(result, int) else 0


def _refuse(error: "click.ClickException") -> int:
    """Say in one line what was wrong with the usage; the whole help where no command was given."""
    import click

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "breakout-gradcam"
    message = " ".join(error.format_message().split())
    print(f"{command}: {message} (see `{command} --help`)", file=sys.stderr)  # noqa: T201
    return error.exit_code


def repeat_option(name: str, arguments: Sequence[str]) -> list[str]:
    """Turn `name a b` (argparse's `nargs="+"`, as the zoo has it) into `name a name b`, as click wants it."""
    turned: list[str] = []
    repeating = False
    for argument in arguments:
        if argument.startswith("-"):
            repeating = argument == name
        elif repeating and turned[-1] != name:
            turned.append(name)
        turned.append(argument)
    return turned


if __name__ == "__main__":
    raise SystemExit(main())
