"""The reproducibility test under its original name, and the small script that it writes."""

import sys
from collections.abc import Sequence
from pathlib import Path

from breakout_gradcam.__main__ import main as run

MINIMAL = Path("test_minimal_reproducibility.py")
_DEFAULTS = ("--seed", "42", "--n-steps", "50")

_SCRIPT = '''"""Does breakout-gradcam play as rl_zoo3.record_video does? Exit status 0: yes, 1: no."""

from breakout_gradcam.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main({arguments!r}))
'''


def main(argv: Sequence[str]) -> int:
    """Verify, or with `--create-minimal` write the script that verifies with these arguments.

    Returns:
        The exit status of `breakout-gradcam verify`; 1 when the script exists already.
    """
    arguments = [argument for argument in argv if argument != "--create-minimal"]
    if len(arguments) == len(argv):
        return run(["verify", *arguments])
    if MINIMAL.exists():
        print(f"{MINIMAL} exists; move it away, or run it as it is", file=sys.stderr)  # noqa: T201
        return 1
    MINIMAL.write_text(_SCRIPT.format(arguments=["verify", *_DEFAULTS, *arguments]), encoding="utf-8")
    print(f"Wrote {MINIMAL}: run it with `python {MINIMAL}`")  # noqa: T201
    return 0
