"""Plain noise pictures: what a preferred stimulus has to beat."""

import numpy as np
from numpy.typing import NDArray

_UNIFORM = (1.0, 0.5, 0.25)
_SMOOTH = (0.25, 0.125, 0.0625)


def plain_noise(shape: tuple[int, ...], seed: int) -> NDArray[np.uint8]:
    """Return six pictures of noise around mid-grey, every channel drawn for itself.

    Three are uniform noise that covers the whole range of levels, a half and a quarter of it. Three are
    smooth, their amplitudes as 1/f like those of natural images, with standard deviations of 1/4, 1/8 and
    1/16 of the range, and clipped to it.

    Args:
        shape: Of one picture, (C, H, W) or (T, C, H, W).
        seed: The same seed gives the same pictures.

    Returns:
        (6, ...) uint8 levels.
    """
    random = np.random.default_rng((seed, 2))
    uniform = [contrast * random.uniform(-0.5, 0.5, shape) for contrast in _UNIFORM]
    smooth = [deviation * _smooth(shape, random) for deviation in _SMOOTH]
    return np.rint(255 * np.clip(np.stack(uniform + smooth) + 0.5, 0, 1)).astype(np.uint8)


def _smooth(shape: tuple[int, ...], random: np.random.Generator) -> NDArray[np.float64]:
    """1/f noise of mean 0 and deviation 1, over each channel."""
    height, width = shape[-2:]
    frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    spectrum = np.fft.rfft2(random.normal(size=shape)) / np.maximum(frequency, 1 / max(height, width))
    spectrum[..., 0, 0] = 0
    noise = np.fft.irfft2(spectrum, s=(height, width))
    deviation = noise.std(axis=(-2, -1), keepdims=True)
    return noise / np.where(deviation > 0, deviation, 1)
