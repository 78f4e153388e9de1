"""Measure network-analyzer against the original's algorithm, its sign mended: `nox -s network-bench`.

The baseline is `naive_analyzer.py`. Whole processes, TensorFlow on one thread, CPU seconds with children;
runs alternate. VGG16 with random weights, block2_conv2, nine filters. All of the baseline takes 40 minutes:
without --full, two filters of it are run at 2 and 6 steps of 30 and nine of ours, and what a step costs is
multiplied (a step costs the same whatever its number); and the response is compared for three filters.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from measuring import Cost, alternate, cost_of, row, seconds_per_call
from naive_analyzer import FILTERS, SIZES, gray_figure, heat_figure
from network_analyzer.figures.maps import MapMode, maps_figure
from network_analyzer.showing import Presenter
from network_runs import CANVAS
from rlviz_overlay import Frame

HERE = Path(__file__).parent
STEPS = 30
FEW, MANY = 2, 6
PEER_FILTERS = FILTERS[:2]
REACH_FILTERS = FILTERS[:3]
ON_CANVAS = (*(size for size in SIZES if size < CANVAS), CANVAS)
"""The baseline's sizes when its picture is to be as large as the canvas."""
QUICK = 1.0
"""A rate at which two steps leave plain noise behind: an image that does not would start again."""
LARGEST = 408
CHUNK = 1


def listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


def ours(out: Path, *more: str, filters: Sequence[int] = FILTERS) -> list[str]:
    script = [sys.executable, str(HERE / "network_runs.py"), "ascend", str(out)]
    return [*script, "--filters", listed(filters), *more]


def naive(out: Path, filters: Sequence[int], sizes: Sequence[int], steps: int = STEPS) -> list[str]:
    script = [sys.executable, str(HERE / "naive_analyzer.py"), str(out)]
    return [*script, "--filters", listed(filters), "--sizes", listed(sizes), "--steps", str(steps)]


def answers(pictures: Path, filters: Sequence[int]) -> np.ndarray:
    """What each filter answers to its own picture, as it is shown on the canvas."""
    out = pictures.with_suffix(".npy")
    script = [sys.executable, str(HERE / "network_runs.py"), "respond", str(out)]
    cost_of([*script, "--pictures", str(pictures), "--filters", listed(filters)])
    return np.load(out)


def costs_of_everything(few: Cost, many: Cost, times: float = 1) -> float:
    """CPU seconds of 30 steps, and of `times` as many filters, from those of few and of more steps."""
    step = (many.cpu - few.cpu) / (MANY - FEW)
    return few.cpu - FEW * step + times * STEPS * step


def bench_equal_work(folder: Path, rounds: int) -> None:
    print(f"\n{len(FILTERS)} filters, {len(SIZES)} sizes x {STEPS} steps, CPU s; from {FEW} and {MANY} steps")
    out = folder / "equal.npz"
    commands: dict[str, Callable[[], Sequence[str]]] = {}
    for steps in (FEW, MANY):
        quick = ("--original", "--steps", str(steps), "--rate", str(QUICK))
        commands[f"ours {steps}"] = lambda quick=quick: ours(out, *quick)
        commands[f"naive {steps}"] = lambda steps=steps: naive(out, PEER_FILTERS, SIZES, steps)
    found = alternate(commands, rounds)
    mine = costs_of_everything(found[f"ours {FEW}"], found[f"ours {MANY}"])
    times = len(FILTERS) / len(PEER_FILTERS)
    peer = costs_of_everything(found[f"naive {FEW}"], found[f"naive {MANY}"], times)
    tell_equal_work(mine, peer)


def bench_equal_work_in_full(folder: Path) -> Cost:
    """Run both from end to end, and return what the baseline cost."""
    print(f"\n{len(FILTERS)} filters, {len(SIZES)} sizes x {STEPS} steps, CPU s")
    mine = cost_of(ours(folder / "ours.npz", "--original"))
    peer = cost_of(naive(folder / "whole.npz", FILTERS, SIZES))
    tell_equal_work(mine.cpu, peer.cpu)
    row("  wall s, ours and the baseline's", f"{mine.wall:.0f}, {peer.wall:.0f}")
    row("  peak MB, ours and the baseline's", f"{mine.memory:.0f}, {peer.memory:.0f}")
    higher = answers(folder / "ours.npz", FILTERS) / answers(folder / "whole.npz", FILTERS)
    row("  our response by the baseline's, least, median", f"{higher.min():.2f}, {np.median(higher):.2f}")
    return peer


