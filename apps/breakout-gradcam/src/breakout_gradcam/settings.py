"""What a person can choose, as frozen data; `cli.py` fills it one to one from options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ALGOS = ("dqn", "qrdqn", "ppo", "a2c")
DEFAULT_ENV = "BreakoutNoFrameskip-v4"


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """Which trained agent; the names, defaults and meanings are those of `rl_zoo3.record_video`."""

    env: str = DEFAULT_ENV
    algo: str = "dqn"
    folder: Path = Path("rl-trained-agents")
    exp_id: int = 0
    load_best: bool = False
    load_checkpoint: int | None = None
    load_last_checkpoint: bool = False
    env_kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    device: str = "auto"
    trust: bool = False


@dataclass(frozen=True, slots=True)
class RunSettings:
    """How it is played; as in `rl_zoo3.record_video`.

    Raises:
        ValueError: fewer than one step.
    """

    n_timesteps: int = 1000
    n_envs: int = 1
    deterministic: bool = False
    stochastic: bool = False
    seed: int = 0
    no_render: bool = False

    def __post_init__(self) -> None:
        if self.n_timesteps < 1:
            message = f"--n-timesteps {self.n_timesteps}: there is nothing to record; give 1 or more"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class MapSettings:
    """What is explained and how it is shown.

    Attributes:
        method: name of a CAM method.
        target: `action` (the executed action's own score), `advantage` (over the mean of all actions),
            `value`, `contrast:A,B` (A rather than B) or an action's name.
        layer: name of a layer, or None for the last spatial one.
        placement: `auto` (measured against occlusion on the run's first frames) or a placement's name.
        evidence: which sign of the map is shown.
        scale: what full heat means.
        scale_value: the map value of full heat, for the scale `fixed`.
        smooth: half life of the causal smoothing in frames; 0 is none.
        background: `game` (the rendered frame) or `observation` (what the network received).
        colormap: name of a colour table.
        show_field: whether the pixels that the strongest cell sees are framed.
    """

    method: str = "gradcam"
    target: str = "action"
    layer: str | None = None
    placement: str = "auto"
    evidence: str = "absolute"
    scale: str = "recent"
    scale_value: float | None = None
    smooth: float = 0.0
    background: str = "game"
    colormap: str = "inferno"
    show_field: bool = False


@dataclass(frozen=True, slots=True)
class OutputSettings:
    """Where it goes.

    Attributes:
        folder: output folder, or None for `videos` beside the agent, as `rl_zoo3.record_video` does.
        save_frames: also keep every frame as PNG in `gradcam/frames`.
        save_recording: keep the played steps in this file.
        from_recording: draw from this file instead of playing.
        trace: write one line a step to this file, to compare two runs.
        force: replace outputs that exist.
    """

    folder: Path | None = None
    save_frames: bool = False
    save_recording: Path | None = None
    from_recording: Path | None = None
    trace: Path | None = None
    force: bool = False
