"""The script that people write first: predict, a second pass with hooks, circles and lines, mp4v.

The network's picture is decoration: ten circles a layer whatever it has, lines that move with the frame.
"""

import math
import sys
from itertools import pairwise
from typing import Any

import cv2
import gymnasium
import numpy as np
import rl_zoo3.import_envs  # noqa: F401 (it registers the games)
import torch
from rl_zoo3 import ALGOS
from stable_baselines3.common.atari_wrappers import AtariWrapper
from stable_baselines3.common.vec_env import DummyVecEnv, VecFrameStack, VecTransposeImage

HEIGHT, HALF, FPS, SEED = 540, 480, 30, 42
WHITE, GREY, YELLOW, GREEN = (255, 255, 255), (140, 140, 140), (0, 255, 255), (90, 220, 90)
LAYERS = (("Input", "84x84x4", 8), ("Conv1", "32@20x20", 10), ("Conv2", "64@9x9", 10), ("Dense", "512", 10))
FONT = cv2.FONT_HERSHEY_SIMPLEX


def make_env(env_id: str) -> Any:
    one = DummyVecEnv([lambda: AtariWrapper(gymnasium.make(env_id, render_mode="rgb_array"))])
    one.seed(SEED)
    return VecTransposeImage(VecFrameStack(one, 4))


def look_into(model: Any, seen: np.ndarray) -> dict[str, Any]:
    """A pass of its own for the panel, with hooks that are set and taken away at each frame."""
    activations: dict[str, np.ndarray] = {}

    def keep(name: str) -> Any:
        def hook(_module: Any, _inputs: Any, output: torch.Tensor) -> None:
            flat = output[0].mean(dim=(1, 2)) if output.dim() == 4 else output[0]
            activations[name] = flat.cpu().numpy()

        return hook

    policy = model.policy
    convolutions = [module for module in policy.modules() if isinstance(module, torch.nn.Conv2d)]
    hooks = [module.register_forward_hook(keep(f"conv{i}")) for i, module in enumerate(convolutions[:2])]
    with torch.no_grad():
        observation = torch.as_tensor(seen, dtype=torch.float32, device=policy.device)
        if hasattr(policy, "get_distribution"):
            scores = policy.get_distribution(observation.byte()).distribution.probs[0].cpu().numpy()
            value = float(policy.predict_values(observation.byte())[0, 0])
        else:
            values = policy.q_net(observation.byte())[0]
            scores, value = torch.softmax(values, 0).cpu().numpy(), float(values.max())
    for hook in hooks:
        hook.remove()
    return {"scores": scores, "value": value, "activations": activations}


def write(
    panel: np.ndarray, text: str, x: int, y: int, colour: tuple[int, int, int] = WHITE, size: float = 0.45
):
    cv2.putText(panel, text, (x, y), FONT, size, colour, 1, cv2.LINE_AA)


def draw_text(
    panel: np.ndarray, names: list[str], found: dict[str, Any], frame: int, frames: int, score: float
):
    done = 100 * frame / frames
    write(panel, "BREAKOUT - PPO Neural Activity Viewer", 12, 28, WHITE, 0.6)
    write(panel, f"Post-Training Evaluation | Progress: {done:.1f}%", 12, 50, GREY)
    for row, (name, text) in enumerate(
        [("Frame:", f"{frame:,}"), ("Progress:", f"{done:.2f}%"), ("Ep Reward:", f"{score:.1f}")]
    ):
        write(panel, name, 12, 80 + 20 * row)
        write(panel, text, 120, 80 + 20 * row)
    write(panel, "Policy Distribution:", 12, 150)
    best = int(np.argmax(found["scores"]))
    for row, (name, each) in enumerate(zip(names, found["scores"], strict=True)):
        write(panel, f"{name:6s}: {each:.3f}", 24, 172 + 18 * row, YELLOW if row == best else WHITE)
    write(panel, f"Value Est: {found['value']:.3f}", 250, 150)


def draw_network(panel: np.ndarray, found: dict[str, Any], frame: int):
    actions = len(found["scores"])
    columns = [*LAYERS, ("Output", f"{actions} actions", actions)]
    xs = np.linspace(45, HALF - 45, len(columns)).astype(int)
    places = [
        [(int(x), int(y)) for y in np.linspace(300, 480, n)] for x, (_, _, n) in zip(xs, columns, strict=True)
    ]
    for column, (left, right) in enumerate(pairwise(places)):
        for i, a in enumerate(left):
            for j, b in enumerate(right):
                strength = 0.5 + 0.5 * math.sin(0.1 * frame + 0.7 * i + 0.4 * j + column)
                if strength > 0.5:
                    cv2.line(panel, a, b, tuple(int(c * strength * 0.4) for c in GREEN), 1, cv2.LINE_AA)
    real = [found["activations"].get(name) for name in ("conv0", "conv1")]
    bright = [None, *real, None, found["scores"]]
    best = int(np.argmax(found["scores"]))
    for column, nodes in enumerate(places):
        values = bright[column]
        for i, place in enumerate(nodes):
            level = 0.5 + 0.5 * math.sin(0.2 * frame + i + column) if values is None else float(values[i])
            colour = int(60 + 195 * min(max(level, 0.0), 1.0))
            cv2.circle(panel, place, 6, (colour, colour, colour), -1, cv2.LINE_AA)
            cv2.circle(panel, place, 6, GREY, 1, cv2.LINE_AA)
    pulse = int(9 + 3 * math.sin(0.3 * frame))
    cv2.circle(panel, places[-1][best], pulse, YELLOW, 2, cv2.LINE_AA)
    for x, (name, shape, _) in zip(xs, columns, strict=True):
        write(panel, name, int(x) - 22, 508, WHITE, 0.4)
        write(panel, shape, int(x) - 28, 526, GREY, 0.35)


def main(model_path: str, env_id: str, frames: int, out: str) -> None:
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    env = make_env(env_id)
    algo = "dqn" if "dqn" in model_path else "ppo"
    keywords: dict[str, Any] = {"buffer_size": 1} if algo == "dqn" else {}
    model: Any = ALGOS[algo].load(model_path, device="cpu", **keywords)
    names = env.env_method("get_action_meanings")[0]
    video = cv2.VideoWriter(out, cv2.VideoWriter.fourcc(*"mp4v"), FPS, (2 * HALF, HEIGHT))
    seen, score = env.reset(), 0.0
    for frame in range(frames):
        game = cv2.resize(env.render(), (HALF, HEIGHT))
        found = look_into(model, seen)
        panel = np.zeros((HEIGHT, HALF, 3), np.uint8)
        draw_text(panel, names, found, frame, frames, score)
        draw_network(panel, found, frame)
        video.write(np.hstack([panel, cv2.cvtColor(game, cv2.COLOR_RGB2BGR)]))
        actions, _ = model.predict(seen, deterministic=False)
        seen, rewards, dones, _ = env.step(actions)
        score = 0.0 if dones[0] else score + float(rewards[0])
    video.release()
    env.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
