"""Reward components as people give them: JSON files and `name=expression` pairs."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from deepracer_analyzer.rewards.grammar import one_line

MOST_BYTES = 1_000_000

EXAMPLE = '{"Speed": "{speed}**2"}'


def read_expressions(given: str | Path | Sequence[str | Path]) -> dict[str, str]:
    """Names and expressions from what `--rewards` was given, once or several times.

    Each is the path of a JSON file with one object, `{"Speed": "{speed}**2", ...}`, or such an object itself,
    or one pair `Speed={speed}**2`, name first. A file of that name comes before a pair.

    Args:
        given: One of these, or several; those of later ones come after those of earlier ones.

    Raises:
        ValueError: It is none of these, not text, too large, or a name stands twice.
        OSError: A file cannot be read.
    """
    single = isinstance(given, str | Path)
    expressions: dict[str, str] = {}
    for one in [given] if single else given:
        for name, text in _read(one):
            if name in expressions:
                msg = f"--rewards: component {name!r} was given twice; give each name once"
                raise ValueError(msg)
            expressions[name] = text
    return expressions


def check_component(name: object, text: object, source: str = "reward components") -> tuple[str, str]:
    """A component's name and expression, if they are texts and the name can be written on a chart.

    Args:
        name: The name.
        text: The expression; what it says is not looked at.
        source: Where they were read, for the message.

    Raises:
        ValueError: They are not.
    """
    if not (isinstance(name, str) and name.isprintable() and name.strip() and len(name) <= 80):
        msg = f"{source}: {one_line(repr(name), 60)} is no name; give 1 to 80 printable characters"
        raise ValueError(msg)
    if not isinstance(text, str):
        msg = f"{source}: component {name!r} is {one_line(repr(text), 60)}; give an expression in quotes"
        raise ValueError(msg)  # noqa: TRY004  what a file or option says is a value
    return name, text


def _read(given: str | Path) -> Iterable[tuple[str, str]]:
    if isinstance(given, Path) or _is_file(given):
        return _read_file(Path(given))
    shown = one_line(given, 60)
    if given.lstrip().startswith("{") and given.rstrip().endswith("}") and ":" in given:
        return _read_json(given, f"--rewards {shown!r}")
    name, sign, text = given.partition("=")
    # `{status}=='pause'`, and every expression without a name, has no name before a single =.
    if not sign or text.startswith("=") or set(name) & set("{}<>!'\""):
        msg = (
            f"--rewards {shown!r}: neither a file nor a name and an expression; "
            f"give a JSON file such as {EXAMPLE}, or Speed={{speed}}**2"
        )
        raise ValueError(msg)
    return [check_component(name.strip(), text.strip(), f"--rewards {shown!r}")]


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a path, or with a null byte
        return False


def _read_file(path: Path) -> Iterable[tuple[str, str]]:
    data = path.read_bytes()
    if len(data) > MOST_BYTES:
        msg = f"{path}: {len(data):,} bytes; give a JSON file of {MOST_BYTES:,} at most, such as {EXAMPLE}"
        raise ValueError(msg)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = f"{path}: not UTF-8 text; give a JSON file such as {EXAMPLE}"
        raise ValueError(msg) from None
    return _read_json(text, str(path))


def _read_json(text: str, source: str) -> Iterable[tuple[str, str]]:
    try:
        value = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        reason = one_line(str(error)) if isinstance(error, ValueError) else "too deeply nested"
        msg = f"{source}: not JSON ({reason}); give an object such as {EXAMPLE}"
        raise ValueError(msg) from None
    if not isinstance(value, _Pairs):
        msg = f"{source}: not an object of names and expressions; give one such as {EXAMPLE}"
        raise ValueError(msg)  # noqa: TRY004  what a file says is a value
    if not value:
        msg = f"{source}: no component in it; give one such as {EXAMPLE}"
        raise ValueError(msg)
    return [check_component(name, expression, source) for name, expression in value]


class _Pairs(list[tuple[str, object]]):
    """A JSON object with its names in order, also those that stand twice."""
