"""Gradient ascent on the input, for any network that gives scores and their gradients."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.ascent.limits import images_per_pass, smallest_size, spans
from rlviz_cam.ascent.noise import plain_noise
from rlviz_cam.ascent.optimizer import Adam
from rlviz_cam.ascent.painting import Painting
from rlviz_cam.ascent.recipe import Ascent, Recipe, Stage
from rlviz_cam.ascent.regularizers import l2, total_variation
from rlviz_cam.ascent.sight import Sight, resize_matrices
from rlviz_cam.ascent.warping import Warp
from rlviz_cam.backends.base import Backend
from rlviz_cam.objectives import Objective
from rlviz_cam.preprocessing import Preprocessing

Pictures = NDArray[np.float32]
Levels = NDArray[np.uint8]
Numbers = NDArray[np.float32]
Flags = NDArray[np.bool_]

LEAK = 0.1
"""Slope of a layer's own nonlinearity below 0 while climbing, so that a silent channel finds its way up."""

GREY = 128
"""Level of every pixel of a dead channel's picture."""

_WHITE = np.float32(255)
_ROUNDING = 1e-6
_AGAIN_STEPS = 30
_AGAIN_RATE = 0.1
_WAKING_STEPS = 100
_WAKING_RATE = 0.5


def climb(
    backend: Backend,
    objective: Objective,
    recipe: Recipe,
    preprocessing: Preprocessing,
    *,
    seed: int = 0,
    chunk: int | None = None,
) -> Ascent:
    """Raise the objective of every image by gradient ascent on the input.

    An image starts from faint noise of its own: that of its channel where its objective is of one channel or
    unit, else that of its number. It goes through the recipe's stages; between two it is resized by linear
    interpolation and the optimizer starts anew. All images of a step are moved, zoomed and turned alike. At
    the end the pictures are rounded to whole levels and measured as they are. Inputs beside the image are
    zeros.

    Plain noise are the six pictures of ``plain_noise``, the same for every image. An image that ends no
    higher than these starts again from the best of them and mid-grey, at the final size: pixels instead of
    the recipe's parameterisation, no transformations, no regularisers; 30 steps, or the recipe's, if more.
    Each step is measured on the picture rounded to whole levels, and the highest is kept: no live channel is
    shown below noise. An image whose objective was the same for all of noise and mid-grey and all the way at
    each size (a part in a million is taken for rounding) is given 100 larger steps; where that does not move
    its objective either, it is dead.

    Args:
        backend: The network.
        objective: One scalar per image.
        recipe: How.
        preprocessing: How levels of 0 to 255 become what the network takes.
        seed: Of the noise and the transformations, 0 or more.
        chunk: Images of one pass at most; ``None`` takes ``images_per_pass``. Other chunks give the same
            pictures, up to the framework's own rounding of other batch sizes.

    Raises:
        ValueError: When the network does not take one image, the preprocessing does not fit it, the recipe's
            size is too small for the layer, or the seed or the chunk is out of range.
    """
    if seed < 0 or (chunk is not None and chunk < 1):
        msg = f"seed {seed} and chunk {chunk}: expected a seed of 0 or more and a chunk of 1 or more"
        raise ValueError(msg)
    sight = Sight.of(backend, objective, preprocessing)
    least = (1, 1) if sight.resized_to else smallest_size(backend, objective.layer)
    stages = recipe.stages((sight.shape[-2], sight.shape[-1]), least)
    size = stages[-1].size
    at_once = chunk or images_per_pass(backend, objective.layer, sight.resized_to or size)
    shape = (*sight.shape[:-2], *size)
    plain = np.concatenate([plain_noise(shape, seed), np.full((1, *shape), GREY, np.uint8)])
    rated = [sight.scores(plain[part], objective) for part in spans(len(plain), at_once)]
    climber = _Climber(sight, recipe, stages, seed, plain, np.concatenate(rated, axis=1))
    found = [climber.found(objective, part) for part in spans(len(objective), at_once)]
    pictures, scores, dead = (np.concatenate(one) for one in zip(*found, strict=True))
    noise = climber.by_plain[:, :-1].max(axis=1)
    sizes = tuple(dict.fromkeys(stage.size for stage in stages))
    return Ascent(pictures, scores, noise, dead, sizes, sight.resized_to)


