"""A training is described alike by its config and by the zoo's folder, and each file says what it is."""

import json
import re
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from nn_video_generator.config import parse_config
from nn_video_generator.trained import TrainedRun, from_config, from_zoo, game_title, written_rate
from rlviz_agents import RunDigest, load_agent, make_env, play

SHARED = Path(__file__).parents[3] / "../shared/agents"
BREAKOUT = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def cart_pole() -> Callable[..., Any]:
    """Make a small untrained agent for CartPole."""
    import gymnasium
    from rl_zoo3.utils import ALGOS

    def make(algo: str, **keywords: Any) -> Any:
        sizes = {"buffer_size": 10} if algo in ("dqn", "qrdqn") else {"n_steps": 8}
        if algo == "ppo":
            sizes["batch_size"] = 8
        env = gymnasium.make("CartPole-v1")
        return ALGOS[algo]("MlpPolicy", env, device="cpu", seed=1, **sizes, **keywords)

    return make


def config(**train: Any) -> Any:
    return parse_config({"game": {"env_id": "CartPole-v1"}, "train": train})


def zoo_run(folder: Path, algo: str, arguments: dict[str, Any], hyperparams: dict[str, Any]) -> Path:
    run = folder / algo / "CartPole-v1_1"
    (run / "CartPole-v1").mkdir(parents=True)
    (run / "CartPole-v1" / "args.yml").write_text(yaml.safe_dump(arguments))
    (run / "CartPole-v1" / "config.yml").write_text(yaml.safe_dump(hyperparams))
    return run


def digest(run: TrainedRun, index: int = 0) -> str:
    files = run.files(run.checkpoints[index])
    with closing(make_env(files, seed=3)) as env:
        agent = load_agent(files, env, seed=3)
        seen = RunDigest()
        for step in play(agent, env, 25, deterministic=False):
            seen.update(step)
    return seen.hexdigest()


