"""The loop: steps in, frames out; playing and explaining overlap with drawing and encoding."""

from contextlib import closing

from rlviz_agents import Run
from rlviz_overlay import one_thread
from rlviz_video import interrupts_deferred, prefetch, progress

from breakout_gradcam.canvas import GameCanvas, game_name
from breakout_gradcam.explain import Explainer
from breakout_gradcam.outputs import Outputs, Paths, Recorded, Say
from breakout_gradcam.runs import open_network, open_run
from breakout_gradcam.settings import AgentSettings, MapSettings, OutputSettings, RunSettings

STEPS_AHEAD = 32


def record(
    agent: AgentSettings,
    settings: RunSettings,
    maps: MapSettings,
    output: OutputSettings,
    say: Say,
) -> Recorded:
    """Record a run, live or from a recording.

    Args:
        agent: which agent.
        settings: how it is played.
        maps: what is explained and how it is shown.
        output: where it goes.
        say: takes each line for the console.

    Raises:
        ValueError: a setting that does not fit.
        OSError: an input that cannot be read, or an output that exists or cannot be written.
        KeyboardInterrupt: Ctrl-C before the first frame; later, what there is becomes the result.
    """
    with open_run(agent, settings, output.from_recording) as run:
        say(f"Loading {output.from_recording or run.agent.files.model_path}")
        folder = output.folder or run.agent.files.log_path / "videos"
        paths = Paths.under(folder, run.header["name_prefix"], run.n_timesteps)
        backend, heads = open_network(run)
        explainer = Explainer(backend, heads, run.actions, maps)
        canvas = _make_canvas(run, explainer, maps)
        _announce(run, explainer, say)
        outputs = Outputs(run, paths, output)
        interrupted = False
        try:
            with one_thread(), outputs:
                _draw_all(run, explainer, canvas, outputs, say)
        except KeyboardInterrupt:
            if not outputs.steps:
                raise
            interrupted = True
        return outputs.finish(explainer, maps, say, interrupted=interrupted)


def _make_canvas(run: Run, explainer: Explainer, maps: MapSettings) -> GameCanvas:
    header = run.header
    title = f"{game_name(header['env_id'])} · {header['algo'].upper()}"
    return GameCanvas(title, run.actions, float(header["fps"]), int(header["n_envs"]), explainer, maps)


def _announce(run: Run, explainer: Explainer, say: Say) -> None:
    deterministic = bool(run.header["deterministic"])
    layer = explainer.layer
    shape = (run.header["n_envs"], *run.agent.observation_shape)
    say(f"Using seed: {run.header['seed']}")
    say(f"Using target layers: ['{layer.name}: {layer.kind} {'x'.join(str(n) for n in layer.output_shape)}']")
    say(f"Using deterministic={deterministic}, stochastic={not deterministic}")
    say("Recording original video...")
    say(f"Starting recording for {run.n_timesteps} timesteps...")
    say(f"Environment shape: {shape}")


def _draw_all(run: Run, explainer: Explainer, canvas: GameCanvas, outputs: Outputs, say: Say) -> None:
    with (
        closing(outputs.keep()) as steps,
        closing(prefetch(explainer.stream(steps), STEPS_AHEAD)) as explained,
    ):
        for item in progress(explained, run.n_timesteps, "Recording"):
            # A frame is whole or not there. And OpenCV 5's Python bindings crash when Ctrl-C comes while they
            # look for the overload that their arguments fit.
            with interrupts_deferred():
                outputs.write(item, canvas.draw(item))
            if item.step.index % 100 == 0:
                so_far = f"Reward: {item.step.reward:.2f}, Total: {outputs.total_reward:.2f}"
                say(f"Step {item.step.index}/{run.n_timesteps}, {so_far}")
