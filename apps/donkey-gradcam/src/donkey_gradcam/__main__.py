"""`python -m donkey_gradcam` and the `donkey-gradcam` command."""

import os
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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # warnings of TensorFlow's libraries, no greetings
    return run_command("donkey-gradcam", _load, argv)


def _load() -> "click.Command":
    from donkey_gradcam.cli import cli

    return cli


if __name__ == "__main__":
    raise SystemExit(main())
