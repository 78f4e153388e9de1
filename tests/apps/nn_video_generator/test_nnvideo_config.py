"""A config is read as data, checked key by key, and says what it did not understand."""

import re
from pathlib import Path

import pytest
import yaml
from nn_video_generator.config import TrainingConfig, parse_config, read_config

BREAKOUT = "BreakoutNoFrameskip-v4"


def config(game: object = (), train: object = (), **top: object) -> TrainingConfig:
    return parse_config({"game": {"env_id": BREAKOUT, **dict(game)}, "train": dict(train), **top})  # pyright: ignore[reportArgumentType, reportCallIssue]


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text)
    return path


def test_an_environment_is_enough():
    assert parse_config({"game": {"env_id": BREAKOUT}}) == TrainingConfig(env_id=BREAKOUT)


def test_every_key_of_the_original_is_read(tmp_path: Path):
    path = write(
        tmp_path,
        """
project_name: retro
seed: 42
game: {env_id: ALE/Pong-v5, frame_stack: 2, resize: [100, 120], grayscale: false, max_skip: 3}
train:
  {algo: PPO, learning_rate: 2.5e-4, gamma: 0.98, clip_range: 0.1, ent_coef: 0.01, total_timesteps: 10000000}
recording: {milestones_pct: [100, 10, 50], milestone_clip_seconds: 90, fps: 30}
showcase_mode: true
showcase_exploration_rate: 0.05
showcase_seed_base: 7
showcase_stochastic_policy: true
showcase_randomness_mode: both
paths: {videos: video}
stream: {enabled: false}
""",
    )
    assert read_config(path) == TrainingConfig(
        env_id="ALE/Pong-v5",
        frame_stack=2,
        resize=(100, 120),
        grayscale=False,
        max_skip=3,
        algo="ppo",
        learning_rate=2.5e-4,
        gamma=0.98,
        clip_range=0.1,
        ent_coef=0.01,
        total_timesteps=10_000_000,
        milestones_pct=(10, 50, 100),
        showcase_mode=True,
        showcase_exploration_rate=0.05,
        showcase_seed_base=7,
        showcase_stochastic_policy=True,
        showcase_randomness_mode="both",
    )


def test_milestones_at_the_top_count_before_those_of_the_recording():
    both = config(milestones_pct=[0, 1, 12.5], recording={"milestones_pct": [100]})
    assert both.milestones_pct == (0, 1, 12.5)


def test_numbers_that_yaml_takes_for_text_are_numbers(tmp_path: Path):
    path = write(
        tmp_path, f"game: {{env_id: {BREAKOUT}}}\ntrain: {{learning_rate: 1e-4, total_timesteps: 1e6}}\n"
    )
    read = read_config(path)
    assert (read.learning_rate, read.total_timesteps) == (1e-4, 1_000_000)


def test_schedules_of_the_zoo_stay_as_they_are_written():
    read = config(train={"learning_rate": "lin_2.5e-4", "clip_range": "lin_0.1"})
    assert (read.learning_rate, read.clip_range) == ("lin_2.5e-4", "lin_0.1")


@pytest.mark.parametrize(("given", "expected"), [(84, (84, 84)), ([210, 160], (210, 160)), (None, None)])
def test_the_size_may_be_one_number_or_two_or_that_of_the_game(given: object, expected: object):
    assert config(game={"resize": given}).resize == expected


