"""From raw maps to heat in [0, 1] (or [-1, 1]): a choice about the whole video, made by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatMap = NDArray[np.float32]

HEADROOM = 1.5
"""How many times the typical peak full heat is: peaks up to half above it still differ."""


class Normalizer(Protocol):
    """Divides maps by a peak; zero stays zero and signs stay."""

    def __call__(self, raw: FloatMap) -> FloatMap:
        """Heat in [-1, 1] of raw's shape; in [0, 1] when raw has no negative values.

        Args:
            raw: Float32, any shape, un-normalised.

        Raises:
            ValueError: raw holds a value that is not finite.
        """
        ...

    def reset(self) -> None:
        """Forget what was seen."""
        ...


class PerFrame:
    """Each map by its own peak: weak maps look as strong as strong ones, and a video flickers."""

    def __call__(self, raw: FloatMap) -> FloatMap:
        """Heat of raw's shape whose strongest value is 1 or -1."""
        return divide(raw, _peak(raw))

    def reset(self) -> None:
        """Nothing is kept, so there is nothing to forget."""


class RunningMax:
    """By the highest peak so far: causal, and never falls, so that a video does not flicker."""

    def __init__(self) -> None:
        self.peak = 0.0

    def __call__(self, raw: FloatMap) -> FloatMap:
        """Heat of raw's shape, 1 only where the map reaches the highest peak so far."""
        self.peak = max(self.peak, _peak(raw))
        return divide(raw, self.peak)

    def reset(self) -> None:
        """Start again from the next map's own peak."""
        self.peak = 0.0


class NoHeatError(ValueError):
    """None of a sample's maps has anything to show, so that nothing says what full heat is."""


def typical_peak(maps: FloatMap, headroom: float = HEADROOM) -> float:
    """The value of full heat for the scale "typical": headroom * exp(mean log max |x[n]|) over a sample.

    A geometric mean, as peaks differ by factors. Maps of nothing do not count. Measured once, before a video
    begins, it makes equal maps equal heat in every frame.

    Args:
        maps: Float32 (N, ...), un-normalised, of the evidence that is to be shown.
        headroom: How many times the mean peak full heat is, above 0.

    Raises:
        NoHeatError: No map has a value other than 0, or there is no map.
        ValueError: A value is not finite, or the headroom is not above 0.
    """
    if not (np.isfinite(headroom) and headroom > 0):
        msg = f"a headroom of {headroom}; give a number above 0"
        raise ValueError(msg)
    peaks = np.array([_peak(one) for one in maps], np.float64)
    peaks = peaks[peaks > 0]
    if peaks.size == 0:
        msg = (
            f"none of the {len(maps)} maps of the sample has a value other than 0, so nothing says what full "
            "heat is; give maps that show something, or choose another scale"
        )
        raise NoHeatError(msg)
    return headroom * float(np.exp(np.log(peaks).mean()))


class TypicalPeak:
    """By the typical peak of late: causal, no flicker; an outlier is clipped instead of darkening the rest.

    log p[t] = d * log p[t-1] + (1 - d) * log max |x[t]|, d = 2 ** (-1 / half_life): a geometric mean, as
    peaks differ by factors. Full heat is headroom * p[t]. Maps of nothing do not count.
    """

    def __init__(self, half_life: float = 60, headroom: float = HEADROOM) -> None:
        """half_life is in frames, headroom how many times the mean peak full heat is; both above 0."""
        if not (np.isfinite([half_life, headroom]).all() and min(half_life, headroom) > 0):
            msg = f"a half-life of {half_life} frames and a headroom of {headroom}; give numbers above 0"
            raise ValueError(msg)
        self._decay = 0.5 ** (1 / half_life)
        self._headroom = headroom
        self._log_mean: float | None = None

    @property
    def peak(self) -> float:
        """The map's value that is full heat now; 0 before the first map of something."""
        return 0.0 if self._log_mean is None else self._headroom * float(np.exp(self._log_mean))

    def __call__(self, raw: FloatMap) -> FloatMap:
        """Heat of raw's shape, clipped to [-1, 1]."""
        peak = _peak(raw)
        if peak > 0:
            last = np.log(peak) if self._log_mean is None else self._log_mean
            self._log_mean = float(self._decay * last + (1 - self._decay) * np.log(peak))
        return np.clip(divide(raw, self.peak), -1, 1)

    def reset(self) -> None:
        """Start again from the next map's own peak."""
        self._log_mean = None


