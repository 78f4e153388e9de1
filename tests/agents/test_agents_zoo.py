"""The zoo's folders and flags mean here what they mean to the zoo."""

from pathlib import Path

import pytest
import yaml
from rlviz_agents import find_agent, list_agents, parse_env_kwargs

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


@pytest.mark.parametrize(
    ("flags", "file", "prefix"),
    [
        ({}, f"{ENV}.zip", "final-model"),
        ({"load_best": True}, "best_model.zip", "best-model"),
        ({"load_checkpoint": 9}, "rl_model_9_steps.zip", "checkpoint-9"),
        ({"load_last_checkpoint": True}, "rl_model_20_steps.zip", "checkpoint-20"),
    ],
)
def test_each_flag_chooses_the_file_that_the_zoo_chooses(zoo: Path, flags: dict, file: str, prefix: str):
    found = find_agent(zoo, "dqn", ENV, **flags)
    assert (found.model_path.name, found.name_prefix) == (file, f"{prefix}-dqn-{ENV}")


def test_experiment_zero_is_the_latest_one(own_zoo: Path):
    later = own_zoo / "dqn" / f"{ENV}_12"
    (own_zoo / "dqn" / f"{ENV}_1").rename(later)
    found = find_agent(own_zoo, "dqn", ENV)
    assert (found.exp_id, found.log_path) == (12, later)


def test_experiment_minus_one_means_that_there_is_no_folder_per_run(own_zoo: Path):
    run = own_zoo / "dqn" / f"{ENV}_1"
    for entry in run.iterdir():
        entry.rename(own_zoo / "dqn" / entry.name)
    found = find_agent(own_zoo, "dqn", ENV, exp_id=-1)
    assert (found.exp_id, found.hyperparams["frame_stack"]) == (-1, 4)


def test_finding_an_agent_prints_nothing(zoo: Path, capsys: pytest.CaptureFixture[str]):
    find_agent(zoo, "dqn", ENV)
    assert capsys.readouterr() == ("", "")


def test_hyperparameters_and_arguments_come_out_of_the_zoos_ordered_dicts(own_zoo: Path):
    args = own_zoo / "dqn" / f"{ENV}_1" / ENV / "args.yml"
    args.write_text(args.read_text().replace("null", "{mode: 4}"))
    found = find_agent(own_zoo, "dqn", ENV)
    assert found.hyperparams["frame_stack"] == 4
    assert found.hyperparams["normalize"] is False
    assert found.env_kwargs == {"mode": 4}


def test_an_agent_without_yaml_has_no_hyperparameters(own_zoo: Path):
    for path in (own_zoo / "dqn" / f"{ENV}_1" / ENV).iterdir():
        path.unlink()
    (own_zoo / "dqn" / f"{ENV}_1" / ENV).rmdir()
    found = find_agent(own_zoo, "dqn", ENV)
    assert (found.hyperparams, found.stats_path, found.env_kwargs) == ({}, None, {})


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"no folder .*nowhere"):
        find_agent(tmp_path / "nowhere", "dqn", ENV)


def test_a_missing_agent_is_answered_with_those_that_are_there(zoo: Path):
    expected = rf"no agent dqn/PongNoFrameskip-v4 .*it has: a2c/{ENV}_1, dqn/{ENV}_1, ppo/"
    with pytest.raises(FileNotFoundError, match=expected):
        find_agent(zoo, "dqn", "PongNoFrameskip-v4")


def test_a_missing_experiment_is_named(zoo: Path):
    with pytest.raises(FileNotFoundError, match=f"no agent dqn/{ENV}_7 .*it has: .*dqn/{ENV}_1"):
        find_agent(zoo, "dqn", ENV, exp_id=7)


def test_a_missing_checkpoint_is_answered_with_the_files_of_the_run(zoo: Path):
    with pytest.raises(
        FileNotFoundError, match=r"no \S+ in .*it has: .*best_model.zip, rl_model_20_steps.zip"
    ):
        find_agent(zoo, "dqn", ENV, load_checkpoint=5)


def test_a_run_without_checkpoints_says_so(zoo: Path):
    with pytest.raises(FileNotFoundError, match=rf"no rl_model_\*_steps\.zip in .*it has: {ENV}.zip"):
        find_agent(zoo, "ppo", ENV, load_last_checkpoint=True)


def test_an_algorithm_without_images_is_refused_with_those_that_have(zoo: Path):
    with pytest.raises(ValueError, match=r"'sac'.*choose one of: dqn, qrdqn, ppo, a2c"):
        find_agent(zoo, "sac", ENV)


def test_agents_are_listed_by_algorithm_and_run(zoo: Path):
    assert list_agents(zoo) == tuple(f"{algo}/{ENV}_1" for algo in ("a2c", "dqn", "ppo", "qrdqn"))


@pytest.mark.parametrize("name", ["args.yml", "config.yml"])
@pytest.mark.parametrize("text", ["{", "- 1\n- 2\n", "!!binary x: [", "\x00", "a: &a [*a"])
def test_corrupt_yaml_is_named(own_zoo: Path, name: str, text: str):
    path = own_zoo / "dqn" / f"{ENV}_1" / ENV / name
    path.write_text(text)
    with pytest.raises(ValueError, match=f"{name} .*restore the file the zoo wrote"):
        find_agent(own_zoo, "dqn", ENV)


def attack(marker: Path) -> list[str]:
    """YAML texts that touch the file when they are loaded as PyYAML's unsafe loader loads them."""
    apply = "tag:yaml.org,2002:python/object/apply:"
    ordered = "!!python/object/apply:collections.OrderedDict"
    pairs = f"{ordered}\n- - - env_kwargs\n    - !<{apply}os.system> ['touch {marker}']\n"
    return [
        f"!!python/object/apply:os.system ['touch {marker}']\n",
        f"env_kwargs: !!python/object/apply:os.system ['touch {marker}']\n",
        f"!!python/object/new:os.system ['touch {marker}']\n",
        pairs,
    ]


@pytest.mark.parametrize("name", ["args.yml", "config.yml"])
@pytest.mark.parametrize("number", range(4))
def test_yaml_that_would_run_a_program_is_refused_and_runs_nothing(own_zoo: Path, name: str, number: int):
    marker = own_zoo / "ran"
    text = attack(marker)[number]
    path = own_zoo / "dqn" / f"{ENV}_1" / ENV / name
    path.write_text(text)
    with pytest.raises(ValueError, match=f"{name} holds what is more than data"):
        find_agent(own_zoo, "dqn", ENV)
    assert not marker.exists()


@pytest.mark.parametrize("number", range(4))
def test_the_same_yaml_runs_for_who_trusts_it(own_zoo: Path, number: int):
    marker = own_zoo / "ran"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(own_zoo)
        yaml.load(attack(marker)[number], Loader=yaml.UnsafeLoader)
    assert marker.exists()


def test_env_kwargs_are_read_as_the_zoo_reads_them():
    pairs = ["mode:4", "rate:0.25", "name:'a:b'", "flag:True", "size:[1, 2]", "none:None"]
    expected = {"mode": 4, "rate": 0.25, "name": "a:b", "flag": True, "size": [1, 2], "none": None}
    assert parse_env_kwargs(pairs) == expected


@pytest.mark.parametrize(
    "pair", ["mode", "mode:", "mode:__import__('os').getcwd()", "mode:dict(a=1)", "a b:1", ":1"]
)
def test_env_kwargs_that_are_no_literals_are_refused(pair: str):
    with pytest.raises(ValueError, match="environment argument"):
        parse_env_kwargs([pair])
