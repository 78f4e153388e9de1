"""The notebook's `Simulation`: a replay from the paths of model, log and video."""

from collections.abc import Callable, Mapping
from pathlib import Path

from deepracer_analyzer.opening import open_replay
from deepracer_analyzer.settings import RewardSettings, SourceSettings, SyncSettings, ViewSettings
from deepracer_analyzer.simulation.session import Session


class Simulation(Session):
    """An evaluation's video with its log on top, from the paths of both.

    Args:
        model_path: The model's folder; recordings go there.
        evaluation_df_path: The log; None takes the one in the folder.
        video_path: The evaluation's video; None takes the one in the folder, or shows the log alone.
        simulation_size: Width and height of the picture with its strip, in pixels.
        reward_components_input: Name -> expression, such as `{"Speed": "{speed}**2"}`.
        sync: False shows row i on picture i.
        folder: Where what was read from the video is kept, see `SyncSettings`.
        say: Takes each line for the console.

    Raises:
        ValueError: An input is not what it should be.
        OSError: An input cannot be read.
    """

    def __init__(
        self,
        model_path: str | Path,
        evaluation_df_path: str | Path | None = None,
        video_path: str | Path | None = None,
        simulation_size: tuple[int, int] = (640, 500),
        reward_components_input: Mapping[str, str] | None = None,
        *,
        sync: bool = True,
        folder: str | Path | None = None,
        say: Callable[[str], None] = print,
    ) -> None:
        source = SourceSettings(
            model=Path(model_path),
            log=None if evaluation_df_path is None else str(evaluation_df_path),
            video=None if video_path is None else Path(video_path),
        )
        matching = SyncSettings(sync=sync, folder=None if folder is None else Path(folder))
        rewards = RewardSettings(components=dict(reward_components_input or {}))
        super().__init__(open_replay(source, matching, rewards, say), ViewSettings(size=simulation_size))
