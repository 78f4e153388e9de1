"""A model file is data: it loads as SB3 loads it, and nothing in it runs."""

import base64
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rlviz_agents import find_agent, load_agent, make_env, read_saved

ENV = "BreakoutNoFrameskip-v4"
SERIALIZED = ":serialized:"
pytestmark = pytest.mark.torch


class Touch:
    """Unpickling an instance makes a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def model_path(root: Path, algo: str = "dqn") -> Path:
    return root / algo / f"{ENV}_1" / f"{ENV}.zip"


def rewrite(path: Path, data: Callable[[dict], None] | None = None, **entries: bytes) -> None:
    """Change the JSON of a zip, or whole entries."""
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    if data is not None:
        fields = json.loads(contents["data"])
        data(fields)
        contents["data"] = json.dumps(fields).encode()
    contents.update({f"{name}.pth": content for name, content in entries.items()})
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


def poison(value: dict, marker: Path) -> None:
    value[SERIALIZED] = base64.b64encode(pickle.dumps(Touch(marker))).decode()


@pytest.mark.parametrize("algo", ["dqn", "qrdqn", "ppo", "a2c"])
def test_every_weight_is_the_one_in_the_file(zoo: Path, algo: str):
    import torch

    agent = load_agent(find_agent(zoo, algo, ENV), device="cpu")
    saved = torch.load(io.BytesIO(read_saved(model_path(zoo, algo)).weights["policy"]), weights_only=True)
    loaded = agent.model.policy.state_dict()
    assert loaded.keys() == saved.keys()
    assert all(torch.equal(loaded[name], saved[name]) for name in saved)


@pytest.mark.parametrize("algo", ["dqn", "qrdqn", "ppo", "a2c"])
def test_loading_draws_the_same_random_numbers_as_sb3s_own_loading(zoo: Path, algo: str):
    import torch

    files = find_agent(zoo, algo, ENV)
    safe = load_agent(files, seed=3, device="cpu")
    after_safe = torch.rand(1), safe.model.action_space.sample()
    trusted = load_agent(files, seed=3, device="cpu", trust=True)
    assert (torch.rand(1), trusted.model.action_space.sample()) == after_safe


@pytest.mark.parametrize("trust", [False, True])
def test_without_a_seed_the_random_generators_stay_as_they_were(dqn_files, trust: bool):
    from rlviz_agents.trace import generator_states

    before = generator_states()
    model: Any = load_agent(dqn_files, seed=None, device="cpu", trust=trust).model
    assert generator_states() == before
    assert model.seed is None


@pytest.mark.parametrize("algo", ["dqn", "qrdqn"])
def test_the_rate_of_random_actions_is_the_one_in_the_file(zoo: Path, algo: str):
    model: Any = load_agent(find_agent(zoo, algo, ENV)).model
    assert model.exploration_rate == 0.25


def test_shapes_are_known_without_an_environment(dqn_files):
    agent = load_agent(dqn_files)
    assert (agent.observation_shape, agent.n_actions) == ((4, 84, 84), 4)


def test_the_sha256_is_that_of_the_file(dqn_files):
    import hashlib

    expected = hashlib.sha256(dqn_files.model_path.read_bytes()).hexdigest()
    assert load_agent(dqn_files).sha256 == expected


def test_an_activation_named_in_the_policy_arguments_is_used(own_zoo: Path, new_model: Callable[..., Any]):
    import torch

    new_model("dqn", policy_kwargs={"activation_fn": torch.nn.ELU, "net_arch": [8]}).save(model_path(own_zoo))
    model: Any = load_agent(find_agent(own_zoo, "dqn", ENV)).model
    assert isinstance(model.policy.q_net.q_net[1], torch.nn.ELU)


def test_loading_prints_nothing(
    own_zoo: Path, new_model: Callable[..., Any], capfd: pytest.CaptureFixture[str]
):
    new_model("dqn", verbose=1).save(model_path(own_zoo))
    capfd.readouterr()
    load_agent(find_agent(own_zoo, "dqn", ENV))
    assert capfd.readouterr() == ("", "")


def test_no_pickle_of_any_field_runs(own_zoo: Path, tmp_path: Path):
    marker = tmp_path / "ran"

    def poison_all(fields: dict) -> None:
        for name, value in fields.items():
            if isinstance(value, dict) and SERIALIZED in value and name != "policy_class":
                poison(value, marker)
        fields["policy_kwargs"][SERIALIZED] = ""
        poison(fields["policy_kwargs"], marker)
        fields["unheard_of"] = {":type:": "x"}
        poison(fields["unheard_of"], marker)

    rewrite(model_path(own_zoo), poison_all)
    load_agent(find_agent(own_zoo, "dqn", ENV))
    assert not marker.exists()


def test_the_same_pickle_runs_for_who_trusts_the_file(own_zoo: Path, tmp_path: Path):
    marker = tmp_path / "ran"

    def add(fields: dict) -> None:
        fields["unheard_of"] = {":type:": "x"}
        poison(fields["unheard_of"], marker)

    rewrite(model_path(own_zoo), add)
    load_agent(find_agent(own_zoo, "dqn", ENV), trust=True)
    assert marker.exists()


def test_a_pickled_policy_that_is_no_name_is_refused_and_does_not_run(own_zoo: Path, tmp_path: Path):
    marker = tmp_path / "ran"
    rewrite(model_path(own_zoo), lambda fields: poison(fields["policy_class"], marker))
    with pytest.raises(ValueError, match=r"has code for its policy, expected one of dqn's own"):
        load_agent(find_agent(own_zoo, "dqn", ENV))
    assert not marker.exists()


def test_a_policy_of_another_package_is_refused(own_zoo: Path):
    def name_another(fields: dict) -> None:
        fields["policy_class"][SERIALIZED] = base64.b64encode(pickle.dumps(zipfile.ZipFile)).decode()

    rewrite(model_path(own_zoo), name_another)
    with pytest.raises(ValueError, match=r"has zipfile.ZipFile for its policy"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_a_policy_of_another_algorithm_is_refused(own_zoo: Path, zoo: Path):
    shutil.copy(model_path(zoo, "ppo"), model_path(own_zoo))
    with pytest.raises(ValueError, match=r"ActorCriticCnnPolicy for its policy.*check --algo"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_an_optimizer_of_another_package_is_refused(own_zoo: Path):
    def name_another(fields: dict) -> None:
        fields["policy_kwargs"] = {
            ":type:": "x",
            SERIALIZED: "",
            "optimizer_class": "<class 'os._wrap_close'>",
        }

    rewrite(model_path(own_zoo), name_another)
    with pytest.raises(ValueError, match=r"optimizer_class=.*expected a class of PyTorch or SB3"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_a_policy_argument_that_the_policy_does_not_take_is_refused(own_zoo: Path):
    rewrite(model_path(own_zoo), lambda fields: fields["policy_kwargs"].update(surprise=1))
    with pytest.raises(ValueError, match="policy argument 'surprise'"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_plain_fields_of_the_file_cannot_replace_parts_of_the_model(own_zoo: Path):
    plain = {"predict": 1, "policy": 2, "env": "os:Nothing-v0", "device": "meta", "_setup_model": 3}
    rewrite(model_path(own_zoo), lambda fields: fields.update(plain))
    model = load_agent(find_agent(own_zoo, "dqn", ENV), device="cpu").model
    assert callable(model.predict)
    assert (model.env, model.device.type) == (None, "cpu")


def test_weights_that_hold_more_than_tensors_are_refused_and_do_not_run(own_zoo: Path, tmp_path: Path):
    import torch

    buffer = io.BytesIO()
    torch.save({"weight": Touch(tmp_path / "ran")}, buffer)
    rewrite(model_path(own_zoo), policy=buffer.getvalue())
    with pytest.raises(ValueError, match="hold more than tensors"):
        load_agent(find_agent(own_zoo, "dqn", ENV))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kept", [0, 100, 5000, -30])
def test_a_truncated_zip_is_named(own_zoo: Path, kept: int):
    path = model_path(own_zoo)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=rf"{ENV}.zip (is not a whole zip file|.* is truncated)"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_a_damaged_zip_is_named(own_zoo: Path):
    path = model_path(own_zoo)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))
    with pytest.raises(ValueError, match=rf"{ENV}.zip is not a whole zip file"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_a_zip_of_something_else_is_named(own_zoo: Path):
    with zipfile.ZipFile(model_path(own_zoo), "w") as archive:
        archive.writestr("hello.txt", "world")
    with pytest.raises(ValueError, match="no entry 'data'"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_data_that_is_not_json_is_named(own_zoo: Path):
    path = model_path(own_zoo)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data", "{")
        archive.writestr("policy.pth", b"")
    with pytest.raises(ValueError, match="'data' is not JSON"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_no_numbers_are_named(own_zoo: Path, new_model: Callable[..., Any], value: float):
    model = new_model("dqn")
    model.policy.q_net.q_net[0].bias.data[2] = value
    model.save(model_path(own_zoo))
    with pytest.raises(ValueError, match=r"no finite numbers in 'q_net.q_net.0.bias'"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_weights_of_another_network_are_refused_in_one_line(own_zoo: Path):
    rewrite(model_path(own_zoo), lambda fields: fields["policy_kwargs"].update(net_arch=[7]))
    with pytest.raises(ValueError, match="does not load as dqn") as caught:
        load_agent(find_agent(own_zoo, "dqn", ENV))
    assert "\n" not in str(caught.value)


@pytest.fixture
def number_zoo(own_zoo: Path) -> Path:
    """A zoo whose DQN observes four numbers."""
    from stable_baselines3 import DQN

    DQN("MlpPolicy", "CartPole-v1", buffer_size=1, device="cpu").save(model_path(own_zoo))
    return own_zoo


def test_an_agent_that_observes_numbers_is_loaded_to_be_looked_into(number_zoo: Path):
    import torch

    agent = load_agent(find_agent(number_zoo, "dqn", ENV), device="cpu")
    saved = torch.load(io.BytesIO(read_saved(model_path(number_zoo)).weights["policy"]), weights_only=True)
    loaded = agent.model.policy.state_dict()
    assert (agent.observation_shape, agent.n_actions) == ((4,), 2)
    assert all(torch.equal(loaded[name], saved[name]) for name in saved)


@pytest.mark.parametrize(
    "space", [{"_shape": [3, 2], "dtype": "float32"}, {"_shape": 4, "dtype": "int64"}, {}]
)
def test_an_agent_that_observes_neither_images_nor_numbers_in_a_row_is_refused(own_zoo: Path, space: dict):
    rewrite(model_path(own_zoo), lambda fields: fields.update(observation_space=space))
    with pytest.raises(ValueError, match=r"expected images \(uint8, three axes\) or numbers \(one axis\)"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_the_shape_is_also_read_under_its_older_name(own_zoo: Path):
    def rename(fields: dict) -> None:
        fields["observation_space"]["shape"] = fields["observation_space"].pop("_shape")

    rewrite(model_path(own_zoo), rename)
    assert load_agent(find_agent(own_zoo, "dqn", ENV)).observation_shape == (4, 84, 84)


def test_a_wrong_observation_shape_is_named_with_both_shapes(own_zoo: Path):
    config = own_zoo / "dqn" / f"{ENV}_1" / ENV / "config.yml"
    config.write_text(config.read_text().replace("- 4", "- 3"))
    files = find_agent(own_zoo, "dqn", ENV)
    env = make_env(files)
    with pytest.raises(ValueError, match=r"shape \(4, 84, 84\), its environment gives \(84, 84, 3\)"):
        load_agent(files, env)
    env.close()


def test_a_wrong_number_of_actions_is_named(own_zoo: Path):
    files = find_agent(own_zoo, "dqn", ENV)
    env = make_env(files, env_kwargs={"full_action_space": True})
    with pytest.raises(ValueError, match=r"has 4 actions, its environment Discrete\(18\)"):
        load_agent(files, env)
    env.close()


@pytest.mark.parametrize("rate", [None, "0.1", 2, -1, True])
def test_a_rate_of_random_actions_that_is_none_is_refused(own_zoo: Path, rate: object):
    rewrite(model_path(own_zoo), lambda fields: fields.update(exploration_rate=rate))
    with pytest.raises(ValueError, match="exploration_rate"):
        load_agent(find_agent(own_zoo, "dqn", ENV))


def test_loading_an_agent_does_not_import_pytorchs_compiler(own_zoo: Path):
    """It costs a second and 100 MB, and only an optimizer asks for it."""
    code = (
        "import sys; from rlviz_agents import find_agent, load_agent;"
        f"load_agent(find_agent({str(own_zoo)!r}, 'dqn', {ENV!r}));"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_device_that_is_not_known_is_named(dqn_files):
    with pytest.raises(ValueError, match="device 'tpu' is not known; choose auto, cpu or cuda"):
        load_agent(dqn_files, device="tpu")


def test_cuda_is_not_quietly_replaced_by_the_cpu(dqn_files, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(ValueError, match="there is no CUDA device here"):
        load_agent(dqn_files, device="cuda")
