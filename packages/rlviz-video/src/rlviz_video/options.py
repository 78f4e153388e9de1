"""Command-line options for what is written, declared once for every app; needs the extra `cli`."""

from collections.abc import Callable
from typing import Any

import click

Option = Callable[[Any], Any]
"""What a decorator of click is."""

force_option: Option = click.option("--force", is_flag=True, help="Replace outputs that exist.")

json_option: Option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")

save_frames_option: Option = click.option(
    "--save-frames", is_flag=True, help="Keep every frame of the video with heat as PNG too."
)
