"""What a network answers to pictures of any size, and how the answer changes with their levels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import Backend, Inputs, LayerInfo
from rlviz_cam.objectives import InputGradients, Objective
from rlviz_cam.placement import pixel_matrix
from rlviz_cam.preprocessing import Preprocessing

Pictures = NDArray[np.float32]

_IMAGE_AXES = (3, 4)


@dataclass(frozen=True, slots=True)
class Sight:
    """One layer of a network, looking at pictures.

    Attributes:
        backend: The network.
        layer: The layer.
        name: Of the input that takes the image.
        shape: Of the image that the network takes, (C, H, W) or (T, C, H, W).
        others: Name -> shape of every other input; these are zeros.
        preprocessing: How levels of 0 to 255 become what the network takes.
        resized_to: The network's own size, where pictures are resized to it by linear interpolation; ``None``
            where the network sees pictures of any size themselves.
    """

    backend: Backend
    layer: LayerInfo
    name: str
    shape: tuple[int, ...]
    others: Mapping[str, tuple[int, ...]]
    preprocessing: Preprocessing
    resized_to: tuple[int, int] | None

    @classmethod
    def of(cls, backend: Backend, objective: Objective, preprocessing: Preprocessing) -> Self:
        """Look through an objective's layer; a cell that it asks for is one of the network's own size.

        Raises:
            ValueError: When the network does not take one image, or the preprocessing does not fit it.
        """
        shapes = backend.inputs()
        images = [name for name, shape in shapes.items() if len(shape) in _IMAGE_AXES]
        if len(images) != 1:
            listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
            msg = (
                f"the network takes {len(images)} images (C, H, W) or (T, C, H, W), its inputs are {listed}; "
                "a picture can be looked for when it takes exactly one"
            )
            raise ValueError(msg)
        shape = tuple(shapes[images[0]])
        preprocessing.check(shape[-3])
        free = objective.cell is None and backend.is_resizable(objective.layer)
        return cls(
            backend,
            backend.layer(objective.layer),
            images[0],
            shape,
            {name: tuple(one) for name, one in shapes.items() if name != images[0]},
            preprocessing,
            None if free else (shape[-2], shape[-1]),
        )

    def look(self, levels: NDArray[np.generic], objective: Objective, *, leak: float = 0.0) -> InputGradients:
        """Return the scores of pictures (N, ..., H, W) of levels 0 to 255, and the gradients by these."""
        found = self.backend.input_gradients(self._inputs(levels), objective, leak=leak)
        gradients = self.preprocessing.gradient(found.gradients)
        if self.resized_to is not None and self.resized_to != levels.shape[-2:]:
            rows, columns = self._matrices(levels.shape[-2:])
            gradients = np.matmul(rows.T, np.matmul(gradients, columns))
        return InputGradients(found.scores, gradients)

    def scores(self, pictures: NDArray[np.uint8], objective: Objective) -> NDArray[np.float32]:
        """Return what each image of an objective scores for each of a few pictures, (images, pictures)."""
        if self.layer.nonlinearity == "softmax" or self.layer.kind == "softmax":
            return self._scores_before_softmax(pictures, objective)
        name = self.layer.name
        activations = self.backend.activations(self._inputs(pictures), [name])[name]
        if self.layer.is_spatial:
            cells = activations if objective.cell is None else activations[..., *objective.cell, None, None]
            activations = cells.mean(axis=(-2, -1))
        responses = activations.reshape(len(pictures), -1, activations.shape[-1]).mean(axis=1)
        return objective.weights @ responses[:, list(objective.channels)].T

    def _scores_before_softmax(
        self, pictures: NDArray[np.uint8], objective: Objective
    ) -> NDArray[np.float32]:
        inputs = self._inputs(pictures)
        rows = (
            Objective(objective.layer, objective.channels, np.repeat(row[None], len(pictures), axis=0))
            for row in objective.weights
        )
        return np.stack([self.backend.input_gradients(inputs, row).scores for row in rows])

    def _inputs(self, pictures: NDArray[np.generic]) -> Inputs:
        """Pictures of levels 0 to 255 as the network takes them."""
        shown = pictures
        if self.resized_to is not None and self.resized_to != pictures.shape[-2:]:
            rows, columns = self._matrices(pictures.shape[-2:])
            shown = np.matmul(np.matmul(rows, pictures.astype(np.float32)), columns.T)
        image = self.preprocessing(shown)
        if not self.others:
            return image
        zeros = {name: np.zeros((len(image), *shape), np.float32) for name, shape in self.others.items()}
        return {self.name: image, **zeros}

    def _matrices(self, given: tuple[int, ...]) -> tuple[Pictures, Pictures]:
        """Rows and columns of the resize to the network's own size."""
        return resize_matrices((given[-2], given[-1]), self.shape[-2:])


def resize_matrices(
    given: tuple[int, int], wanted: tuple[int, ...]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (H, h) and (W, w) float32 such that rows X columns' is X resized by linear interpolation."""
    rows, columns = (
        pixel_matrix("stretch", before, after, 1, 1, 0) for before, after in zip(given, wanted, strict=True)
    )
    return rows, columns
