"""`python -m nn_video_generator` and the `nn-video-generator` command."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rlviz_video.command import run_command

if TYPE_CHECKING:
    import click

_OF_THE_GROUP = {"-h", "--help", "--version"}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; expected errors are one line on stderr.

    Options without a command, as in the original tool, are those of `generate`.

    Returns:
        The exit status: 0, 1 (bad input, or a checkpoint that failed), 2 (bad usage), 130 (interrupted).
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0].startswith("-") and arguments[0] not in _OF_THE_GROUP:
        arguments.insert(0, "generate")
    return run_command("nn-video-generator", _load, arguments)


def _load() -> "click.Command":
    from nn_video_generator.cli import cli

    return cli


if __name__ == "__main__":
    raise SystemExit(main())