@dataclass(frozen=True, slots=True, eq=False)
class _Climber:
    """What all images of one ascent share.

    Attributes:
        sight: The network's answers.
        recipe: How.
        stages: What every picture passes through.
        seed: Of the noise and the transformations.
        plain: uint8 (7, ...), the plain noise pictures and mid-grey, of the final size.
        by_plain: (N, 7), what each image's objective is for these.
    """

    sight: Sight
    recipe: Recipe
    stages: Sequence[Stage]
    seed: int
    plain: Levels
    by_plain: Numbers

    def found(self, objective: Objective, images: "slice[int, int]") -> tuple[Levels, Numbers, Flags]:
        """Return the pictures of some of the images, their scores, and which of these are dead."""
        some = objective.part(images.start, images.stop)
        levels, still = self._climbed(
            some, [_key(objective, one) for one in range(images.start, images.stop)]
        )
        by_plain = self.by_plain[images]
        silent = still & _is_constant(by_plain.min(axis=1), by_plain.max(axis=1))
        pictures = np.rint(levels * _WHITE).astype(np.uint8)
        scores = self.sight.look(pictures, some).scores
        low = ~silent & (scores <= by_plain[:, :-1].max(axis=1))
        steps = max(self.recipe.steps, _AGAIN_STEPS)
        for which, count, rate in ((low, steps, _AGAIN_RATE), (silent, _WAKING_STEPS, _WAKING_RATE)):
            if which.any():
                again = replace(some, weights=some.weights[which])
                best = by_plain[which].argmax(axis=1)
                pictures[which], scores[which] = self._climbed_again(
                    again, self.plain[best], by_plain[which, best], count, rate
                )
        dead = silent & _is_constant(by_plain.min(axis=1), np.maximum(by_plain.max(axis=1), scores))
        pictures[dead], scores[dead] = GREY, by_plain[dead, -1]
        return pictures, scores, dead

    def _climbed(self, objective: Objective, keys: Sequence[tuple[int, ...]]) -> tuple[Pictures, Flags]:
        """Return pictures of levels 0 to 1, and whether the objective stayed the same in every stage."""
        levels: Pictures = np.empty(0, np.float32)
        still = np.ones(len(objective), np.bool_)
        before = 0
        for stage in self.stages:
            shape = (*self.sight.shape[:-2], *stage.size)
            decorrelate = self.recipe.decorrelate and not stage.settles
            painting = Painting(self.recipe.parameterisation, shape, decorrelate)
            if before:
                parameters = painting.parameters(_resized(levels, stage.size))
            else:
                randoms = (np.random.default_rng((self.seed, *key)) for key in keys)
                parameters = np.stack([painting.noise(random) for random in randoms])
            still &= self._climbed_through(stage, objective, painting, parameters, before)
            levels = painting.levels(parameters)
            before += stage.steps
        return levels, still

    def _climbed_through(
        self, stage: Stage, objective: Objective, painting: Painting, parameters: Numbers, before: int
    ) -> Flags:
        """Move parameters up, in place; return whether the objective stayed the same."""
        adam = Adam(self.recipe.rate)
        scores: list[Numbers] = []
        for number in range(before, before + stage.steps):
            random = np.random.default_rng((self.seed, 3, number))
            warp = None if stage.settles else Warp.draw(self.recipe, stage.size, random)
            levels = painting.levels(parameters)
            shown = levels * _WHITE
            found = self.sight.look(shown if warp is None else warp(shown), objective, leak=LEAK)
            gradients = found.gradients if warp is None else warp.adjoint(found.gradients)
            gradients *= _WHITE
            self._charge(levels, gradients)
            adam.climb(parameters, painting.gradient(levels, gradients))
            scores.append(found.scores)
        return _is_constant(np.min(scores, axis=0), np.max(scores, axis=0))

    def _charge(self, levels: Pictures, gradients: Pictures) -> None:
        """Take the gradients of what the pictures are charged for off ``gradients``, in place."""
        for weight, charge in ((self.recipe.l2, l2), (self.recipe.total_variation, total_variation)):
            if weight:
                gradients -= np.float32(weight) * charge(levels)[1]

    def _climbed_again(
        self, objective: Objective, start: Levels, scores: Numbers, steps: int, rate: float
    ) -> tuple[Levels, Numbers]:
        """Return the best pictures of whole levels on a plain way up from pictures with known scores."""
        best, reached = start.copy(), scores.copy()
        painting = Painting("pixels", start.shape[1:], decorrelate=False)
        parameters = painting.parameters(start / _WHITE)
        adam = Adam(rate)
        for _ in range(steps):
            levels = painting.levels(parameters)
            shown = np.rint(levels * _WHITE).astype(np.uint8)
            found = self.sight.look(shown, objective, leak=LEAK)
            higher = found.scores > reached
            best[higher], reached[higher] = shown[higher], found.scores[higher]
            adam.climb(parameters, painting.gradient(levels, found.gradients))
        return best, reached


def _resized(levels: Pictures, size: tuple[int, int]) -> Pictures:
    if levels.shape[-2:] == size:
        return levels
    rows, columns = resize_matrices((levels.shape[-2], levels.shape[-1]), size)
    return np.matmul(np.matmul(rows, levels), columns.T)


def _key(objective: Objective, number: int) -> tuple[int, int]:
    """Say which start an image has: its channel's where there is just one, else its number's."""
    used = np.flatnonzero(objective.weights[number])
    return (0, objective.channels[int(used[0])]) if used.size == 1 else (1, number)


def _is_constant(low: Numbers, high: Numbers) -> Flags:
    return high - low <= _ROUNDING * np.maximum(np.abs(low), np.abs(high))