@pytest.mark.parametrize("name", ["QRDQN", "qr-dqn", "QR_DQN"])
def test_an_algorithm_may_be_written_with_capitals_and_hyphens(name: str):
    assert config(train={"algo": name}).algo == "qrdqn"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"game": {"frame_stack": -1}},
            "game.frame_stack: -1 is not usable; give a whole number from 1 to 64",
        ),
        ({"game": {"frame_stack": 2.5}}, "game.frame_stack: 2.5"),
        ({"game": {"frame_stack": True}}, "game.frame_stack: True"),
        ({"game": {"resize": [84]}}, "game.resize: [84] is not usable; give [height, width] or one number"),
        ({"game": {"resize": [84, 0]}}, "game.resize: [84, 0]"),
        ({"game": {"grayscale": "yes"}}, "game.grayscale: 'yes' is not usable; give true or false"),
        ({"game": {"max_skip": 0}}, "game.max_skip: 0"),
        ({"game": {"env_id": 3}}, "game.env_id: 3 is not usable; give a text"),
        ({"game": [1]}, "game: [1] is not usable; give a mapping of keys to values"),
        ({"train": {"algo": "SAC"}}, "train.algo: 'SAC' is not usable; give one of: dqn, qrdqn, ppo, a2c"),
        ({"train": {"gamma": 1.5}}, "train.gamma: 1.5 is not usable; give a number from 0 to 1"),
        ({"train": {"gamma": float("nan")}}, "train.gamma: nan"),
        ({"train": {"learning_rate": "lin_fast"}}, "train.learning_rate: 'lin_fast'"),
        ({"train": {"ent_coef": []}}, "train.ent_coef: []"),
        ({"train": {"total_timesteps": 0}}, "train.total_timesteps: 0"),
        (
            {"milestones_pct": [10, 101]},
            "milestones_pct: [10, 101] is not usable; give a list of percentages",
        ),
        ({"milestones_pct": []}, "milestones_pct: []"),
        ({"milestones_pct": 50}, "milestones_pct: 50"),
        ({"recording": {"milestones_pct": "all"}}, "recording.milestones_pct: 'all'"),
        ({"showcase_exploration_rate": 5}, "showcase_exploration_rate: 5"),
        ({"showcase_randomness_mode": "wild"}, "give one of: stochastic, epsilon, both"),
        ({"showcase_mode": 1}, "showcase_mode: 1 is not usable; give true or false"),
        ({"showcase_seed_base": -1}, "showcase_seed_base: -1"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_its_key(given: dict, message: str):
    whole = (
        {**given, "game": {"env_id": BREAKOUT, **given.get("game", {})}}
        if given.get("game") != [1]
        else given
    )
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        parse_config(whole)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("given", [{}, {"game": {}}, {"game": None}])
def test_a_config_without_an_environment_says_so(given: dict):
    with pytest.raises(ValueError, match=r"^game\.env_id is missing; name the environment there"):
        parse_config(given)


def test_keys_that_nothing_reads_are_named_with_the_known_one_that_is_near():
    read = config(game={"frame_stak": 4}, train={"lerning_rate": 1, "sauce": 2}, milestone_pct=[1], zebra=3)
    assert read.unknown == (
        "milestone_pct (meant milestones_pct?)",
        "zebra",
        "game.frame_stak (meant game.frame_stack?)",
        "train.lerning_rate (meant train.learning_rate?)",
        "train.sauce",
    )


def test_sections_and_keys_of_the_trainings_other_tools_are_no_news():
    read = config(
        train={"n_steps": 128, "vec_envs": 8, "batch_size": 256, "policy_kwargs": {}},
        **dict.fromkeys(
            ("project_name", "seed", "paths", "stream", "render", "training_video", "video_tools")
        ),
        recording={"fps": 30},
    )
    assert read.unknown == ()


@pytest.mark.parametrize(
    "text",
    [
        "game: !!python/object/apply:os.system ['touch {marker}']",
        "game: !!python/name:os.system",
        "!!python/object/new:os.system ['touch {marker}']",
        "game: !custom {{}}",
    ],
)
def test_a_tag_that_would_make_an_object_is_refused_in_one_line(tmp_path: Path, text: str):
    path = write(tmp_path, text.format(marker=tmp_path / "ran"))
    with pytest.raises(
        ValueError, match=r"config\.yaml holds what is more than data .*; write plain"
    ) as caught:
        read_config(path)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["{", "\x00", "game: [", "a: b: c"])
def test_a_file_that_is_no_yaml_is_refused_in_one_line(tmp_path: Path, text: str):
    with pytest.raises(ValueError, match=r"config\.yaml is not readable YAML \(.*\)") as caught:
        read_config(write(tmp_path, text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- 1", "just words"])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str):
    with pytest.raises(ValueError, match=r"expected sections such as game: and train:"):
        read_config(write(tmp_path, text))


def test_the_file_is_named_with_the_key(tmp_path: Path):
    path = write(tmp_path, yaml.safe_dump({"game": {"env_id": BREAKOUT, "max_skip": "four"}}))
    with pytest.raises(ValueError, match=re.escape(f"{path}: game.max_skip: 'four' is not usable")):
        read_config(path)


def test_a_value_that_goes_on_for_ever_is_cut_in_the_message(tmp_path: Path):
    bombs = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9))
    path = write(tmp_path, f"a0: &a0 [x]\n{bombs}\ngame: {{env_id: {BREAKOUT}, max_skip: *a8}}\n")
    with pytest.raises(ValueError, match=r"game\.max_skip") as caught:
        read_config(path)
    assert len(str(caught.value)) < 2000
