"""Small trainings made on the spot, and the command line, called in this process or in one of its own."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from called import Outcome, caller, starter
from neural_videos import CARTPOLE
from nn_video_generator.__main__ import main
from zoo_agents import new_atari_model, save_as_the_zoo_does


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Call the command line in this process."""
    return caller(main, capfd)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command line in a process (and a process group) of its own."""
    with starter("nn_video_generator", tmp_path) as start:
        yield start


@pytest.fixture(scope="session")
def atari() -> Iterator[Callable[[str], Any]]:
    """Environments as SB3 makes them, without rlviz."""
    import rl_zoo3.import_envs  # noqa: F401
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack

    opened: list[Any] = []

    def make(env_id: str) -> Any:
        opened.append(VecFrameStack(make_atari_env(env_id, seed=0), 4))
        return opened[-1]

    yield make
    for env in opened:
        env.close()


@pytest.fixture(scope="session")
def zoo_run(
    tmp_path_factory: pytest.TempPathFactory, atari: Callable[[str], Any]
) -> Callable[[str, str], Path]:
    """Make an untrained agent of a game, in the zoo's layout; the folder of its run. Each is made once."""
    root = tmp_path_factory.mktemp("zoo")
    made: dict[tuple[str, str], Path] = {}

    def run(algo: str, env_id: str) -> Path:
        if (algo, env_id) not in made:
            model = _cartpole(algo) if env_id == CARTPOLE else new_atari_model(algo, atari(env_id))
            made[algo, env_id] = save_as_the_zoo_does(model, root, algo, env_id).parent
        return made[algo, env_id]

    return run


def _cartpole(algo: str) -> Any:
    from rl_zoo3.utils import ALGOS

    algorithm: Any = ALGOS[algo]
    return algorithm("MlpPolicy", CARTPOLE, seed=3, device="cpu")