def tell_equal_work(mine: float, peer: float) -> None:
    row("network-analyzer, Recipe.original()", f"{mine:.0f}")
    row("one tape a step, a filter at a time", f"{peer:.0f}", f"{peer / mine:.2f}x", ">= 2.5x")


def bench_memory(folder: Path, rounds: int) -> None:
    print(f"\n{len(FILTERS)} filters at {LARGEST} px, peak MB")
    given = ("--original", "--steps", "2", "--size", str(LARGEST), "--rate", str(QUICK))
    out = folder / "memory.npz"
    chunk = ("--chunk", str(CHUNK))
    found = alternate({"": lambda: ours(out, *given), "chunk": lambda: ours(out, *given, *chunk)}, rounds)
    row("as many at once as it chooses", f"{found[''].memory:.0f}", bar="< 2,500")
    row(f"--chunk {CHUNK}", f"{found['chunk'].memory:.0f}", bar="< 2,500")


def bench_response(folder: Path, filters: Sequence[int], whole: Cost | None) -> None:
    """Compare what it takes to show every filter something that it answers to as much."""
    print(
        f"\n{len(filters)} filters, shown on {CANVAS} x {CANVAS} px; CPU s to the baseline's final response"
    )
    stopped = cost_of(naive(folder / "canvas.npz", filters, ON_CANVAS))
    goals = {f"baseline, sizes up to {CANVAS} px": (stopped, answers(folder / "canvas.npz", filters))}
    if whole is not None:
        goals["baseline, all sizes, made smaller"] = (whole, answers(folder / "whole.npz", filters))
    for steps in (8, 10, 12, 15, 20, STEPS):
        cost = cost_of(ours(folder / "default.npz", "--steps", str(steps), filters=filters))
        reached = answers(folder / "default.npz", filters)
        for name in [name for name, (_, goal) in goals.items() if (reached >= goal).all()]:
            peer, _ = goals.pop(name)
            row(name, f"{peer.cpu:.0f}")
            row(
                f"  default recipe, {steps} steps", f"{cost.cpu:.1f}", f"{peer.cpu / cost.cpu:.0f}x", ">= 20x"
            )
        if not goals:
            return
    for name, (peer, goal) in goals.items():
        row(name, f"{peer.cpu:.0f}")
        row(f"  not reached for {int((reached < goal).sum())} filters, CPU s", f"{cost.cpu:.1f}")
        row("  our response by the baseline's, least", f"{(reached / goal).min():.2f}")


def bench_figures(folder: Path) -> None:
    """Draw and save one real layer's maps, all but the network."""
    import matplotlib as mpl

    mpl.use("Agg")
    cost_of([sys.executable, str(HERE / "network_runs.py"), "activate", str(folder / "maps.npz")])
    with np.load(folder / "maps.npz") as kept:
        maps, picture = kept["maps"], kept["picture"]
    gray = picture.mean(axis=2)
    print(f"\n{len(maps)} maps of {maps.shape[2]} x {maps.shape[1]} as one PNG, CPU s")
    peers: dict[MapMode, tuple[Callable[[], None], int]] = {
        "gray": (lambda: gray_figure(maps, folder / "gray.png"), 10),
        "heat": (lambda: heat_figure(maps, gray, folder / "heat.png"), 5),
    }
    for mode, (peer, bar) in peers.items():
        draw = partial(maps_figure, maps, picture, "VGG16", range(len(maps)), mode=mode, scale="layer")
        mine = partial(save_figure, draw, folder / "figures", mode)
        cost = seconds_per_call({"ours": mine, "peer": peer})
        row(f"network-analyzer, {mode}", f"{cost['ours']:.3f}")
        row(
            "matplotlib, 8 x 8 axes",
            f"{cost['peer']:.2f}",
            f"{cost['peer'] / cost['ours']:.0f}x",
            f">= {bar}x",
        )


def save_figure(draw: Callable[[], Frame], folder: Path, name: str) -> None:
    """Save a figure as the app does, again and again under the same name."""
    saved = Presenter("save", folder).present(draw, name)
    assert saved is not None
    saved.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="all of the baseline, once: about an hour")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench_memory(folder, given.rounds)
        if given.full:
            bench_response(folder, FILTERS, bench_equal_work_in_full(folder))
        else:
            bench_equal_work(folder, given.rounds)
            bench_response(folder, REACH_FILTERS, None)
        # Last: a child's peak memory counts from its parent's, so this process must stay small until here.
        bench_figures(folder)


if __name__ == "__main__":
    main()
