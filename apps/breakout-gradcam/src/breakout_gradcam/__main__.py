"""`python -m breakout_gradcam` and the `breakout-gradcam` command."""

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; expected errors are one line on stderr.

    Returns:
        The exit status: 0, 1 (bad input or a comparison that failed), 2 (bad usage), 130 (interrupted).
    """
    import click

    from breakout_gradcam.cli import cli

    try:
        result = cli.main(
            list(argv) if argv is not None else None, prog_name="breakout-gradcam", standalone_mode=False
        )
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("Interrupted: what was recorded so far is finished and playable.", file=sys.stderr)  # noqa: T201
        return 130
    except (ValueError, OSError, ModuleNotFoundError) as error:
        print(f"breakout-gradcam: {' '.join(str(error).split())}", file=sys.stderr)  # noqa: T201
        return 1
    return result if isinstance(result, int) else 0


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
