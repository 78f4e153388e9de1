"""`python -m network_analyzer` and the `network-analyzer` command."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rlviz_video.command import run_command

if TYPE_CHECKING:
    import click


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; expected errors are one line on stderr.

    Returns:
        The exit status: 0, 1 (bad input), 2 (bad usage), 130 (interrupted).
    """
    return run_command("network-analyzer", _load, argv)


def _load() -> "click.Command":
    from network_analyzer.cli import cli

    return cli


if __name__ == "__main__":
    raise SystemExit(main())
