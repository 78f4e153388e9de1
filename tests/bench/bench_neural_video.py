"""Measure nn-video-generator against the panel that people write first, in one run: `nox -s nn-bench`.

An untrained PPO CnnPolicy for Breakout at 960x540, every frame a new step. What a frame costs is the
difference between a long and a short run: what is loaded once does not count. Runs alternate; each figure is
the median. Ratios count: machines are noisy.
"""

import argparse
import itertools
import sys
import tempfile
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from measuring import Cost, alternate, row

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from zoo_agents import save_as_the_zoo_does

ENV = "BreakoutNoFrameskip-v4"
FPS = 30
SPEED = 2
EVERY_FRAME_NEW = ("--speed", SPEED)
"""30 steps of the game a second: each frame shows another one. At its true speed, 15, each is shown twice."""
PEER = Path(__file__).parent / "naive_neural_panel.py"


def make_training(folder: Path) -> Path:
    """Two checkpoints of an untrained agent; the folder of their run."""
    import rl_zoo3.import_envs  # noqa: F401
    from stable_baselines3 import PPO
    from stable_baselines3.common.env_util import make_atari_env
    from stable_baselines3.common.vec_env import VecFrameStack

    env = VecFrameStack(make_atari_env(ENV, seed=0), 4)
    model = PPO("CnnPolicy", env, seed=1, device="cpu", n_steps=64)
    run = save_as_the_zoo_does(model, folder, "ppo", ENV).parent
    env.close()
    (run / f"{ENV}.zip").rename(run / "pct_50.zip")
    model.save(run / "pct_100.zip")
    return run


def command_of(run: Path, frames: int, *options: object) -> list[str]:
    return [
        *(sys.executable, "-m", "nn_video_generator", "--agent", str(run)),
        *("--output-dir", str(run.parent / "out"), "--clip-seconds", str(frames / FPS), "--force"),
        *map(str, options),
    ]


def per_frame(costs: dict[str, Cost], name: str, frames: int) -> Cost:
    """What one more frame costs: CPU and wall seconds; the memory is that of the long run."""
    short, long = costs[f"{name}, short"], costs[f"{name}, long"]
    return Cost((long.cpu - short.cpu) / frames, (long.wall - short.wall) / frames, long.memory)


def compare(name: str, ours: float, other: float, bar: str) -> None:
    row(name, f"{ours:.0f} / {other:.0f}", f"{ours / other:.2f}x", bar)


def bench_frames(run: Path, n: int, rounds: int) -> None:
    short, long = n, 3 * n

    def ours(frames: int, *options: object) -> Callable[[], Sequence[str]]:
        return lambda: command_of(run, frames, *options)

    def peer(frames: int) -> Callable[[], Sequence[str]]:
        arguments = (str(run / "pct_50.zip"), ENV, str(frames), str(run.parent / "peer.mp4"))
        return lambda: [sys.executable, str(PEER), *arguments]

    one, both = ("--milestones-pct", 50), ("--milestones-pct", "50,100")
    found = alternate(
        {
            "ours, short": ours(short, *one, *EVERY_FRAME_NEW),
            "ours, long": ours(long, *one, *EVERY_FRAME_NEW),
            "true speed, short": ours(short, *one),
            "true speed, long": ours(long, *one),
            "peer, short": peer(short),
            "peer, long": peer(long),
            "one job, short": ours(short, *both, *EVERY_FRAME_NEW),
            "one job, long": ours(long, *both, *EVERY_FRAME_NEW),
            "two jobs, short": ours(short, *both, *EVERY_FRAME_NEW, "--jobs", 2),
            "two jobs, long": ours(long, *both, *EVERY_FRAME_NEW, "--jobs", 2),
        },
        rounds,
    )
    print(f"\nOne frame of {ENV} at 960x540, from runs of {short} and {long} frames, median of {rounds}")
    mine, theirs = per_frame(found, "ours", 2 * n), per_frame(found, "peer", 2 * n)
    row("CPU ms a frame, H.264 veryfast", f"{1000 * mine.cpu:.1f}", "", "<= 9 ms")
    slow = per_frame(found, "true speed", 2 * n)
    row("the same at the game's true speed (each step twice)", f"{1000 * slow.cpu:.1f}", "", "<= 9 ms")
    row("CPU ms a frame of the peer, mp4v", f"{1000 * theirs.cpu:.1f}", f"{mine.cpu / theirs.cpu:.2f}x", "")
    single, double = (per_frame(found, name, 4 * n) for name in ("one job", "two jobs"))
    rates = [1 / cost.wall for cost in (double, single)]
    row(
        "frames a second: two jobs / one",
        "{:.0f} / {:.0f}".format(*rates),
        f"{rates[0] / rates[1]:.2f}x",
        ">= 1.7x",
    )
    memory = [found[f"ours, {name}"].memory for name in ("long", "short")]
    row(
        f"peak MB at {long} / {short} frames",
        "{:.0f} / {:.0f}".format(*memory),
        f"{memory[0] / memory[1]:.2f}x",
        "<= 1.05x",
    )


