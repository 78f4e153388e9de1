"""What we play is what `rl_zoo3.record_video` plays: each action, reward, done, picture and random number."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from rlviz_agents import (
    deterministic_actions,
    find_agent,
    first_difference,
    load_agent,
    make_env,
    parse_env_kwargs,
    play,
    read_trace,
    trace_step,
)

ENV = "BreakoutNoFrameskip-v4"
SHARED = Path(__file__).parents[2] / "../shared/agents"
pytestmark = pytest.mark.torch


@dataclass(frozen=True)
class Case:
    """Arguments of record_video, and of ours."""

    algo: str
    flags: tuple[str, ...] = ()
    n: int = 25
    seed: int = 0
    n_envs: int = 1
    env_kwargs: tuple[str, ...] = ()
    checkpoint: int | None = None
    env_id: str = ENV

    def command(self, folder: Path, videos: Path) -> list[str]:
        """What record_video is given."""
        extra = ["--env-kwargs", *self.env_kwargs] if self.env_kwargs else []
        extra += [] if self.checkpoint is None else ["--load-checkpoint", str(self.checkpoint)]
        arguments = [
            "--algo",
            self.algo,
            "--env",
            self.env_id,
            "-f",
            str(folder),
            "-o",
            str(videos),
            "-n",
            str(self.n),
        ]
        return [*arguments, "--seed", str(self.seed), "--n-envs", str(self.n_envs), *self.flags, *extra]

    def __str__(self) -> str:
        return " ".join((self.algo, *self.flags, f"seed {self.seed}", f"x{self.n_envs}", *self.env_kwargs))


SMALL = [
    *(
        Case(algo, flags)
        for algo in ("dqn", "qrdqn", "ppo", "a2c")
        for flags in (("--stochastic",), ("--deterministic",))
    ),
    Case("dqn", n=60, seed=42),
    Case("ppo", ("--no-render",), env_kwargs=("mode:4", "difficulty:1")),
    Case("dqn", checkpoint=9, n=2, seed=7),
]
TWO = [Case("dqn", n_envs=2), Case("ppo", n_envs=2), Case("qrdqn", ("--deterministic",), n_envs=2)]
NUMBERS = [
    Case("ppo", env_id="CartPole-v1", n=60),
    Case("dqn", ("--stochastic",), env_id="CartPole-v1", n=60),
]
TRAINED = [
    *(
        Case(algo, flags, n=500, seed=seed)
        for algo in ("dqn", "ppo")
        for seed in (0, 42)
        for flags in ((), ("--deterministic",))
    ),
    Case("ppo", n=100, n_envs=2, seed=1),
]

# Several runs of record_video in one process: its imports take longer than a run.
CHILD = """
import json, sys
from rlviz_agents import reference
for trace, arguments in json.load(sys.stdin):
    reference.main([trace, "--", *arguments])
"""


def record(cases: list[Case], folder: Path, output: Path) -> dict[Case, Path]:
    """Let record_video play the cases; returns the trace of each."""
    pytest.importorskip("moviepy")
    traces = {case: output / f"{number}.jsonl" for number, case in enumerate(cases)}
    runs = [[str(trace), case.command(folder, output / trace.stem)] for case, trace in traces.items()]
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=json.dumps(runs), text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return traces


def check_same(case: Case, folder: Path, theirs: Path) -> None:
    files = find_agent(folder, case.algo, case.env_id, load_checkpoint=case.checkpoint)
    kwargs = parse_env_kwargs(case.env_kwargs)
    env = make_env(
        files, n_envs=case.n_envs, seed=case.seed, env_kwargs=kwargs, no_render="--no-render" in case.flags
    )
    agent = load_agent(files, env, seed=case.seed)
    deterministic = deterministic_actions(
        case.env_id, deterministic="--deterministic" in case.flags, stochastic="--stochastic" in case.flags
    )
    ours = [trace_step(step) for step in play(agent, env, case.n, deterministic=deterministic)]
    env.close()
    assert len(ours) == case.n
    assert first_difference(ours, read_trace(theirs)) is None


@pytest.fixture(scope="module")
def small_traces(zoo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Path]:
    return record(SMALL, zoo, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def number_traces(number_zoo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Path]:
    return record(NUMBERS, number_zoo, tmp_path_factory.mktemp("cart"))


@pytest.fixture(scope="module")
def two_traces(zoo: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Path]:
    return record(TWO, zoo, tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def trained_traces(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Path]:
    if not SHARED.is_dir():
        pytest.skip("no trained agents beside the checkout")
    return record(TRAINED, SHARED, tmp_path_factory.mktemp("trained"))


@pytest.mark.parametrize("case", SMALL, ids=str)
def test_an_agent_plays_as_in_record_video(case: Case, zoo: Path, small_traces: dict[Case, Path]):
    check_same(case, zoo, small_traces[case])


@pytest.mark.parametrize("case", NUMBERS, ids=str)
def test_an_agent_that_observes_numbers_plays_as_in_record_video(
    case: Case, number_zoo: Path, number_traces: dict[Case, Path]
):
    check_same(case, number_zoo, number_traces[case])


@pytest.mark.slow
@pytest.mark.parametrize("case", TWO, ids=str)
def test_two_environments_play_as_in_record_video(case: Case, zoo: Path, two_traces: dict[Case, Path]):
    check_same(case, zoo, two_traces[case])


@pytest.mark.slow
@pytest.mark.shared
@pytest.mark.parametrize("case", TRAINED, ids=str)
def test_a_trained_agent_plays_as_in_record_video(case: Case, trained_traces: dict[Case, Path]):
    check_same(case, SHARED, trained_traces[case])


def test_another_seed_is_a_difference(zoo: Path, small_traces: dict[Case, Path]):
    theirs = small_traces[Case("dqn", n=60, seed=42)]
    with pytest.raises(AssertionError, match="TraceDifference"):
        check_same(Case("dqn", n=60, seed=43), zoo, theirs)


def test_the_reference_writes_the_video_that_record_video_writes(zoo: Path, small_traces: dict[Case, Path]):
    case, trace = next(iter(small_traces.items()))
    name = find_agent(zoo, case.algo, ENV).name_prefix
    assert [path.name for path in (trace.parent / trace.stem).iterdir()] == [
        f"{name}-step-0-to-step-{case.n}.mp4"
    ]


def test_the_reference_without_arguments_says_what_it_expects():
    done = subprocess.run(
        [sys.executable, "-m", "rlviz_agents.reference"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.strip().startswith("expected: python -m rlviz_agents.reference TRACE --")