class Fixed:
    """By a given peak, the same for every video; what is stronger is clipped."""

    def __init__(self, value: float) -> None:
        if not (np.isfinite(value) and np.float32(value) > 0):
            msg = f"a fixed scale of {value}; give the map's value that is to be full heat, a number above 0"
            raise ValueError(msg)
        self.peak = float(value)

    def __call__(self, raw: FloatMap) -> FloatMap:
        """Heat of raw's shape, clipped to [-1, 1]."""
        _peak(raw)
        return np.clip(divide(raw, self.peak), -1, 1)

    def reset(self) -> None:
        """Nothing is kept, so there is nothing to forget."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How the peak of a scale is found.

    Attributes:
        make: Makes the normaliser from the fixed value, if there is one.
        resets_each_episode: Whether reset() is to be called at each episode's first frame.
        needs_value: Whether a person must give the value.
        full_heat: What full heat means, in two or three words, for a legend.
        description: For people, in full.
        measured: Whether the value is measured from a sample of maps beforehand (`typical_peak`).
    """

    make: Callable[[float | None], Normalizer]
    resets_each_episode: bool
    needs_value: bool
    full_heat: str
    description: str
    measured: bool = False


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "frame": Scale(
            lambda _: PerFrame(), False, False, "frame's peak", "each frame by its own peak (flickers)"
        ),
        "recent": Scale(
            lambda _: TypicalPeak(),
            False,
            False,
            "1.5 x typical peak",
            "1.5 times the typical peak of late",
        ),
        "typical": Scale(
            lambda value: Fixed(value or 0.0),
            False,
            False,
            "1.5 x typical peak",
            "1.5 times the typical peak of a sample, measured beforehand",
            measured=True,
        ),
        "episode": Scale(
            lambda _: RunningMax(), True, False, "episode's peak", "the highest peak of the episode so far"
        ),
        "clip": Scale(
            lambda _: RunningMax(), False, False, "clip's peak", "the highest peak of the whole clip so far"
        ),
        "fixed": Scale(
            lambda value: Fixed(value or 0.0), False, True, "given value", "a given value is full heat"
        ),
    }
)
"""Name of each scale, how it is made and when it is reset."""


def check_scale(name: str, value: float | None = None) -> None:
    """Refuse a person's choice of scale and value before anything is measured or made.

    Args:
        name: A key of SCALES.
        value: The map's value that is full heat; for "fixed" alone.

    Raises:
        ValueError: No scale of that name, no value for "fixed", or a value for another scale.
    """
    if name not in SCALES:
        msg = f"no scale {name!r}; choose one of: {', '.join(SCALES)}"
        raise ValueError(msg)
    if SCALES[name].needs_value:
        if value is None:
            msg = f"the scale {name!r} without a value; give the map's value that is to be full heat"
            raise ValueError(msg)
        Fixed(value)  # refuses a value that is not above 0
    elif value is not None:
        msg = f"the value {value} for the scale {name!r}, which finds its own; leave it out or choose 'fixed'"
        raise ValueError(msg)


def make_scale(name: str, value: float | None = None) -> Normalizer:
    """The normaliser of a scale's name.

    Args:
        name: A key of SCALES.
        value: The map's value that is full heat: given by a person for "fixed", measured with
            `typical_peak` for "typical", None for the others.

    Raises:
        ValueError: No scale of that name, no value where one is needed, or a value where none is.
    """
    scale = SCALES.get(name)
    if scale is None or not scale.measured:
        check_scale(name, value)
    elif value is None:
        msg = f"the scale {name!r} without a value; measure it from a sample of maps (typical_peak)"
        raise ValueError(msg)
    return SCALES[name].make(value)


class Smoother:
    """Causal exponential mean over frames: a frame's weight halves every half_life frames.

    y[t] = d * y[t-1] + (1 - d) * x[t] with d = 2 ** (-1 / half_life), and y[0] = x[0].
    """

    def __init__(self, half_life: float) -> None:
        """half_life is in frames; 0 passes every map through as it is."""
        if not (np.isfinite(half_life) and half_life >= 0):
            msg = f"a half-life of {half_life} frames; give a number of 0 or more"
            raise ValueError(msg)
        self._decay = 0.0 if half_life == 0 else 0.5 ** (1 / half_life)
        self._mean: FloatMap | None = None

    def __call__(self, raw: FloatMap) -> FloatMap:
        """The mean after this map, float32 of its shape, a new array.

        Raises:
            ValueError: The map has another shape than those before it.
        """
        if self._mean is None:
            mean = raw.astype(np.float32)
        elif self._mean.shape != raw.shape:
            msg = f"a map of shape {raw.shape} after one of shape {self._mean.shape}; call reset() in between"
            raise ValueError(msg)
        else:
            mean = (self._decay * self._mean + (1 - self._decay) * raw).astype(np.float32)
        self._mean = mean
        return mean.copy()

    def reset(self) -> None:
        """Forget what was seen: to be called at each episode's first frame."""
        self._mean = None


def _peak(raw: FloatMap) -> float:
    """The largest absolute value, 0 for an empty map."""
    peak = float(np.abs(raw).max(initial=0.0))
    if not np.isfinite(peak):
        msg = f"a map of shape {raw.shape} with values that are not finite; only finite maps can be shown"
        raise ValueError(msg)
    return peak


def divide(raw: FloatMap, peak: float) -> FloatMap:
    """Raw / peak, float32 of raw's shape, or zeros where there is no peak yet (0)."""
    if peak == 0:
        return np.zeros(raw.shape, np.float32)
    return (raw / np.float32(peak)).astype(np.float32, copy=False)