def bench_size(run: Path) -> None:
    """The size of our video, and of an mp4v file of the same frames."""
    import cv2
    from rlviz_video import VideoSource

    video = run.parent / "out" / "step_post_training_pct_50_analytics.mp4"
    other = run.parent / "mp4v.mp4"
    writer = cv2.VideoWriter(str(other), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (960, 540))
    for frame in VideoSource(video):
        writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    writer.release()
    ours, theirs = video.stat().st_size, other.stat().st_size
    row("MB: ours / mp4v", f"{ours / 1e6:.2f} / {theirs / 1e6:.2f}", f"{ours / theirs:.2f}x", "<= 0.20x")


def bench_parts(run: Path, n: int) -> None:
    """Where the time of a frame goes, each part by itself, in CPU ms."""
    import time

    from nn_video_generator.clip import open_clip
    from nn_video_generator.explain import shown_steps
    from nn_video_generator.outputs import CRF, PRESET
    from nn_video_generator.returns import followed_returns
    from nn_video_generator.settings import ClipSettings, PlaySettings, VideoSettings
    from nn_video_generator.trained import from_zoo
    from rlviz_agents import one_torch_thread
    from rlviz_overlay import one_thread
    from rlviz_video import H264Sink, VideoSpec

    def timed(what: str, made: Callable[[], list[Any]]) -> list[Any]:
        start = time.process_time()
        found = made()
        row(f"  {what}, CPU ms", f"{1000 * (time.process_time() - start) / n:.2f}")
        return found

    trained = from_zoo(run, [50])
    settings = ClipSettings(PlaySettings(), VideoSettings(speed=SPEED))
    with open_clip(trained, trained.checkpoints[0], settings, n) as clip, one_thread(), one_torch_thread():
        steps = timed("play: policy and game", lambda: list(itertools.islice(clip.run, n)))
        shown = timed(
            "returns, digest", lambda: list(shown_steps(followed_returns(steps, clip.ahead), clip.pace))
        )
        moments = timed("network, edges", lambda: [moment for moment, _ in clip.explainer.stream(shown)])
        frames = timed("draw, and copy", lambda: [clip.canvas.draw(moment).copy() for moment in moments])

    def encode() -> list[Any]:
        spec = VideoSpec(960, 540, Fraction(FPS))
        with H264Sink(run.parent / "parts.mp4", spec, preset=PRESET, crf=CRF, force=True) as sink:
            for frame in frames:
                sink.write(frame)
        return []

    timed(f"encode, {PRESET}", encode)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, default=600, help="frames of the short run")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = make_training(Path(folder) / "logs")
        bench_frames(run, given.n, given.rounds)
        bench_size(run)
        bench_parts(run, given.n)


if __name__ == "__main__":
    main()
