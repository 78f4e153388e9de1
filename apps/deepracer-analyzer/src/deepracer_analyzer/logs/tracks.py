"""Tracks: the user's `.npy` files, and which of them a log was driven on."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from deepracer_analyzer.logs.centerline import finite_rows, nearest_rows, project
from deepracer_analyzer.logs.driven_line import driven_line
from deepracer_analyzer.views import Floats, Log, Rows, Track

LENGTH_TOLERANCE = 0.01
"""By how much of its length a track may differ from `track_len`: files of one track differ by 0.05 %."""

AGREEMENT = 0.8
"""Share of the rows whose `closest_waypoint` must be the nearest row of the file, or one beside it."""

_EXPECTED = "expected float64 (N, 6): x and y of centre line, inner and outer border"


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a track suits a log.

    Attributes:
        track: Which.
        length_error: Metres by which it is longer than the log says (shorter where negative).
        distance: Mean metres of the rows on track from the centre line.
        half_width: Mean metres from the centre line to the borders.
        agreement: Share of these rows whose `closest_waypoint` is the file's nearest row, or one beside it.
        exact: Share of these rows whose `closest_waypoint` is the nearest row itself.
        forward: Whether the car drove in the order of the file's rows.
    """

    track: Track
    length_error: float
    distance: float
    half_width: float
    agreement: float
    exact: float
    forward: bool

    @property
    def tests_passed(self) -> int:
        """0 (nothing fits) to 3 (it is the track), counted up to the first that fails."""
        if abs(self.length_error) > LENGTH_TOLERANCE * self.track.length:
            return 0
        if self.distance > self.half_width:
            return 1
        return 2 if self.agreement < AGREEMENT else 3

    @property
    def reason(self) -> str:
        """What speaks against it."""
        length = self.track.length
        numbers = f"its way points have other numbers ({self.agreement:.0%} of the rows agree)"
        return (
            f"it is {length:.2f} m long, the log says {length - self.length_error:.2f} m",
            f"the car was {self.distance:.2f} m from its centre line on average, its border is "
            f"{self.half_width:.2f} m from it",
            numbers if self.forward else "it runs the other way round",
            "nothing",
        )[self.tests_passed]


def load_track(path: Path | str) -> Track:
    """Read a track file: float64 (N, 6), centre x, y, inner x, y, outer x, y in metres; first row = last row.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not such a track; the message says what is wrong.
    """
    path = Path(path)
    rows = np.array(_load_array(path), dtype=np.float64)
    if len(rows) < 4:
        msg = f"{path}: a track of {len(rows)} rows; {_EXPECTED}, at least 4 rows"
        raise ValueError(msg)
    if not np.isfinite(rows).all():
        msg = f"{path}: {np.count_nonzero(~np.isfinite(rows))} numbers are not finite; {_EXPECTED}"
        raise ValueError(msg)
    if not np.allclose(rows[0], rows[-1], atol=1e-3):
        gap = np.hypot(*(rows[0] - rows[-1])[:2])
        msg = f"{path}: its ends are {gap:.2f} m apart; expected a closed track whose last row is its first"
        raise ValueError(msg)
    center, inner, outer = (np.ascontiguousarray(rows[:, first : first + 2]) for first in (0, 2, 4))
    track = Track(path.stem, center, inner, outer)
    if track.length <= 0:
        msg = f"{path}: a centre line without length; {_EXPECTED}"
        raise ValueError(msg)
    return track


def _load_array(path: Path) -> NDArray[np.generic]:
    """The file's array, still on the disk: a header that promises too much allocates nothing.

    Arrays of Python objects are refused, not unpickled.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is no such array.
    """
    if path.is_dir():
        msg = f"{path} is a folder; expected a track file (.npy)"
        raise IsADirectoryError(msg)
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):  # headers of Python 2
            array: NDArray[np.generic] = open_memmap(path, mode="r")
    except OSError as error:
        if error.errno is None:
            raise
        msg = f"cannot read {path}: {error.strerror}"
        raise type(error)(msg) from error
    except (ValueError, EOFError, SyntaxError, OverflowError, TokenError) as error:
        msg = f"{path} is no NumPy array (.npy) that can be read: {_one_line(error)}; {_EXPECTED}"
        raise ValueError(msg) from error
    if array.ndim != 2 or array.shape[1] != 6 or array.dtype.kind not in "fiu":
        msg = f"{path} is {array.dtype} {array.shape}; {_EXPECTED}"
        raise ValueError(msg)
    return array


def _one_line(error: Exception) -> str:
    text = str(error.args[0]) if error.args else ""
    return (text.splitlines() or [type(error).__name__])[0].rstrip(".")


