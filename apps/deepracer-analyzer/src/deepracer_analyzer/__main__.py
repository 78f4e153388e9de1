"""`python -m deepracer_analyzer` and the `deepracer-analyzer` command."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

# OpenCV before PyAV, which rlviz_video loads: with PyAV's copies of X11's libraries its window would hang.
import rlviz_overlay.opencv  # noqa: F401  # pyright: ignore[reportUnusedImport]
from rlviz_video.command import run_command

if TYPE_CHECKING:
    import click


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; expected errors are one line on stderr.

    Returns:
        The exit status: 0, 1 (bad input), 2 (bad usage), 130 (interrupted).
    """
    return run_command("deepracer-analyzer", _load, argv)


def _load() -> "click.Command":
    from deepracer_analyzer.cli import cli

    return cli


if __name__ == "__main__":
    raise SystemExit(main())
