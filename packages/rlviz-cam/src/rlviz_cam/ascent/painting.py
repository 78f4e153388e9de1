"""Pictures made of free parameters: pixels or a spectrum, through a sigmoid into the range of levels."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.ascent.recipe import Parameterisation
from rlviz_cam.ascent.spectrum import Spectrum

Pictures = NDArray[np.float32]

_RGB = 3
_CLOSEST = 1 / 512
"""Levels closer than this to black or white are taken as this far from it by ``Painting.parameters``."""

_MEASURED = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
COLOURS = (_MEASURED / np.linalg.norm(_MEASURED, axis=0).max()).astype(np.float32)
"""(3, 3), red, green and blue of each decorrelated colour: the square root of the covariance of ImageNet's
colours, the longest column scaled to 1 (Olah, Mordvintsev and Schubert, "Feature Visualization", Distill
2017, section "Preconditioning and Parameterization"; the numbers are those of their library Lucid)."""
_APART: NDArray[np.float32] = np.asarray(np.linalg.inv(COLOURS), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Painting:
    """How parameters become pictures of one size: levels = sigmoid(colours(image(parameters))).

    Attributes:
        parameterisation: ``fourier`` or ``pixels``.
        shape: Of one picture, (C, H, W) or (T, C, H, W).
        decorrelate: Whether the colours of an RGB picture are decorrelated.
    """

    parameterisation: Parameterisation
    shape: tuple[int, ...]
    decorrelate: bool = True
    _spectrum: Spectrum | None = field(init=False)

    def __post_init__(self) -> None:
        spectrum = Spectrum(*self.shape[-2:]) if self.parameterisation == "fourier" else None
        object.__setattr__(self, "_spectrum", spectrum)

    def levels(self, parameters: NDArray[np.float32]) -> Pictures:
        """Return the pictures, (N, ..., C, H, W) float32 in (0, 1)."""
        image = parameters if self._spectrum is None else self._spectrum.image(parameters)
        logits = self._mixed(image, COLOURS)
        # sigmoid(z) = (1 + tanh(z / 2)) / 2, which cannot overflow
        half = np.tanh(np.multiply(logits, np.float32(0.5)))
        half *= np.float32(0.5)
        half += np.float32(0.5)
        return half

    def gradient(self, levels: Pictures, gradients: Pictures) -> NDArray[np.float32]:
        """Return the gradient by the parameters.

        Args:
            levels: What ``levels`` returned for the parameters.
            gradients: The gradient by the levels, of the same shape.
        """
        slopes = np.multiply(levels, 1 - levels, dtype=np.float32)
        slopes *= gradients
        image = self._mixed(slopes, COLOURS.T)
        return image if self._spectrum is None else self._spectrum.adjoint(image)

    def parameters(self, levels: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the parameters of pictures in [0, 1]; the inverse of ``levels`` but for black and white."""
        held = np.clip(levels, _CLOSEST, 1 - _CLOSEST)
        logits = np.log(held / (1 - held))
        image = self._mixed(logits.astype(np.float32), _APART)
        return image if self._spectrum is None else self._spectrum.inverse(image)

    def noise(self, random: np.random.Generator) -> NDArray[np.float32]:
        """Return the parameters of one picture of faint noise, drawn alike; without the axis of images."""
        if self._spectrum is None:
            return random.normal(0, 0.3, self.shape).astype(np.float32)
        return random.normal(0, 0.05, (*self.shape[:-2], *self._spectrum.shape)).astype(np.float32)

    def _mixed(self, image: Pictures, matrix: NDArray[np.float32]) -> Pictures:
        """Colours turned by a matrix, where there are colours to turn."""
        if not self.decorrelate or self.shape[-3] != _RGB:
            return image
        flat = image.reshape(*image.shape[:-2], -1)
        return np.matmul(matrix, flat).reshape(image.shape)