def find_track(log: Log, folder: Path | None) -> tuple[Track, str]:
    """Find the track a log was driven on by length, centre line and numbers of its way points.

    Args:
        log: The log.
        folder: Where track files (`.npy`) are; a single such file will do; None if the user named none.

    Returns:
        The track, or the driven line where none of the files fits, and one line that says how it is known.

    Raises:
        OSError: There is no such folder.
        ValueError: No track fits, and the log has too few positions for a driven line.
    """
    if folder is None:
        line, whose = driven_line(log)
        return line, f"{whose}; give a folder of track files (--tracks) to see borders"
    files = _track_files(folder)
    if not usable_rows(log).any():
        line, whose = driven_line(log)
        return line, f"{whose}; no file was tried: the log has no row on the track with its track_len"
    fits, broken = _fits(log, files)
    found = [fit for fit in fits if fit.tests_passed == 3]
    if found:
        return found[0].track, _found_line(found, folder) + _broken_line(broken)
    line, whose = driven_line(log)
    return line, f"{whose}; {_miss_line(fits, folder)}{_broken_line(broken)}"


def _track_files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        msg = f"{folder} does not exist; give a folder of track files (.npy)"
        raise FileNotFoundError(msg)
    return sorted(path for path in folder.iterdir() if path.suffix.lower() == ".npy" and path.is_file())


def _fits(log: Log, files: list[Path]) -> tuple[list[Fit], list[str]]:
    """How each file fits, the best first, and what is wrong with those that are no track."""
    fits: list[Fit] = []
    broken: list[str] = []
    for path in files:
        try:
            fits.append(measure(log, load_track(path)))
        except (OSError, ValueError) as error:
            broken.append(str(error))
    fits.sort(
        key=lambda fit: (
            -fit.tests_passed,
            abs(fit.length_error) if fit.tests_passed == 0 else 0.0,
            -fit.exact,
            fit.distance,
            abs(fit.length_error),
            fit.track.name,
        )
    )
    return fits, broken


def measure(log: Log, track: Track) -> Fit:
    """Measure how well a track suits a log, over the rows in which the car was on the track.

    Args:
        log: At least one of its rows has a position, a way point and a track length, all wheels on track.
        track: Any.
    """
    frame, usable = log.frame, usable_rows(log)
    places = frame[["X", "Y"]].to_numpy(np.float64)[usable]
    numbers = frame["closest_waypoint"].to_numpy(np.float64)[usable]
    count = len(track.center) - 1  # the last row is the first
    nearest = nearest_rows(track.center[:-1], places)
    apart = np.abs((numbers - nearest + count // 2) % count - count // 2)
    half_width = np.inf
    if track.inner is not None and track.outer is not None:
        half_width = float(np.hypot(*(track.inner - track.outer).T).mean()) / 2
    return Fit(
        track=track,
        length_error=track.length - float(np.median(frame["track_len"].to_numpy(np.float64)[usable])),
        distance=float(np.abs(project(track.center, places).left).mean()),
        half_width=half_width,
        agreement=float((apart <= 1).mean()),
        exact=float((apart == 0).mean()),
        forward=_forward(nearest, count, frame["progress"].to_numpy(np.float64)[usable]),
    )


def usable_rows(log: Log) -> NDArray[np.bool_]:
    """The rows that say where the car was on its track, bool (N,)."""
    frame = log.frame
    known = np.isfinite(frame["track_len"].to_numpy(np.float64))
    known &= frame["closest_waypoint"].to_numpy(np.float64) >= 0
    places = finite_rows(frame[["X", "Y"]].to_numpy(np.float64))
    return known & places & frame["all_wheels_on_track"].to_numpy(np.bool_)


def _forward(nearest: Rows, count: int, progress: Floats) -> bool:
    """Whether rows of the file rise where progress does."""
    steps = (np.diff(nearest) + count // 2) % count - count // 2
    return bool((steps * np.sign(np.nan_to_num(np.diff(progress))) * (np.abs(steps) <= 3)).sum() >= 0)


def _found_line(found: list[Fit], folder: Path) -> str:
    best = found[0]
    others = ", ".join(fit.track.name for fit in found[1:])
    return (
        f"{best.track.name} ({best.track.length:.2f} m) from {folder}: closest_waypoint is its nearest "
        f"row in {best.exact:.0%} of the rows, {best.distance:.2f} m from its centre line on average"
    ) + (f"; {others} would do as well" if others else "")


def _miss_line(fits: list[Fit], folder: Path) -> str:
    if not fits:
        return f"no track file (.npy) in {folder}"
    nearest = fits[0]
    if len(fits) == 1:
        return f"{nearest.track.name} in {folder} does not fit: {nearest.reason}"
    return (
        f"none of the {len(fits)} files in {folder} fits: "
        f"{nearest.track.name} comes nearest, but {nearest.reason}"
    )


def _broken_line(broken: list[str]) -> str:
    return f"; {len(broken)} left out: {broken[0]}{' ...' * (len(broken) > 1)}" if broken else ""
