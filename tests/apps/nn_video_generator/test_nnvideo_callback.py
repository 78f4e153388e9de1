"""The callback keeps the milestones of a training, and leaves the training as it is."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nn_video_generator.checkpoints import find_checkpoints
from nn_video_generator.config import read_config
from nn_video_generator.trained import from_config
from rlviz_agents import read_saved

pytestmark = pytest.mark.torch

OF_32 = ["step_0_pct_0", "step_16_pct_50", "step_32_pct_100"]


@pytest.fixture
def callback() -> Callable[..., Any]:
    from nn_video_generator import AnalyticsVideoCallback

    return AnalyticsVideoCallback


def ppo(n_envs: int = 1, env_id: str = "CartPole-v1", **keywords: Any) -> Any:
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env

    sizes = {"n_steps": 16, "batch_size": 8, "n_epochs": 2, **keywords}
    return PPO("MlpPolicy", make_vec_env(env_id, n_envs, seed=1), seed=1, device="cpu", **sizes)


def dqn() -> Any:
    from stable_baselines3 import DQN

    return DQN("MlpPolicy", "CartPole-v1", seed=1, device="cpu", buffer_size=50, learning_starts=8)


def kept(folder: Path) -> list[str]:
    paths = (folder / "milestones").glob("*.zip")
    return sorted((path.stem for path in paths), key=lambda stem: int(stem.split("_")[1]))


def weights(model: Any) -> dict[str, bytes]:
    return {name: tensor.numpy().tobytes() for name, tensor in model.policy.state_dict().items()}


def saved_weights(path: Path) -> dict[str, bytes]:
    from stable_baselines3 import PPO

    return weights(PPO.load(path, device="cpu"))


def test_each_milestone_is_saved_at_the_step_that_reaches_it(tmp_path: Path, callback: Callable[..., Any]):
    ppo().learn(32, callback=callback(tmp_path, (0, 1, 12.5, 50, 99, 100)))
    assert kept(tmp_path) == ["step_0_pct_0", "step_1_pct_1", "step_4_pct_12.5", *OF_32[1:]]


def test_what_is_saved_is_found_with_its_percentage_and_steps(tmp_path: Path, callback: Callable[..., Any]):
    ppo().learn(32, callback=callback(tmp_path, (0, 50, 100)))
    found = find_checkpoints(tmp_path).checkpoints
    assert [(one.percent, one.steps) for one in found] == [(0, 0), (50, 16), (100, 32)]


def test_the_config_beside_the_milestones_is_that_of_the_training(
    tmp_path: Path, callback: Callable[..., Any]
):
    ppo().learn(32, callback=callback(tmp_path, (50, 100)))
    run = from_config(tmp_path, read_config(tmp_path / "config.yaml"))
    assert (run.env_id, run.algo, run.learning_rate) == ("CartPole-v1", "ppo", "3e-4")
    assert [one.label for one in run.checkpoints] == ["50", "100"]
    assert run.notes == ()


def test_a_config_that_is_there_or_given_is_left_alone(tmp_path: Path, callback: Callable[..., Any]):
    own = {"game": {"env_id": "CartPole-v1"}}
    ppo().learn(16, callback=callback(tmp_path / "given", (100,), config=own))
    assert not (tmp_path / "given/config.yaml").exists()
    (tmp_path / "there").mkdir()
    (tmp_path / "there/config.yaml").write_text("mine")
    ppo().learn(16, callback=callback(tmp_path / "there", (100,)))
    assert (tmp_path / "there/config.yaml").read_text() == "mine"


def test_the_tenths_are_saved_unless_others_are_asked_for(tmp_path: Path, callback: Callable[..., Any]):
    ppo().learn(1600, callback=callback(tmp_path))
    assert kept(tmp_path) == [f"step_{16 * percent}_pct_{percent}" for percent in range(10, 101, 10)]


@pytest.mark.parametrize("make", [ppo, dqn])
def test_the_training_ends_with_the_same_weights(tmp_path: Path, callback: Callable[..., Any], make: Any):
    watched = make().learn(96, callback=callback(tmp_path, (0, 10, 50, 100)))
    alone = make().learn(96)
    assert weights(watched) == weights(alone)


def test_the_first_one_is_the_untrained_and_the_last_one_the_finished_model(
    tmp_path: Path, callback: Callable[..., Any]
):
    model = ppo()
    before = weights(model)
    model.learn(32, callback=callback(tmp_path, (0, 100)))
    assert saved_weights(tmp_path / "milestones/step_0_pct_0.zip") == before
    assert saved_weights(tmp_path / "milestones/step_32_pct_100.zip") == weights(model)
    assert weights(model) != before


def test_several_environments_are_counted_together(tmp_path: Path, callback: Callable[..., Any]):
    ppo(n_envs=4).learn(64, callback=callback(tmp_path, (0, 30, 50, 100)))
    assert kept(tmp_path) == ["step_0_pct_0", "step_20_pct_30", "step_32_pct_50", "step_64_pct_100"]


def test_of_milestones_that_one_step_reaches_only_the_last_is_saved(
    tmp_path: Path, callback: Callable[..., Any]
):
    ppo(n_envs=4).learn(64, callback=callback(tmp_path, (1, 2, 5, 100)))
    assert kept(tmp_path) == ["step_4_pct_5", "step_64_pct_100"]


def test_a_training_that_takes_more_steps_than_asked_for_ends_at_a_hundred(
    tmp_path: Path, callback: Callable[..., Any]
):
    ppo().learn(20, callback=callback(tmp_path, (50, 100)))
    assert kept(tmp_path) == ["step_10_pct_50", "step_32_pct_100"]
    assert read_saved(tmp_path / "milestones/step_32_pct_100.zip").data["num_timesteps"] == 32


def test_a_training_that_is_ended_early_has_no_end(tmp_path: Path, callback: Callable[..., Any]):
    from stable_baselines3.common.callbacks import CallbackList, StopTrainingOnMaxEpisodes

    stop = StopTrainingOnMaxEpisodes(1)
    ppo().learn(200, callback=CallbackList([callback(tmp_path, (0, 100), videos=True), stop]))
    assert kept(tmp_path) == ["step_0_pct_0"]
    assert not (tmp_path / "videos").exists()


def test_a_training_that_goes_on_saves_the_milestones_that_are_left(
    tmp_path: Path, callback: Callable[..., Any]
):
    model = ppo()
    model.learn(32)
    model.learn(32, callback=callback(tmp_path, (0, 25, 50, 75, 100)), reset_num_timesteps=False)
    assert kept(tmp_path) == ["step_32_pct_50", "step_48_pct_75", "step_64_pct_100"]


def test_the_milestones_of_another_training_are_not_mixed_with_these(
    tmp_path: Path, callback: Callable[..., Any]
):
    ppo().learn(16, callback=callback(tmp_path, (100,)))
    before = (tmp_path / "milestones/step_16_pct_100.zip").read_bytes()
    with pytest.raises(FileExistsError, match=r"milestones of another training; give another output_dir"):
        ppo().learn(16, callback=callback(tmp_path, (100,)))
    assert (tmp_path / "milestones/step_16_pct_100.zip").read_bytes() == before
    ppo().learn(16, callback=callback(tmp_path, (50, 100), force=True))
    assert kept(tmp_path) == ["step_8_pct_50", "step_16_pct_100"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"milestones_pct": (10, 101)}, "milestones_pct"),
        ({"milestones_pct": ()}, "milestones_pct"),
        ({"fps": 0}, "frame rate 0 is not usable"),
        ({"clip_seconds": 0}, "clip-seconds 0"),
        ({"config": {"game": {}}}, "game.env_id is missing"),
    ],
)
def test_what_cannot_be_is_refused_before_the_training(
    tmp_path: Path, callback: Callable[..., Any], settings: dict, message: str
):
    with pytest.raises(ValueError, match=message):
        callback(tmp_path, **settings)


def test_videos_of_normalised_observations_are_refused_before_the_first_step(
    tmp_path: Path, callback: Callable[..., Any]
):
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_vec_env
    from stable_baselines3.common.vec_env import VecNormalize

    model = PPO("MlpPolicy", VecNormalize(make_vec_env("CartPole-v1")), n_steps=8, batch_size=8, device="cpu")
    with pytest.raises(
        ValueError, match=r"CartPole-v1 are normalised \(VecNormalize\), which a config cannot"
    ):
        model.learn(8, callback=callback(tmp_path, videos=True))
    assert model.num_timesteps == 0


def test_the_config_of_a_training_is_that_of_its_environments():
    import rl_zoo3.import_envs  # noqa: F401 (it registers)
    from nn_video_generator.config_of_training import config_of_training
    from stable_baselines3 import DQN
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack

    wrappers = {"frame_skip": 2, "screen_size": 60}
    env = VecFrameStack(make_atari_env("PongNoFrameskip-v4", 2, wrapper_kwargs=wrappers), 3)
    model = DQN("CnnPolicy", env, buffer_size=2, gamma=0.9, device="cpu")
    assert config_of_training(model) == {
        "game": {
            "env_id": "PongNoFrameskip-v4",
            "frame_stack": 3,
            "resize": [60, 60],
            "grayscale": True,
            "max_skip": 2,
        },
        "train": {"algo": "dqn", "gamma": 0.9, "learning_rate": 1e-4},
    }
    env.close()


def test_an_environment_with_arguments_of_its_own_is_refused():
    import gymnasium
    from nn_video_generator.config_of_training import config_of_training
    from stable_baselines3 import PPO

    env = gymnasium.make("CartPole-v1", sutton_barto_reward=True)
    model = PPO("MlpPolicy", env, n_steps=8, batch_size=8, device="cpu")
    with pytest.raises(ValueError, match=r"CartPole-v1 with arguments of its own, which a config cannot say"):
        config_of_training(model)


def test_another_algorithm_is_refused_with_those_that_can_be():
    from nn_video_generator.config_of_training import config_of_training
    from stable_baselines3 import SAC

    model = SAC("MlpPolicy", "Pendulum-v1", buffer_size=2, device="cpu")
    with pytest.raises(ValueError, match=r"videos of SAC cannot be made; train one of: dqn, qrdqn, ppo, a2c"):
        config_of_training(model)


def test_a_video_that_cannot_be_made_loses_no_training(tmp_path: Path, callback: Callable[..., Any]):
    model = ppo()
    config = {"game": {"env_id": "CartPole-v1"}, "train": {"algo": "dqn"}}
    with pytest.warns(RuntimeWarning, match=r"the training is whole, but a video could not be made: .* PPO"):
        model.learn(16, callback=callback(tmp_path, (100,), videos=True, config=config))
    assert model.num_timesteps == 16
    assert kept(tmp_path) == ["step_16_pct_100"]


@pytest.mark.slow
def test_the_videos_of_all_milestones_are_made_at_the_end(tmp_path: Path, callback: Callable[..., Any]):
    watched = callback(tmp_path, (50, 100), videos=True, clip_seconds=0.2, fps=10)
    ppo().learn(16, callback=watched)
    names = sorted(path.name for path in (tmp_path / "videos").glob("*.mp4"))
    assert names == [f"step_post_training_pct_{percent}_analytics.mp4" for percent in (100, 50)]


def test_making_the_videos_leaves_the_random_generators_as_they_were(
    tmp_path: Path, callback: Callable[..., Any]
):
    following = []
    for videos in (False, True):
        watched = callback(tmp_path, (100,), videos=videos, clip_seconds=0.2, fps=10, force=True)
        model = ppo().learn(16, callback=watched)
        following.append(weights(model.learn(16)))
    assert following[0] == following[1]


@pytest.mark.slow
def test_the_zoo_trains_with_it(tmp_path: Path):
    hyperparams = tmp_path / "ppo.yml"
    folder = tmp_path / "outputs"
    hyperparams.write_text(f"""
CartPole-v1:
  n_envs: 2
  n_timesteps: 64
  policy: MlpPolicy
  n_steps: 16
  batch_size: 16
  callback:
    - nn_video_generator.AnalyticsVideoCallback:
        output_dir: {folder}
        milestones_pct: [0, 50, 100]
""")
    arguments = [
        "--algo",
        "ppo",
        "--env",
        "CartPole-v1",
        "-f",
        str(tmp_path / "logs"),
        "-c",
        str(hyperparams),
    ]
    command = [sys.executable, "-m", "rl_zoo3.train", *arguments, "--eval-freq", "-1", "--device", "cpu"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    assert kept(folder) == ["step_0_pct_0", "step_32_pct_50", "step_64_pct_100"]
    assert (tmp_path / "logs/ppo/CartPole-v1_1/CartPole-v1.zip").is_file()
