"""Before rl_zoo3 itself may load an agent, its pickles are read without anything in them being looked up."""

import base64
import json
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rlviz_agents import check_agent, find_agent
from rlviz_agents.pickles import foreign_names

ENV = "BreakoutNoFrameskip-v4"
pytestmark = pytest.mark.torch


def text(value: str) -> bytes:
    """The opcode that pushes a text."""
    return b"\x8c" + bytes([len(value)]) + value.encode()


def call(module: str, name: str, argument: str) -> bytes:
    """A pickle that calls what the name refers to with one text."""
    return b"\x80\x04" + text(module) + text(name) + b"\x93" + text(argument) + b"\x85R."


def spoil(own_zoo: Path, field: str, pickled: bytes) -> None:
    """Put a pickle into a field of the DQN agent."""
    path = own_zoo / "dqn" / f"{ENV}_1" / f"{ENV}.zip"
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    data = json.loads(contents["data"])
    data[field] = {":type:": "x", ":serialized:": base64.b64encode(pickled).decode()}
    contents["data"] = json.dumps(data).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)


# A dotted name reaches any module through one that is allowed: here subprocess, through SB3 and PyTorch.
DOTTED = ("stable_baselines3.common.utils", "th.utils.collect_env.subprocess.Popen")


@pytest.mark.parametrize("algo", ["dqn", "qrdqn", "ppo", "a2c"])
def test_an_agent_as_sb3_saves_it_passes(zoo: Path, algo: str):
    check_agent(find_agent(zoo, algo, ENV))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("os", "mkdir"),
        ("builtins", "eval"),
        ("stable_baselines3.common.utils", "os.mkdir"),
        DOTTED,
        ("stable_baselines3.common.utils", "get_linear_fn"),
        ("cloudpickle.cloudpickle", "_make_function"),
    ],
)
def test_a_foreign_name_is_refused_and_not_called(own_zoo: Path, tmp_path: Path, module: str, name: str):
    spoil(own_zoo, "_last_obs", call(module, name, str(tmp_path / "ran")))
    with pytest.raises(ValueError, match=rf"field '_last_obs' is a pickle that names {module}.{name}"):
        check_agent(find_agent(own_zoo, "dqn", ENV))
    assert not (tmp_path / "ran").exists()


def test_the_dotted_name_would_run_a_program(tmp_path: Path):
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    process: Any = pickle.loads(call(*DOTTED, str(program)))
    process.wait()
    assert (tmp_path / "ran").exists()


def test_what_record_video_replaces_is_not_judged(own_zoo: Path):
    spoil(own_zoo, "lr_schedule", call("builtins", "eval", "1"))
    check_agent(find_agent(own_zoo, "dqn", ENV))


@pytest.mark.parametrize("pickled", [b"", b"hello", b"\x80\x04", b"\x80\x04P1\n."])
def test_what_is_no_pickle_is_refused(own_zoo: Path, pickled: bytes):
    spoil(own_zoo, "_last_obs", pickled)
    with pytest.raises(ValueError, match="field '_last_obs' is no readable pickle"):
        check_agent(find_agent(own_zoo, "dqn", ENV))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_names_are_found_in_every_protocol(protocol: int):
    names = foreign_names(pickle.dumps([os.system, zipfile.ZipFile], protocol))
    assert names == {f"{os.system.__module__}.system", "zipfile.ZipFile"}


@pytest.mark.parametrize(
    ("hyperparams", "named"),
    [
        ({"env_wrapper": "os.system"}, "os.system"),
        ({"normalize": "__import__('os').getcwd()"}, "vecnormalize.pkl"),
    ],
)
def test_hyperparameters_that_the_zoo_would_run_are_refused(own_zoo: Path, hyperparams: dict, named: str):
    import yaml

    (own_zoo / "dqn" / f"{ENV}_1" / ENV / "config.yml").write_text(yaml.dump(hyperparams))
    with pytest.raises(ValueError, match=named):
        check_agent(find_agent(own_zoo, "dqn", ENV))


def test_an_agent_with_another_optimizer_passes(own_zoo: Path, new_model: Callable[..., Any]):
    import torch

    model = new_model("dqn", policy_kwargs={"optimizer_class": torch.optim.RMSprop})
    model.save(own_zoo / "dqn" / f"{ENV}_1" / f"{ENV}.zip")
    check_agent(find_agent(own_zoo, "dqn", ENV))
