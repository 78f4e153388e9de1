"""The original tool's class, for those who call it from Python: one map, one picture at a time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from rlviz_agents import policy_heads
from rlviz_cam import (
    CamExtractor,
    Placer,
    Target,
    action_head,
    action_target,
    open_backend,
    receptive_field,
    select_evidence,
)
from rlviz_overlay import (
    BOLD,
    DARK,
    Frame,
    PerFrame,
    Rect,
    Size,
    TextStyle,
    blend,
    colormap,
    draw_text,
    resize_frame,
    resize_heatmap,
)

if TYPE_CHECKING:
    from stable_baselines3.common.base_class import BaseAlgorithm


class DQNGradCAMVisualizer:
    """Grad-CAM of an SB3 agent's decisions (DQN, QR-DQN, PPO or A2C), frame by frame.

    For whole videos use `breakout-gradcam record`, which explains in batches. The model is copied and never
    changed.

    Args:
        model: a loaded SB3 model with an image policy.
        target_layers: names of layers; the maps are of the first. None: the last spatial one.
        device: `auto` (where the model is), `cpu` or `cuda`.
        placement: where a cell's heat is drawn; `stretch` is what Grad-CAM videos usually do.
        evidence: which sign of the map is shown; Grad-CAM's own is `positive`.

    Raises:
        ValueError: no convolution, or no such layer; the message lists those there are.
    """

    def __init__(
        self,
        model: "BaseAlgorithm",
        target_layers: Sequence[str] | None = None,
        device: str = "auto",
        *,
        placement: str = "stretch",
        evidence: str = "positive",
    ) -> None:
        shape = _image_shape(model)
        self.backend = open_backend(policy_heads(model), device=device, input_shape=shape)
        self.head = action_head(tuple(self.backend.predict(np.zeros((1, *shape), np.uint8))))
        self._extractor = CamExtractor(self.backend, target_layers[0] if target_layers else None)
        self.target_layer = self._extractor.layer
        self._placer = Placer(placement, receptive_field(self.backend, self.target_layer))
        self._evidence = evidence

    def get_gradcam_for_action(
        self, observation: NDArray[np.uint8], action: int | None = None
    ) -> NDArray[np.float32]:
        """The heat for one action.

        Args:
            observation: uint8 (C, H, W), or (1, C, H, W), as the network receives it.
            action: number of the action; None for the one of the highest score.

        Returns:
            float32 (H, W) in [0, 1]; all zero when there is no such evidence.
        """
        batch = observation[None] if observation.ndim == 3 else observation
        maps = self._extractor(batch, self._target(action)).maps
        return PerFrame()(self._placer(select_evidence(maps, self._evidence))[0])

    def create_visualization_frame(
        self,
        frame: Frame,
        gradcam: NDArray[np.float32],
        action: int,
        action_names: Sequence[str] | None = None,
        *,
        scale: int = 3,
    ) -> Frame:
        """The game's picture with heat and the action's name.

        Args:
            frame: uint8 (H, W, 3), RGB; not changed.
            gradcam: float32 in [0, 1], of any size: what `get_gradcam_for_action` returned.
            action: number of the executed action.
            action_names: names of the actions; numbers otherwise.
            scale: how many times larger the picture is made.

        Returns:
            uint8 (scale * H, scale * W, 3), RGB, a new array.
        """
        heat = resize_heatmap(gradcam, Size.of(frame))
        height, width = frame.shape[:2]
        canvas = resize_frame(blend(frame, heat, colormap("jet")), Size(scale * width, scale * height))
        name = str(action) if action_names is None else f"{action_names[action]} ({action})"
        band, _ = Rect.whole(Size.of(canvas)).inset(8).cut_bottom(max(12, 8 * scale))
        draw_text(
            canvas, f"Action: {name}", band, TextStyle(max(10, 6 * scale), DARK.text, BOLD, DARK.outline)
        )
        return canvas

    def _target(self, action: int | None) -> Target:
        return action_target(self.head, action)


def _image_shape(model: "BaseAlgorithm") -> tuple[int, ...]:
    space: Any = cast("Any", model).observation_space
    shape: tuple[int, ...] | None = space.shape
    if shape is None or len(shape) != 3:
        msg = f"the model observes {space}; expected images, a Box of shape (C, H, W)"
        raise ValueError(msg)
    return shape
