"""`python -m breakout_gradcam` and the `breakout-gradcam` command."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rlviz_video.command import run_command

if TYPE_CHECKING:
    import click


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; expected errors are one line on stderr.

    Returns:
        The exit status: 0, 1 (bad input or a comparison that failed), 2 (bad usage), 130 (interrupted).
    """
    arguments = repeat_option("--env-kwargs", sys.argv[1:] if argv is None else argv)
    return run_command("breakout-gradcam", _load, arguments)


def _load() -> "click.Command":
    from breakout_gradcam.cli import cli

    return cli


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
