"""The shipped sample agent, tiny agents of every algorithm, and the command line called in this process."""

import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rlviz_agents
from breakout_gradcam.__main__ import main
from called import Outcome, caller, starter
from numpy.typing import NDArray
from rlviz_video import read_timeline
from zoo_agents import new_atari_model, save_as_the_zoo_does

ENV = "BreakoutNoFrameskip-v4"
SEAQUEST = "SeaquestNoFrameskip-v4"
SAMPLE = Path(rlviz_agents.__file__).parent / "sample"
PREFIX = f"final-model-dqn-{ENV}"
STEPS = 40
"""Steps of the runs that many tests share."""


@dataclass(frozen=True)
class Made:
    """The files of one run under `folder`."""

    folder: Path
    prefix: str = PREFIX
    steps: int = STEPS

    @property
    def original(self) -> Path:
        return self.folder / "original" / f"{self.prefix}-step-0-to-step-{self.steps}.mp4"

    @property
    def video(self) -> Path:
        return self.folder / "gradcam" / f"{self.prefix}_gradcam.mp4"

    @property
    def timeline(self) -> Path:
        return self.video.with_suffix(".timeline.csv")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The timeline's rows."""
        return [dict(row) for row in read_timeline(self.timeline)]

    @property
    def manifest_path(self) -> Path:
        return self.video.with_suffix(".manifest.json")

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads(self.manifest_path.read_text(encoding="utf-8"))

    @property
    def names(self) -> list[str]:
        """Every file under the folder, by its path relative to it."""
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())


@dataclass(frozen=True)
class Decoded:
    """A video as PyAV reads it: frames uint8 (N, H, W, 3), RGB."""

    frames: NDArray[np.uint8]
    rate: Fraction


@pytest.fixture(scope="session")
def sample() -> Path:
    """The folder of agents that the app ships."""
    return SAMPLE


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    """Name the files of a run in the folder `videos` of the test's own."""

    def name(algo: str = "dqn", env_id: str = ENV, steps: int = STEPS, folder: str = "videos") -> Made:
        return Made(tmp_path / folder, f"final-model-{algo}-{env_id}", steps)

    return name


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Call the command line in this process."""
    return caller(main, capfd)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the command line, or another module, in a process (and a process group) of its own."""
    with starter("breakout_gradcam", tmp_path) as start:
        yield start


@pytest.fixture(scope="session")
def decode() -> Callable[[Path], Decoded]:
    """Decode every frame of a video."""
    import av

    def read(path: Path) -> Decoded:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            frames: list[Any] = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
            assert stream.average_rate is not None
            return Decoded(np.stack(frames), Fraction(stream.average_rate))

    return read


def record_quietly(folder: Path, *arguments: object) -> None:
    """Record into a folder, for fixtures that outlive a test."""
    assert main(["record", "-o", str(folder), *map(str, arguments)]) == 0


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A run of the sample agent with everything kept: `run.arrow`, `trace.jsonl` and all frames."""
    root = tmp_path_factory.mktemp("sample_run")
    record_quietly(
        root / "videos",
        *("-f", SAMPLE, "-n", STEPS, "--seed", 3, "--save-frames"),
        *("--save-recording", root / "run.arrow", "--trace", root / "trace.jsonl"),
    )
    return Made(root / "videos")


@pytest.fixture(scope="session")
def recording(sample_run: Made) -> Path:
    """The kept steps of `sample_run`."""
    return sample_run.folder.parent / "run.arrow"


@pytest.fixture(scope="session")
def atari() -> Iterator[Callable[[str], Any]]:
    """Environments as SB3 makes them, without rlviz."""
    import rl_zoo3.import_envs  # noqa: F401
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack

    opened: dict[str, Any] = {}

    def make(env_id: str = ENV) -> Any:
        if env_id not in opened:
            opened[env_id] = VecFrameStack(make_atari_env(env_id, seed=0), 4)
        return opened[env_id]

    yield make
    for env in opened.values():
        env.close()


@pytest.fixture(scope="session")
def new_model(atari: Callable[[str], Any]) -> Callable[..., Any]:
    """Make an untrained model of a network with a small last layer."""

    def make(algo: str, env_id: str = ENV, **policy: Any) -> Any:
        return new_atari_model(algo, atari(env_id), **policy)

    return make


@pytest.fixture(scope="session")
def zoo(tmp_path_factory: pytest.TempPathFactory, new_model: Callable[..., Any]) -> Path:
    """An agent of each algorithm (QR-DQN and PPO trained for some steps), and one that plays Seaquest."""
    root = tmp_path_factory.mktemp("zoo")
    save_as_the_zoo_does(new_model("dqn"), root, "dqn", ENV)
    save_as_the_zoo_does(new_model("dqn", SEAQUEST), root, "dqn", SEAQUEST)
    save_as_the_zoo_does(new_model("a2c"), root, "a2c", ENV)
    save_as_the_zoo_does(new_model("ppo").learn(256), root, "ppo", ENV)
    save_as_the_zoo_does(new_model("qrdqn", n_quantiles=5).learn(300), root, "qrdqn", ENV)
    return root
