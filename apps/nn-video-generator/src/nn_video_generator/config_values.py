"""Values of a config, checked one by one: what a key may hold, and one line on what it holds instead."""

import math
import reprlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")

_SHORTLY = reprlib.Repr()  # lists in lists can be without end in YAML
_SHORTLY.maxlevel = 2


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What a key may hold.

    Attributes:
        expected: in words, for the message.
        read: gives the value as the program wants it, or None for what is none.
    """

    expected: str
    read: Callable[[object], T | None]


def value(section: Mapping[str, Any], where: str, key: str, kind: Kind[T]) -> T | None:
    """Read a key of a section.

    Args:
        section: of the config.
        where: its dotted name with a dot at the end; empty for the top.
        key: of the section.
        kind: what the key may hold.

    Returns:
        None where the section has no such key, or leaves it empty.

    Raises:
        ValueError: the key holds something else.
    """
    given: object = section.get(key)
    if given is None:
        return None
    found = kind.read(given)
    if found is None:
        message = f"{where}{key}: {_SHORTLY.repr(given)} is not usable; give {kind.expected}"
        raise ValueError(message)
    return found


def subsection(section: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Read a section of a config; empty where there is none.

    Raises:
        ValueError: there is something else of that name.
    """
    found = value(section, "", name, Kind("a mapping of keys to values", _mapping))
    return {} if found is None else found


def whole(low: int, high: int) -> Kind[int]:
    """A whole number in a range, ends included; also written as `1e6`."""

    def read(given: object) -> int | None:
        number = _number(given)
        usable = number is not None and number == int(number) and low <= number <= high
        return int(number) if usable else None  # pyright: ignore[reportArgumentType] (a number here)

    return Kind(f"a whole number from {low} to {high}", read)


def number(low: float, high: float) -> Kind[float]:
    """A number in a range, ends included; also written as `1e-4`, which YAML takes for text."""

    def read(given: object) -> float | None:
        found = _number(given)
        return found if found is not None and low <= found <= high else None

    return Kind(f"a number from {low:g} to {high:g}", read)


def schedule(low: float, high: float) -> Kind[float | str]:
    """A number in a range, or one that falls to zero in the training, as the zoo writes it: `lin_2.5e-4`."""
    plain = number(low, high)

    def read(given: object) -> float | str | None:
        if isinstance(given, str) and given.startswith("lin_"):
            return None if plain.read(given.removeprefix("lin_")) is None else given
        return plain.read(given)

    return Kind(f"{plain.expected}, or one that falls to zero, such as lin_2.5e-4", read)


def text() -> Kind[str]:
    """Some text."""
    return Kind("a text", lambda given: given if isinstance(given, str) and given.strip() else None)


def flag() -> Kind[bool]:
    """True or false."""
    return Kind("true or false", lambda given: given if isinstance(given, bool) else None)


def one_of(names: Sequence[str]) -> Kind[str]:
    """One of a few names, in letters of any size, with or without hyphens."""

    def read(given: object) -> str | None:
        plain = given.lower().replace("-", "").replace("_", "") if isinstance(given, str) else None
        return plain if plain in names else None

    return Kind(f"one of: {', '.join(names)}", read)


def size(low: int, high: int) -> Kind[tuple[int, int]]:
    """Height and width of a picture, or one number for both."""
    side = whole(low, high)

    def read(given: object) -> tuple[int, int] | None:
        sides = list(cast("list[object]", given)) if isinstance(given, list | tuple) else [given, given]
        read_sides = [side.read(one) for one in sides]
        match read_sides:
            case [int(height), int(width)]:
                return height, width
            case _:
                return None

    return Kind(f"[height, width] or one number for both, each from {low} to {high}", read)


def percentages() -> Kind[tuple[float, ...]]:
    """Percentages, which come out in order, each once."""
    percent = number(0, 100)

    def read(given: object) -> tuple[float, ...] | None:
        if not isinstance(given, list | tuple):
            return None
        numbers = [percent.read(one) for one in cast("list[object]", given)]
        known = {one for one in numbers if one is not None}
        return tuple(sorted(known)) if known and None not in numbers else None

    return Kind("a list of percentages from 0 to 100, such as [10, 50, 100]", read)


def _mapping(given: object) -> Mapping[str, Any] | None:
    if not isinstance(given, Mapping):
        return None
    return {str(key): item for key, item in cast("Mapping[object, Any]", given).items()}


def _number(given: object) -> float | None:
    """A finite number, which YAML may have left as text (`1e-4` has no point)."""
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        found = float(given)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
