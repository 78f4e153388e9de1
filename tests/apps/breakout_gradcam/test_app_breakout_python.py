"""The original's scripts and class, and what importing and running the app loads."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from breakout_gradcam import DQNGradCAMVisualizer

SCRIPTS = Path(__file__).parents[3] / "apps" / "breakout-gradcam"
ENV = "BreakoutNoFrameskip-v4"
ACTIONS = ("NOOP", "FIRE", "RIGHT", "LEFT")
HEAVY = ("torch", "gymnasium", "stable_baselines3", "rl_zoo3", "pyarrow", "moviepy", "matplotlib", "pandas")


@pytest.fixture
def script(tmp_path):
    """Run a script in a folder of the test's own."""

    def run(path: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(path), *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    return run


def test_the_original_recording_script_records(script, sample, made):
    run = ("--env", ENV, "--algo", "dqn", "--seed", 42, "-n", 10, "--deterministic", "--save-frames")
    done = script(SCRIPTS / "record_video_with_gradcam.py", *run, "--exp-id", 1, "-f", sample, "-o", "videos")
    assert done.returncode == 0, done.stderr
    assert "Total reward: 0.0" in done.stdout
    files = made(steps=10)
    assert files.video.is_file()
    assert files.original.is_file()
    assert len(list((files.folder / "gradcam" / "frames").iterdir())) == 10


def test_the_manifest_keeps_the_command_of_the_script(script, sample, made):
    script(SCRIPTS / "record_video_with_gradcam.py", "-n", 2, "-f", sample, "-o", "videos")
    command = made(steps=2).manifest["command"]
    assert command[0].endswith("record_video_with_gradcam.py")
    assert command[1:] == ["-n", "2", "-f", str(sample), "-o", "videos"]


def test_the_small_script_that_the_original_test_writes_confirms_the_run(script, sample, tmp_path):
    original = SCRIPTS / "test_gradcam_reproducibility.py"
    made = script(original, "--create-minimal", "-f", sample, "--n-steps", 12)
    assert made.returncode == 0, made.stderr
    done = script(tmp_path / "test_minimal_reproducibility.py")
    assert done.returncode == 0, done.stderr
    assert "Testing action reproducibility with seed 42" in done.stdout
    assert "✅ ACTIONS ARE IDENTICAL - Reproducibility confirmed!" in done.stdout
    assert "12 steps compared: identical" in done.stdout


def test_the_small_script_is_not_written_over_another(script, tmp_path):
    path = tmp_path / "test_minimal_reproducibility.py"
    path.write_text("mine", encoding="utf-8")
    done = script(SCRIPTS / "test_gradcam_reproducibility.py", "--create-minimal")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert path.read_text(encoding="utf-8") == "mine"


def test_the_original_test_fails_for_an_agent_that_is_not_there(script, tmp_path):
    done = script(
        SCRIPTS / "test_gradcam_reproducibility.py", "--seed", 42, "--n-steps", 200, "--algo", "dqn"
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "rl-trained-agents" in done.stderr


@pytest.fixture(scope="module")
def model(sample):
    """The sample agent, loaded by SB3 itself."""
    from stable_baselines3 import DQN

    path = sample / "dqn" / f"{ENV}_1" / f"{ENV}.zip"
    return DQN.load(path, device="cpu", buffer_size=1, custom_objects={"optimize_memory_usage": False})


@pytest.fixture(scope="module")
def step(recording):
    """A step of the sample agent in the middle of its run."""
    from rlviz_agents import read_recording

    return list(read_recording(recording))[20]


@pytest.fixture(scope="module")
def visualizer(model):
    return DQNGradCAMVisualizer(model)


@pytest.mark.parametrize("action", [None, 0, 1, 2, 3])
def test_the_heat_of_an_action_lies_between_0_and_1_at_the_observations_size(action, visualizer, step):
    heat = visualizer.get_gradcam_for_action(step.observation, action)
    assert (heat.shape, heat.dtype) == ((84, 84), np.float32)
    assert heat.min() >= 0
    assert heat.max() in (0, pytest.approx(1))


def test_without_an_action_the_best_one_is_explained(visualizer, model, step):
    best = int(model.predict(step.observation, deterministic=True)[0])
    heat = visualizer.get_gradcam_for_action(step.observation)
    assert np.array_equal(heat, visualizer.get_gradcam_for_action(step.observation, best))


def test_an_observation_may_come_as_a_batch_of_one(visualizer, step):
    one = visualizer.get_gradcam_for_action(step.observation, 2)
    assert np.array_equal(one, visualizer.get_gradcam_for_action(step.observation[None], 2))


def test_the_heat_is_the_positive_part_of_the_weighted_activations(visualizer, model, step):
    """Grad-CAM by PyTorch alone: ReLU(sum_k mean(dQ/dA_k) A_k), resized, divided by its peak."""
    import torch
    from torch.nn import functional

    cnn = model.q_net.features_extractor.cnn
    activations = cnn[:6](torch.as_tensor(step.observation[None]).float() / 255).detach().requires_grad_()
    features = model.q_net.features_extractor.linear(cnn[6:](activations))
    (gradients,) = torch.autograd.grad(model.q_net.q_net(features)[0, 2], activations)
    raw = (gradients.mean(dim=(2, 3), keepdim=True) * activations).sum(dim=1, keepdim=True).relu()
    wanted = functional.interpolate(raw, (84, 84), mode="bilinear")[0, 0].detach().numpy()
    heat = visualizer.get_gradcam_for_action(step.observation, 2)
    assert np.allclose(heat, wanted / wanted.max(), atol=1e-4)


def test_explaining_leaves_model_and_observation_as_they_were(visualizer, model, step):
    weights = {name: tensor.clone() for name, tensor in model.policy.state_dict().items()}
    seen = step.observation.copy()
    visualizer.get_gradcam_for_action(step.observation, 1)
    assert all((tensor == weights[name]).all() for name, tensor in model.policy.state_dict().items())
    assert np.array_equal(step.observation, seen)
    assert all(parameter.grad is None for parameter in model.policy.parameters())


def test_drawing_a_frame_leaves_its_inputs_as_they_were(visualizer, step):
    frame, heat = step.frame.copy(), visualizer.get_gradcam_for_action(step.observation, 2)
    before = frame.copy(), heat.copy()
    drawn = visualizer.create_visualization_frame(frame, heat, 2, ACTIONS)
    assert (drawn.shape, drawn.dtype) == ((630, 480, 3), np.uint8)
    assert np.array_equal(frame, before[0])
    assert np.array_equal(heat, before[1])


def test_no_heat_leaves_the_picture_as_it_is_but_for_the_actions_name(visualizer, step):
    drawn = visualizer.create_visualization_frame(step.frame, np.zeros((84, 84), np.float32), 2, scale=1)
    assert np.array_equal(drawn[:180], step.frame[:180])
    assert not np.array_equal(drawn[180:], step.frame[180:])


def test_the_frame_names_the_action(visualizer, step):
    heat = np.zeros((84, 84), np.float32)
    pictures = [visualizer.create_visualization_frame(step.frame, heat, a, ACTIONS) for a in (2, 3)]
    assert not np.array_equal(*pictures)


def test_a_layer_that_is_not_there_lists_those_there_are(model):
    with pytest.raises(ValueError, match=r"'conv9'.*features_extractor\.cnn\.4"):
        DQNGradCAMVisualizer(model, ["conv9"])


def test_a_model_without_images_is_refused():
    from stable_baselines3 import PPO

    with pytest.raises(ValueError, match="expected images"):
        DQNGradCAMVisualizer(PPO("MlpPolicy", "CartPole-v1", device="cpu"))


@pytest.mark.parametrize("algo", ["qrdqn", "ppo", "a2c"])
def test_the_other_algorithms_have_heat_too(algo, new_model, step):
    heat = DQNGradCAMVisualizer(new_model(algo), evidence="absolute").get_gradcam_for_action(step.observation)
    assert heat.max() == pytest.approx(1)


def loaded_by(code: str) -> set[str]:
    """The modules, by their first names, that a fresh interpreter has after some code."""
    code += "\nprint('\\n' + ' '.join({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(
    "code",
    [
        "import breakout_gradcam",
        "from breakout_gradcam.__main__ import main; main(['--help'])",
        "from breakout_gradcam.__main__ import main; main(['record', '--help'])",
        "from breakout_gradcam.__main__ import main; main(['record', '--algo', 'sac'])",
    ],
    ids=["import", "help", "record help", "wrong usage"],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    assert not loaded_by(code) & set(HEAVY)


def test_the_public_names_are_those_that_are_listed():
    import breakout_gradcam

    assert breakout_gradcam.__all__ == ["DQNGradCAMVisualizer"]
    assert DQNGradCAMVisualizer.__doc__


def test_a_recording_run_never_asks_for_pytorch_grad_cam_or_matplotlib(sample, tmp_path):
    """Also where they are not installed: the interpreter notes every module that is looked for."""
    code = f"""
class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] in ('pytorch_grad_cam', 'matplotlib'):
            raise SystemExit(f'{{name}} was asked for')

sys.meta_path.insert(0, Watch())
from breakout_gradcam.__main__ import main
assert main(['record', '-f', {str(sample)!r}, '-n', '3', '-o', {str(tmp_path / "videos")!r}]) == 0
"""
    assert {"torch", "moviepy"} <= loaded_by(code)
