"""Images made of a real spectrum with 1/f amplitudes, and the exact adjoint of that."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Images (..., H, W) made of (..., H, W // 2 + 1, 2), the real and imaginary parts of a spectrum.

    image = irfft2(scale parameters), scale = sqrt(H W) / (4 max(f, 1 / max(H, W))), with f the frequency in
    cycles per pixel: equal parameters give the amplitudes of natural images (Olah, Mordvintsev and Schubert,
    "Feature Visualization", Distill 2017).

    Attributes:
        height: H.
        width: W.
    """

    height: int
    width: int
    _scale: NDArray[np.float32] = field(init=False, repr=False, compare=False)
    _doubled: NDArray[np.float32] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        height, width = self.height, self.width
        frequency = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
        scale = np.sqrt(height * width) / (4 * np.maximum(frequency, 1 / max(height, width)))
        # Half of the columns are kept; the others are their mirrors, so that these count twice.
        twice = np.full(width // 2 + 1, 2.0)
        twice[0] = 1
        if width % 2 == 0:
            twice[-1] = 1
        object.__setattr__(self, "_scale", scale.astype(np.float32))
        object.__setattr__(self, "_doubled", (scale * twice / (height * width)).astype(np.float32))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one image's parameters."""
        return self.height, self.width // 2 + 1, 2

    def image(self, parameters: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the images, (..., H, W) float32."""
        spectrum = _complex(parameters) * self._scale
        return np.fft.irfft2(spectrum, s=(self.height, self.width)).astype(np.float32, copy=False)

    def adjoint(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the parameters a with <image(p), images> = <p, a> for all p: the transpose."""
        spectrum = np.fft.rfft2(images)
        spectrum *= self._doubled
        return _parts(spectrum)

    def inverse(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the parameters that give these images."""
        spectrum = np.fft.rfft2(images)
        spectrum /= self._scale
        return _parts(spectrum)


def _complex(parts: NDArray[np.float32]) -> NDArray[np.complex64]:
    return np.ascontiguousarray(parts).view(np.complex64)[..., 0]


def _parts(spectrum: NDArray[np.complexfloating]) -> NDArray[np.float32]:
    return np.ascontiguousarray(spectrum, dtype=np.complex64)[..., None].view(np.float32)
