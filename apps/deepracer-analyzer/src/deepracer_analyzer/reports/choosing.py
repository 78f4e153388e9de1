"""Which laps of a log are shown."""

import re
from collections.abc import Sequence

from deepracer_analyzer.views import Lap

MOST = 6
"""Laps that are shown where nobody chose."""

_PART = re.compile(r"(\d{1,6})(?:\s*-\s*(\d{1,6}))?")


def best_lap(laps: Sequence[Lap]) -> int:
    """The fastest complete lap, or where none is complete the one that came furthest; counted from 0.

    Args:
        laps: One or more.
    """
    return min(range(len(laps)), key=lambda place: _rank(laps[place]))


def choose_laps(laps: Sequence[Lap], chosen: str | None, source: str) -> tuple[tuple[int, ...], str]:
    """Choose laps.

    Args:
        laps: Of a log.
        chosen: Numbers from 1, such as `1,3` or `2-5`, or `all`; None takes all up to six laps, else the best
            six: the fastest complete ones, then those that came furthest.
        source: The log, for messages.

    Returns:
        The laps counted from 0, in the log's order, and a line that says what was left out; empty if nothing.

    Raises:
        ValueError: There are no laps, or no such laps.
    """
    if not laps:
        msg = f"{source}: no laps; give a log in which the car drives"
        raise ValueError(msg)
    everything = tuple(range(len(laps)))
    if chosen is not None:
        return (everything if chosen.strip().lower() == "all" else _numbered(laps, chosen, source)), ""
    if len(laps) <= MOST:
        return everything, ""
    best = sorted(everything, key=lambda place: _rank(laps[place]))[:MOST]
    complete = sum(laps[place].complete for place in best)
    what = "the fastest" if complete == MOST else "the fastest complete ones and those that came furthest"
    if not complete:
        what = "those that came furthest"
    return tuple(
        sorted(best)
    ), f"{MOST} of {len(laps)} laps, {what} (--laps 1,3 or --laps all chooses others)"


def _rank(lap: Lap) -> tuple[bool, float]:
    return (False, lap.seconds) if lap.complete else (True, -lap.progress)


def _numbered(laps: Sequence[Lap], chosen: str, source: str) -> tuple[int, ...]:
    places: set[int] = set()
    for part in chosen.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None:
            msg = f"--laps {chosen}: give numbers of laps, such as 1,3 or 2-5, or all"
            raise ValueError(msg)
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= len(laps):
            msg = f"--laps {chosen}: {source} has laps 1 to {len(laps)}"
            raise ValueError(msg)
        places.update(range(first - 1, last))
    return tuple(sorted(places))


def lap_name(lap: Lap, place: int) -> str:
    """What a lap is called, its episode too where that is another number."""
    return f"lap {place + 1}" if lap.episode == place else f"lap {place + 1} (episode {lap.episode})"
