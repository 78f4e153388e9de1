"""Is our run the run of `rl_zoo3.record_video`? Each is made in a process of its own; both are compared."""

import filecmp
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from rlviz_agents import TraceDifference, check_agent, first_difference, read_trace

from breakout_gradcam.outputs import Paths
from breakout_gradcam.runs import locate
from breakout_gradcam.settings import AgentSettings, RunSettings

_SHOWN_ACTIONS = 20
_RULE = "=" * 60


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparison of two runs found.

    Attributes:
        steps: steps compared.
        difference: the first difference, or None.
        same_video: whether the two original MP4 files are the same bytes.
    """

    steps: int
    difference: TraceDifference | None
    same_video: bool

    @property
    def identical(self) -> bool:
        """Whether nothing differs."""
        return self.difference is None and self.same_video


def verify(
    agent: AgentSettings, run: RunSettings, keep: Path | None, say: Callable[[str], None]
) -> Comparison:
    """Make both runs, compare them, and say what was found.

    `rl_zoo3.record_video` runs what the agent's files hold, so they are checked first.

    Args:
        agent: which agent.
        run: how it is played.
        keep: folder for both runs' files, or None to throw them away.
        say: takes each line for the console.

    Raises:
        ValueError: the agent's file holds more than SB3's own classes, and is not trusted.
        OSError: one of the two processes failed; the message says how.
    """
    files = locate(agent)
    if not agent.trust:
        check_agent(files)
    with TemporaryDirectory() if keep is None else nullcontext(str(keep)) as name:
        folder = Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        theirs, ours = folder / "record_video.jsonl", folder / "breakout_gradcam.jsonl"
        say(f"{_RULE}\nREPRODUCIBILITY TEST\n{_RULE}")
        arguments = zoo_arguments(agent, run)
        videos = folder / "record_video"
        say(f"\n🎯 Run 1: rl_zoo3.record_video\nTesting action reproducibility with seed {run.seed}")
        _run("rlviz_agents.reference", str(theirs), "--", *arguments, "-o", str(videos))
        say(f"\n🎯 Run 2 (same seed): breakout-gradcam\nTesting action reproducibility with seed {run.seed}")
        options = ["-o", str(folder / "breakout_gradcam"), "--trace", str(ours), "--force"]
        options += ["--device", agent.device, *(["--trust"] if agent.trust else [])]
        _run("breakout_gradcam", "record", *arguments, *options)
        paths = Paths.under(folder / "breakout_gradcam", files.name_prefix, run.n_timesteps)
        found = compare(theirs, ours, videos / paths.original.name, paths.original)
        report(found, theirs, ours, say)
        return found


def zoo_arguments(agent: AgentSettings, run: RunSettings) -> list[str]:
    """The command line of `rl_zoo3.record_video`, output folder left out; `record` takes it as well."""
    values = {
        "--env": agent.env, "--algo": agent.algo, "-f": agent.folder, "--exp-id": agent.exp_id,
        "-n": run.n_timesteps, "--n-envs": run.n_envs, "--seed": run.seed,
        "--load-checkpoint": agent.load_checkpoint,
    }  # fmt: skip
    flags = {
        "--deterministic": run.deterministic, "--stochastic": run.stochastic, "--no-render": run.no_render,
        "--load-best": agent.load_best, "--load-last-checkpoint": agent.load_last_checkpoint,
    }  # fmt: skip
    arguments = [part for name, value in values.items() if value is not None for part in (name, str(value))]
    arguments += [name for name, given in flags.items() if given]
    if agent.env_kwargs:
        arguments += ["--env-kwargs", *(f"{key}:{value!r}" for key, value in agent.env_kwargs.items())]
    return arguments


def compare(theirs: Path, ours: Path, their_video: Path, our_video: Path) -> Comparison:
    """Compare two traces step by step, and two videos byte by byte."""
    difference = first_difference(read_trace(ours), read_trace(theirs))
    steps = sum(1 for _ in read_trace(ours))
    same_video = (
        their_video.is_file() and our_video.is_file() and filecmp.cmp(their_video, our_video, shallow=False)
    )
    return Comparison(steps, difference, same_video)


def report(found: Comparison, theirs: Path, ours: Path, say: Callable[[str], None]) -> None:
    """Say what was found, in the words of the original tool's report."""
    say("\n📊 RESULTS:")
    for number, trace in enumerate((theirs, ours), 1):
        say(f"Actions {number}: {_shown(row.actions for row in read_trace(trace))}")
    difference = found.difference
    what = None if difference is None else difference.what
    same_until = "" if difference is None else f" up to step {difference.step}"
    say(_verdict(what != "actions", "ACTIONS", f"Reproducibility confirmed{same_until}!"))
    say(_verdict(what != "rewards", "REWARDS", f"Environment consistency confirmed{same_until}!"))
    if difference is not None:
        say(
            f"❌ FIRST DIFFERENCE at step {difference.step}: {difference.what} "
            f"{difference.theirs} (record_video), {difference.ours} (breakout-gradcam)"
        )
    else:
        say("✅ OBSERVATIONS, DONES, FRAMES AND RANDOM STATES ARE IDENTICAL")
    say("✅ VIDEOS ARE IDENTICAL, byte for byte" if found.same_video else "❌ VIDEOS DIFFER")
    say(f"{found.steps} steps compared: {'identical' if found.identical else 'NOT identical'}")


def _verdict(same: bool, what: str, confirmed: str) -> str:
    return f"✅ {what} ARE IDENTICAL - {confirmed}" if same else f"❌ {what} DIFFER"


def _shown(actions: Iterable[tuple[int, ...]]) -> str:
    first = list(islice(actions, _SHOWN_ACTIONS + 1))
    texts = [str(action[0] if len(action) == 1 else action) for action in first[:_SHOWN_ACTIONS]]
    return f"[{', '.join(texts)}{', ...' if len(first) > _SHOWN_ACTIONS else ''}]"


def _run(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        message = f"`{shlex.join(command[1:])}` failed: {said[-1] if said else f'status {done.returncode}'}"
        raise OSError(message)
