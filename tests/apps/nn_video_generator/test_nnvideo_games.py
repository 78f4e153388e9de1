"""Other games, other networks: the whole way from the checkpoint to the frames."""

import numpy as np
import pytest
from neural_videos import CARTPOLE, Made
from nn_video_generator import PostTrainingVideoGenerator
from nn_video_generator.trained import from_zoo
from rlviz_agents import make_env

CONVOLUTIONS = ["Input", "Conv 1", "Conv 2", "Conv 3", "Dense 1"]
NUMBERS = ["Input", "Policy dense 1", "Value dense 1", "Policy dense 2", "Value dense 2"]
CASES = [
    ("a2c", "PongNoFrameskip-v4", 6, [*CONVOLUTIONS, "Policy", "Value"]),
    ("qrdqn", "SpaceInvadersNoFrameskip-v4", 6, [*CONVOLUTIONS, "Q-values"]),
    ("ppo", "AlienNoFrameskip-v4", 18, [*CONVOLUTIONS, "Policy", "Value"]),
    ("ppo", CARTPOLE, 2, [*NUMBERS, "Policy", "Value"]),
]


@pytest.fixture(scope="module", params=CASES, ids=[f"{case[0]} {case[1]}" for case in CASES])
def made(request, zoo_run, tmp_path_factory):
    """A video of each, with its case and its run."""
    folder = tmp_path_factory.mktemp("games")
    run = zoo_run(*request.param[:2])
    generator = PostTrainingVideoGenerator(None, run, folder, clip_seconds=1, verbose=0)
    (video,) = generator.generate_all_videos()
    return Made(video), request.param, run


def test_every_action_has_its_value(made):
    video, (_, _, actions, _), _ = made
    subject = video.manifest["subject"]
    assert len(subject["actions"]) == actions
    values = [[value for name, value in row.items() if name.startswith("value_")] for row in video.rows]
    assert {len(row) for row in values} == {actions}
    if subject["value_name"] == "probability":
        assert [sum(row) for row in values] == pytest.approx([1.0] * len(values), abs=1e-5)


def test_the_diagram_has_every_layer_of_the_network(made):
    video, (_, _, _, titles), _ = made
    manifest = video.manifest
    assert [layer["title"] for layer in manifest["subject"]["layers"]] == titles
    assert manifest["not_shown"] == {"layers": {}, "edges_to": {}}


def test_the_game_is_shown_as_it_is_rendered_its_aspect_ratio_kept(made):
    video, _, run = made
    trained = from_zoo(run)
    env = make_env(trained.files(trained.checkpoints[0]), seed=42)
    try:
        env.reset()
        frame = env.render()
    finally:
        env.close()
    assert frame is not None
    scale = min(480 / frame.shape[1], 540 / frame.shape[0])
    width, height = round(frame.shape[1] * scale), round(frame.shape[0] * scale)
    left, top = 480 + (480 - width) // 2, (540 - height) // 2
    shown = video.frames[0][top : top + height, left : left + width]
    rows = (np.arange(height) * frame.shape[0] // height).clip(max=frame.shape[0] - 1)
    columns = (np.arange(width) * frame.shape[1] // width).clip(max=frame.shape[1] - 1)
    difference = np.abs(shown.astype(int) - frame[rows][:, columns].astype(int)).mean()
    assert difference < 8  # the encoder's loss, and half a pixel at edges
    outside = video.frames[0][:, 480:].astype(int).copy()
    outside[top : top + height, left - 480 : left - 480 + width] = 12
    assert np.abs(outside - 14).mean() < 4


def test_the_games_own_speed_is_kept(made):
    video, (_, env_id, _, _), _ = made
    steps = 50 if env_id == CARTPOLE else 15
    assert video.rows[-1]["step"] == (29 * steps) // 30