def rewrite(path: Path, **fields: Any) -> None:
    """Change fields of a saved agent; None takes one away."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    data = {**json.loads(entries["data"]), **fields}
    entries["data"] = json.dumps({key: value for key, value in data.items() if value is not None}).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("algo", "labels", "steps", "rate"),
    [
        ("ppo", ["10", "20", "30", "40", "50"], [100_000, 200_000, 300_000, 400_000, 500_000], "lin_2.5e-4"),
        ("dqn", ["10", "20"], [150_000, 300_000], "1e-4"),
    ],
)
def test_a_run_of_the_zoo_needs_no_config(algo: str, labels: list, steps: list, rate: str):
    folder = SHARED / algo / f"{BREAKOUT}_1"
    if not folder.is_dir():
        pytest.skip("the trained agents are not there")
    run = from_zoo(folder)
    assert (run.game, run.env_id, run.algo, run.learning_rate) == ("Breakout", BREAKOUT, algo, rate)
    assert [one.label for one in run.checkpoints] == labels
    assert [one.steps for one in run.checkpoints] == steps
    assert run.notes == ()


@pytest.mark.shared
@pytest.mark.parametrize("algo", ["ppo", "dqn"])
def test_config_and_zoo_play_the_same_run(algo: str):
    folder = SHARED / algo / f"{BREAKOUT}_1"
    if not folder.is_dir():
        pytest.skip("the trained agents are not there")
    by_config = from_config(folder, parse_config({"game": {"env_id": BREAKOUT}, "train": {"algo": algo}}))
    assert digest(by_config, 1) == digest(from_zoo(folder), 1)


@pytest.mark.parametrize("algo", ["ppo", "a2c", "dqn", "qrdqn"])
def test_the_algorithm_is_the_files_own(tmp_path: Path, cart_pole: Callable[..., Any], algo: str):
    cart_pole(algo).save(tmp_path / "pct_50.zip")
    run = from_config(tmp_path, config())
    assert (run.algo, run.files(run.checkpoints[0]).algo) == (algo, algo)


def test_a_config_that_contradicts_the_file_is_refused_with_both(
    tmp_path: Path, cart_pole: Callable[..., Any]
):
    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    expected = r"pct_50\.zip was saved by PPO, but the training is said to be of DQN; write ppo there"
    with pytest.raises(ValueError, match=expected):
        from_config(tmp_path, config(algo="DQN"))


def test_checkpoints_of_two_algorithms_are_no_training(tmp_path: Path, cart_pole: Callable[..., Any]):
    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    cart_pole("a2c").save(tmp_path / "pct_60.zip")
    with pytest.raises(ValueError, match=r"pct_60\.zip was saved by A2C, .* of PPO"):
        from_config(tmp_path, config())


def test_a_damaged_checkpoint_is_listed_and_refused_when_it_is_asked_for(
    tmp_path: Path, cart_pole: Callable[..., Any]
):
    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    (tmp_path / "pct_60.zip").write_bytes((tmp_path / "pct_50.zip").read_bytes()[:500])
    run = from_config(tmp_path, config())
    assert [one.label for one in run.checkpoints] == ["50", "60"]
    assert run.files(run.checkpoints[0]).algo == "ppo"
    with pytest.raises(ValueError, match=r"pct_60\.zip is not a whole zip file"):
        run.files(run.checkpoints[1])


def test_a_folder_of_damaged_checkpoints_alone_says_so(tmp_path: Path):
    (tmp_path / "pct_60.zip").write_bytes(b"PK")
    with pytest.raises(ValueError, match=r"no checkpoint in .* can be read; copy them again"):
        from_config(tmp_path, config())


def test_an_environment_that_is_not_installed_is_named_with_the_near_one(tmp_path: Path):
    with pytest.raises(ValueError, match=r"'CartPool-v1' is not installed .*Did you mean.*CartPole"):
        from_config(tmp_path, parse_config({"game": {"env_id": "CartPool-v1"}}))


def test_the_discount_is_the_files_own(tmp_path: Path, cart_pole: Callable[..., Any]):
    cart_pole("ppo", gamma=0.9).save(tmp_path / "pct_50.zip")
    run = from_config(tmp_path, config(gamma=0.5))
    assert run.gamma(run.checkpoints[0]) == 0.9


@pytest.mark.parametrize(("said", "expected"), [({"gamma": 0.5}, 0.5), ({}, 0.99)])
def test_a_file_without_a_discount_takes_that_of_the_config(
    tmp_path: Path, cart_pole: Callable[..., Any], said: dict, expected: float
):
    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    rewrite(tmp_path / "pct_50.zip", gamma=None)
    run = from_config(tmp_path, config(**said))
    assert run.gamma(run.checkpoints[0]) == expected


def test_the_learning_rate_is_the_files_own_and_a_contradiction_is_told(
    tmp_path: Path, cart_pole: Callable[..., Any]
):
    cart_pole("ppo", learning_rate=2.5e-4).save(tmp_path / "pct_50.zip")
    run = from_config(tmp_path, config(learning_rate=1e-3))
    assert run.learning_rate == "2.5e-4"
    assert run.notes == ("the config's learning rate is 1e-3, the checkpoints' own 2.5e-4, which is shown",)


def test_a_schedule_that_only_a_program_knows_leaves_the_configs_learning_rate(
    tmp_path: Path, cart_pole: Callable[..., Any]
):
    cart_pole("ppo", learning_rate=lambda _: 1e-3).save(tmp_path / "pct_50.zip")
    assert from_config(tmp_path, config(learning_rate=5e-4)).learning_rate == "5e-4"
    assert from_config(tmp_path, config()).learning_rate is None


def test_milestones_are_those_of_the_call_then_those_of_the_config(
    tmp_path: Path, cart_pole: Callable[..., Any]
):
    for percent in (10, 20, 30):
        cart_pole("a2c").save(tmp_path / f"pct_{percent}.zip")
    own = parse_config({"game": {"env_id": "CartPole-v1"}, "milestones_pct": [10, 20]})
    assert [one.label for one in from_config(tmp_path, own).checkpoints] == ["10", "20"]
    assert [one.label for one in from_config(tmp_path, own, [30]).checkpoints] == ["30"]
    assert len(from_config(tmp_path, config()).checkpoints) == 3


@pytest.mark.parametrize("hyperparams", [{"n_timesteps": 1e5, "policy": "MlpPolicy"}, {}])
def test_a_zoo_run_of_numbers_is_described(
    tmp_path: Path, cart_pole: Callable[..., Any], hyperparams: dict[str, Any]
):
    run = zoo_run(tmp_path, "a2c", {"algo": "a2c", "env": "CartPole-v1", "n_timesteps": 1000}, hyperparams)
    cart_pole("a2c").save(run / "rl_model_250_steps.zip")
    rewrite(run / "rl_model_250_steps.zip", _total_timesteps=None)
    trained = from_zoo(run)
    assert (trained.game, trained.algo, trained.checkpoints[0].percent) == ("Cart Pole", "a2c", 25)


def test_a_zoo_run_without_yaml_is_told_by_its_folders(tmp_path: Path, cart_pole: Callable[..., Any]):
    run = tmp_path / "ppo" / "CartPole-v1_3"
    run.mkdir(parents=True)
    cart_pole("ppo").save(run / "pct_50.zip")
    assert (from_zoo(run).env_id, from_zoo(run).training.exp_id) == ("CartPole-v1", 3)


def test_a_model_in_the_folder_of_another_algorithm_is_refused(tmp_path: Path, cart_pole: Callable[..., Any]):
    run = zoo_run(tmp_path, "dqn", {"algo": "dqn", "env": "CartPole-v1"}, {})
    cart_pole("ppo").save(run / "CartPole-v1.zip")
    with pytest.raises(ValueError, match=r"was saved by PPO, but the training is said to be of DQN"):
        from_zoo(run)


def test_a_folder_of_no_known_environment_is_refused(tmp_path: Path):
    folder = tmp_path / "stuff"
    folder.mkdir()
    with pytest.raises(ValueError, match=r"does not say of which environment it is: .*'stuff' is none"):
        from_zoo(folder)


@pytest.mark.parametrize(
    ("env_id", "title"),
    [
        (BREAKOUT, "Breakout"),
        ("ALE/SpaceInvaders-v5", "Space Invaders"),
        ("MsPacmanDeterministic-v0", "Ms Pacman"),
        ("Breakout-ramNoFrameskip-v4", "Breakout"),
        ("CartPole-v1", "Cart Pole"),
        ("module:Own-v0", "Own"),
    ],
)
def test_the_title_is_the_game(env_id: str, title: str):
    assert game_title(env_id) == title


@pytest.mark.parametrize(
    ("rate", "written"),
    [
        (2.5e-4, "2.5e-4"),
        (1e-3, "1e-3"),
        (0.00033, "3.3e-4"),
        (0.01, "0.01"),
        (1, "1"),
        ("lin_2.5e-4", "lin_2.5e-4"),
        (0.0, None),
        (None, None),
        (True, None),
    ],
)
def test_a_learning_rate_is_written_for_people(rate: object, written: object):
    assert written_rate(rate) == written


@pytest.mark.parametrize(
    ("game", "shape"),
    [
        ({}, (84, 84, 4)),
        ({"resize": 42, "frame_stack": 2}, (42, 42, 2)),
        ({"resize": [60, 80]}, (60, 80, 4)),
        ({"resize": None, "frame_stack": 1}, (210, 160, 1)),
        ({"grayscale": False}, (84, 84, 12)),
        ({"grayscale": False, "resize": [60, 80], "frame_stack": 1}, (60, 80, 3)),
        ({"grayscale": False, "resize": None, "frame_stack": 1}, (210, 160, 3)),
        ({"env_id": "CartPole-v1"}, (4,)),
    ],
)
def test_the_environment_is_the_configs(
    tmp_path: Path, cart_pole: Callable[..., Any], game: dict, shape: tuple
):
    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    run = from_config(tmp_path, parse_config({"game": {"env_id": BREAKOUT, **game}}))
    with closing(make_env(run.files(run.checkpoints[0]))) as env:
        assert env.observation_space.shape == shape


@pytest.mark.parametrize("grayscale", [True, False])
def test_an_atari_game_is_played_with_lives_clipped_rewards_and_the_configs_skip(
    tmp_path: Path, cart_pole: Callable[..., Any], grayscale: bool
):
    from stable_baselines3.common.atari_wrappers import (
        ClipRewardEnv,
        EpisodicLifeEnv,
        FireResetEnv,
        MaxAndSkipEnv,
        NoopResetEnv,
    )

    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    game = {"env_id": BREAKOUT, "grayscale": grayscale, "max_skip": 3}
    run = from_config(tmp_path, parse_config({"game": game}))
    with closing(make_env(run.files(run.checkpoints[0]))) as env:
        for wrapper in (NoopResetEnv, MaxAndSkipEnv, EpisodicLifeEnv, FireResetEnv, ClipRewardEnv):
            assert env.env_is_wrapped(wrapper) == [True]
        assert env.get_attr("_skip") == [3]


def test_a_game_that_skips_frames_itself_is_told(tmp_path: Path, cart_pole: Callable[..., Any]):
    cart_pole("ppo").save(tmp_path / "pct_50.zip")
    run = from_config(tmp_path, parse_config({"game": {"env_id": "ALE/Pong-v5"}}))
    assert re.match(r"ALE/Pong-v5 skips 4 frames itself, and game\.max_skip 4 comes on top", run.notes[0])
    once = from_config(tmp_path, parse_config({"game": {"env_id": "ALE/Pong-v5", "max_skip": 1}}))
    assert once.notes == ()
