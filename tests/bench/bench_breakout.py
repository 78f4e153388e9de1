"""Measure breakout-gradcam against its peers in one run: `nox -s bench`.

Whole processes are compared with `rl_zoo3.record_video` (CPU seconds with children, wall seconds, peak memory
of the largest process), maps with pytorch-grad-cam. Runs alternate; each figure is the median. Ratios count:
machines are noisy.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from measuring import alternate, cost_of, row, seconds_per_call
from rlviz_agents import policy_heads

AGENTS = Path(__file__).parents[2] / "packages/rlviz-agents/src/rlviz_agents/sample"


def bench_recording(n: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        common = ["--algo", "dqn", "--env", "BreakoutNoFrameskip-v4", "-f", str(AGENTS), "--deterministic"]

        def peer() -> list[str]:
            return [
                sys.executable,
                "-m",
                "rl_zoo3.record_video",
                *common,
                "-n",
                str(n),
                "-o",
                f"{folder}/peer",
            ]

        def ours(steps: int = n) -> list[str]:
            command = [sys.executable, "-m", "breakout_gradcam", "record", *common, "-n", str(steps)]
            return [*command, "-o", f"{folder}/ours", "--force"]

        found = alternate({"peer": peer, "ours": ours}, rounds)
        print(f"\nBoth videos, {n} steps, deterministic DQN, median of {rounds}")
        a, b = found["ours"], found["peer"]
        row("CPU s: ours / record_video", f"{a.cpu:.1f} / {b.cpu:.1f}", f"{a.cpu / b.cpu:.2f}x", "<= 1.6x")
        row("wall s", f"{a.wall:.1f} / {b.wall:.1f}", f"{a.wall / b.wall:.2f}x", "<= 1.25x")
        row("peak MB", f"{a.memory:.0f} / {b.memory:.0f}", f"{a.memory / b.memory:.2f}x", "<= 0.95x")
        if rounds > 1:
            longer = cost_of(ours(10 * n))
            row(
                f"peak MB of ours at n = {10 * n} / at {n}",
                f"{longer.memory:.0f} / {a.memory:.0f}",
                f"{longer.memory / a.memory:.2f}x",
                "<= 1.05x",
            )


def bench_help(rounds: int) -> None:
    found = alternate({"help": lambda: [sys.executable, "-m", "breakout_gradcam", "--help"]}, max(rounds, 5))
    row("breakout-gradcam --help, wall s", f"{found['help'].wall:.2f}", "", "< 0.3 s")


def bench_maps_and_drawing() -> None:
    import torch
    from breakout_gradcam.canvas import GameCanvas
    from breakout_gradcam.explain import Explainer
    from breakout_gradcam.runs import open_network, open_run
    from breakout_gradcam.settings import AgentSettings, MapSettings, RunSettings
    from pytorch_grad_cam import GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from rlviz_overlay import one_thread

    torch.set_num_threads(1)
    settings = MapSettings(placement="field")
    with open_run(AgentSettings(folder=AGENTS), RunSettings(n_timesteps=64), None) as run:
        steps = list(run)
        backend, names = open_network(run)
        heads = policy_heads(run.agent.model)
    explainer = Explainer(backend, names, run.actions, settings)

    class QValues(torch.nn.Module):
        """The head that pytorch-grad-cam can differentiate."""

        def __init__(self) -> None:
            super().__init__()
            self.heads = heads

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.heads(x)["q"]

    model = QValues()
    cam = GradCAM(model, [model.heads.get_submodule(explainer.layer.taken_after or explainer.layer.name)])
    inputs = torch.from_numpy(np.stack([step.observation for step in steps]).astype(np.float32))
    targets: list[Any] = [ClassifierOutputTarget(step.action) for step in steps]
    cost = seconds_per_call(
        {
            "ours": lambda: list(explainer.explain(steps)),
            "single": lambda: cam(inputs[:1], targets[:1]),
            "batched": lambda: cam(inputs, targets),
        }
    )
    ours, single, batched = cost["ours"] / len(steps), cost["single"], cost["batched"] / len(steps)
    print("\nGrad-CAM of recorded observations, CPU ms a frame, one thread")
    row("ours, placed and with all outputs, batches of 64", f"{1e3 * ours:.2f}", "", "<= 0.6 ms")
    row("pytorch-grad-cam frame by frame / ours", f"{1e3 * single:.2f}", f"{single / ours:.1f}x", ">= 8x")
    row("pytorch-grad-cam batched / ours", f"{1e3 * batched:.2f}", f"{batched / ours:.1f}x", ">= 2x")
    canvas = GameCanvas("Breakout", run.actions, 30.0, 1, explainer, settings)
    explained = list(explainer.explain(steps))
    with one_thread():
        drawing = seconds_per_call({"draw": lambda: [canvas.draw(item) for item in explained]})["draw"] / len(
            steps
        )
    row("drawing an 840x630 frame, CPU ms", f"{1e3 * drawing:.2f}", "", "<= 1.5 ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    bench_help(given.rounds)
    bench_recording(given.steps, given.rounds)
    # Last: a child's peak memory counts from its parent's, so this process must stay small until here.
    bench_maps_and_drawing()


if __name__ == "__main__":
    main()
