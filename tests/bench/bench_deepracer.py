"""Measure deepracer-analyzer against the notebook's loop in one run: `nox -s deepracer-bench`.

The loop is `naive_replay.py`: a seek for each frame, plots redrawn whole. Both replay the app's own sample,
encoded with a keyframe every 250 pictures as evaluation videos are, and repeated to 1,464 pictures. Runs
alternate; each figure is the median; CPU seconds with children. Ratios count: machines are noisy.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import av
import numpy as np
import pandas as pd
from deepracer_analyzer.sample.demo import REWARDS
from deepracer_analyzer.sample.lap import write_sample
from measuring import Cost, alternate, cost_of, row
from rlviz_video import Frame, SeekableVideo, VideoSource, VideoSpec

KEYFRAME_EVERY = 250
REPEATED = 3


def make_run(folder: Path) -> None:
    """Make `model`, with the sample's laps again and again, in log and video."""
    sample = write_sample(folder / "sample", 488, force=True, say=lambda _: None)
    log = pd.read_csv(next(sample.rglob("0-iteration.csv")))
    laps, seconds = log["episode"].max() + 1, log["tstamp"].max() + 0.066
    again = [
        log.assign(episode=log["episode"] + time * laps, tstamp=log["tstamp"] + time * seconds)
        for time in range(REPEATED)
    ]
    model = folder / "model"
    model.mkdir()
    pd.concat(again).to_csv(model / "0-iteration.csv", index=False)
    source = VideoSource(next(sample.rglob("*.mp4")))
    encode(model / "evaluation.mp4", source.spec, chain.from_iterable([source] * REPEATED))


def encode(path: Path, spec: VideoSpec, frames: Iterable[Frame]) -> None:
    """H.264 as a simulator writes it: 15 fps, crf 28, a keyframe every 250 pictures."""
    with av.open(str(path), "w") as container:
        options = {"crf": "28", "preset": "veryfast", "x264-params": "scenecut=0"}
        stream = container.add_stream("libx264", rate=15, options=options)
        stream.height, stream.width = spec.height, spec.width
        stream.pix_fmt, stream.gop_size = "yuv420p", KEYFRAME_EVERY
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode())


def rewards() -> Iterator[str]:
    for name, expression in REWARDS.items():
        yield from ("--rewards", f"{name}={expression}")


def ours(model: Path, frames: int, *more: str) -> list[str]:
    command = [sys.executable, "-m", "deepracer_analyzer", "render", str(model), "--end", str(frames)]
    return [
        *command,
        "--output-dir",
        str(model.parent / "kept"),
        "-o",
        str(model.parent / "ours.mp4"),
        "--force",
        *more,
    ]


def naive(model: Path, frames: int, *more: str) -> list[str]:
    script = Path(__file__).with_name("naive_replay.py")
    inputs = [str(model / "evaluation.mp4"), str(model / "0-iteration.csv"), str(frames)]
    return [sys.executable, str(script), *inputs, *more]


def rate(few: Cost, many: Cost, frames: int) -> float:
    """Frames a CPU second after start-up."""
    return frames / (many.cpu - few.cpu)


def bench_pictures(model: Path, rounds: int) -> None:
    print(f"\n640x500, keyframe every {KEYFRAME_EVERY}, median of {rounds}; decoding, drawing and encoding")
    cost_of(ours(model, 1))  # reads the video's speeds once
    plots = list(rewards())
    commands: dict[str, Callable[[], Sequence[str]]] = {
        "overlays 100": lambda: ours(model, 100),
        "overlays": lambda: ours(model, 700),
        "plots 100": lambda: ours(model, 100, *plots),
        "plots": lambda: ours(model, 700, *plots),
        "naive 10": lambda: naive(model, 10),
        "naive": lambda: naive(model, 110),
        "naive plots 10": lambda: naive(model, 10, "--plots"),
        "naive plots": lambda: naive(model, 110, "--plots"),
    }
    found = alternate(commands, rounds)
    for name, bar in (("overlays", 60), ("plots", 40)):
        mine = rate(found[f"{name} 100"], found[name], 600)
        loop = "naive" if name == "overlays" else "naive plots"
        peer = rate(found[f"{loop} 10"], found[loop], 100)
        row(name, f"{mine:.0f} frames/CPU s", bar=f">= {bar}")
        row("  the notebook's loop", f"{peer:.1f} frames/CPU s ({100 / peer:.0f} CPU s for 100)")
        row("  ratio", "", f"{mine / peer:.0f}x")
    row(
        "whole command, 700 pictures",
        f"{found['overlays'].cpu:.1f} CPU s, {found['overlays'].memory:.0f} MB",
        "",
    )
    long = cost_of(ours(model, 1464))
    row(
        "memory at 1,464 / 100 pictures", f"{long.memory:.0f} / {found['overlays 100'].memory:.0f} MB", "flat"
    )


def bench_sync(model: Path, rounds: int) -> None:
    command = [sys.executable, "-m", "deepracer_analyzer", "sync", str(model), "--again"]
    command += ["--output-dir", str(model.parent / "kept")]
    found = alternate({"sync": lambda: command}, rounds)["sync"]
    row("sync of 1,464 pictures", f"{found.cpu:.1f} CPU s, {found.memory:.0f} MB", bar="<= 5 / 1,310")


def bench_jumps(model: Path) -> None:
    """The slowest of many jumps, each to another place."""
    video = SeekableVideo(model / "evaluation.mp4")
    places = np.random.default_rng(0).permutation(video.frames)[:60]
    walls, cpus = [], []
    for place in places:
        wall, cpu = time.perf_counter(), cpu_seconds()
        video.frame(int(place))
        walls.append(time.perf_counter() - wall)
        cpus.append(cpu_seconds() - cpu)
    row("jump to any picture, slowest of 60", f"{max(walls):.2f} s ({max(cpus):.2f} CPU s)", bar="< 0.3 s")
    row("  median", f"{np.median(walls):.2f} s ({np.median(cpus):.2f} CPU s)")


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def bench_help(rounds: int) -> None:
    found = alternate({"help": lambda: [sys.executable, "-m", "deepracer_analyzer", "--help"]}, rounds)[
        "help"
    ]
    row("--help", f"{found.wall:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.make is not None:
        make_run(given.make)
        return
    rounds = given.rounds
    with tempfile.TemporaryDirectory() as name:
        # In a process of its own: a child's peak memory counts what its parent holds when it is started.
        subprocess.run([sys.executable, __file__, "--make", name], check=True)
        model = Path(name) / "model"
        bench_pictures(model, rounds)
        bench_sync(model, rounds)
        bench_jumps(model)
        bench_help(rounds)


if __name__ == "__main__":
    main()
