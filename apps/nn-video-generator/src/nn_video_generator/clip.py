"""A clip: one checkpoint plays, frame after frame is drawn. Everything random begins anew with each clip."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import Any

from rlviz_agents import Interventions, Run, RunOptions, live_run, one_torch_thread, policy_heads
from rlviz_cam import open_backend
from rlviz_overlay import SCALES, Frame, Size, colormap, make_scale, one_thread
from rlviz_video import interrupts_deferred

from nn_video_generator.attention import Attention
from nn_video_generator.checkpoints import Checkpoint
from nn_video_generator.drawing.canvas import ActivityCanvas
from nn_video_generator.drawing.game import HeatStyle
from nn_video_generator.explain import Explainer, shown_steps
from nn_video_generator.moment import Moment, Subject
from nn_video_generator.network.reader import NetworkReader
from nn_video_generator.pace import Pace, make_pace
from nn_video_generator.returns import Horizon, followed_returns, horizon
from nn_video_generator.settings import ClipSettings, PlaySettings
from nn_video_generator.tally import Tally
from nn_video_generator.trained import TrainedRun

_Q_LEARNERS = ("dqn", "qrdqn")
_ENDLESS = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One frame of the video.

    Attributes:
        frame: uint8 (H, W, 3), RGB; drawn over by the next.
        moment: what it shows.
        tally: what the clip came to with its step.
    """

    frame: Frame
    moment: Moment
    tally: Tally


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip that is ready to be drawn, once.

    Attributes:
        subject: what stays the same through it.
        pace: its times.
        ahead: how far the returns reach.
        run: the agent that plays.
        reader: of the network, and what of it cannot be shown.
        explainer: reads it for the steps that are shown.
        attention: makes the heat over the game; None for none.
        canvas: draws the frames.
    """

    subject: Subject
    pace: Pace
    ahead: Horizon
    run: Run
    reader: NetworkReader
    explainer: Explainer
    attention: Attention | None
    canvas: ActivityCanvas

    def pictures(self) -> Generator[Picture]:
        """Play, and draw every frame of the clip in order."""
        steps: Any = iter(self.run)
        with closing(steps), one_thread(), one_torch_thread():
            shown = shown_steps(followed_returns(steps, self.ahead), self.pace)
            for moment, one in self.explainer.stream(shown):
                yield Picture(_whole(self.canvas.draw, moment), moment, one.tally)
                for frame in one.frames[1:]:
                    again = replace(moment, frame=frame, progress=(frame + 1) / self.pace.frames)
                    yield Picture(_whole(self.canvas.repeat, again), again, one.tally)


def _whole(draw: Callable[[Moment], Frame], moment: Moment) -> Frame:
    """Draw without being interrupted: OpenCV's bindings crash when Ctrl-C comes while they read arguments."""
    with interrupts_deferred():
        return draw(moment)


@contextmanager
def open_clip(
    trained: TrainedRun, checkpoint: Checkpoint, settings: ClipSettings, frames: int
) -> Generator[Clip]:
    """Make the environment and load the agent; nothing is played yet.

    Args:
        trained: the training that the checkpoint is of.
        checkpoint: the agent.
        settings: how it is played and shown.
        frames: in the clip.

    Raises:
        ValueError: the checkpoint, its environment or a setting does not fit.
        OSError: the checkpoint cannot be read.
    """
    files = trained.files(checkpoint)
    play, video = settings.play, settings.video
    greedy = is_greedy(play, files.algo)
    interventions = Interventions(epsilon=play.epsilon, fire_on_reset=play.fire_on_reset, seed=play.seed)
    options = RunOptions(_ENDLESS, play.seed, greedy, interventions=interventions)
    with live_run(files, options, device=settings.device, trust=settings.trust) as run:
        backend = open_backend(policy_heads(run.agent.model), input_shape=run.agent.observation_shape)
        reader = NetworkReader(backend)
        pace = make_pace(frames, video.fps, run.header["step_rate"], video.speed)
        ahead = horizon(trained.gamma(checkpoint))
        attention = None if settings.maps is None else Attention(backend, run.actions, settings.maps)
        subject = Subject(
            game=trained.game,
            algo=files.algo.upper(),
            milestone=checkpoint.label,
            trained_steps=checkpoint.steps,
            learning_rate=trained.learning_rate,
            actions=run.actions,
            value_name=reader.value_name,
            gamma=ahead.gamma,
            layers=reader.layers,
            steps_per_second=float(pace.steps_per_second),
            interventions=named_interventions(play),
            choice="greedy" if greedy else "sampled",
            horizon=ahead.steps if ahead.is_cut else None,
        )
        explainer = Explainer(reader, pace, attention, is_timed="performance" in video.show)
        style = None if attention is None else heat_style(attention)
        canvas = ActivityCanvas(Size(*video.size), subject, show=video.show, attention=style)
        yield Clip(subject, pace, ahead, run, reader, explainer, attention, canvas)


def heat_style(attention: Attention) -> HeatStyle:
    """How the heat is drawn: its colours, what it says it is, and its scale."""
    maps = attention.settings
    is_signed = maps.evidence == "signed"
    target = "the executed action" if maps.target == "action" else maps.target
    return HeatStyle(
        table=colormap("diverging" if is_signed else "inferno"),
        meaning=f"{maps.method} of {target} at {attention.layer}, {maps.evidence}",
        signed=is_signed,
        scale=make_scale(maps.scale, maps.scale_value),
        full_heat=SCALES[maps.scale].full_heat,
    )


def is_greedy(play: PlaySettings, algo: str) -> bool:
    """Whether the policy's best action is taken; of a learner of Q-values unless asked for otherwise."""
    return play.deterministic or (not play.stochastic and algo in _Q_LEARNERS)


def named_interventions(play: PlaySettings) -> tuple[str, ...]:
    """What acts besides the policy, for the frame."""
    named = [f"epsilon {play.epsilon:g}"] if play.epsilon else []
    return (*named, "FIRE on reset") if play.fire_on_reset else tuple(named)
