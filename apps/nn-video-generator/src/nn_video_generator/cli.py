"""The command line: `generate` with the original tool's options, and a demo."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rlviz_video.command import CONTEXT_SETTINGS, pick, together
from rlviz_video.options import force_option

from nn_video_generator.options import (
    PATH,
    length_options,
    output_options,
    picture_options,
    play_options,
    source_options,
)
from nn_video_generator.settings import (
    ClipSettings,
    MapSettings,
    OutputSettings,
    PlaySettings,
    VideoSettings,
)

if TYPE_CHECKING:
    from nn_video_generator.config import TrainingConfig


@click.group(context_settings=CONTEXT_SETTINGS)
@click.version_option(package_name="nn-video-generator")
def cli() -> None:
    """Videos of an agent's game with its living network beside it, after the training.

    Options without a command are those of `generate`.
    """


@cli.command()
@together(
    source_options,
    click.option("--output-dir", type=PATH, default=Path("video/post_training"), show_default=True),
    length_options,
    play_options,
    picture_options,
    output_options,
)
def generate(*, as_json: bool, total_seconds: float | None, output_dir: Path, **given: Any) -> int:  # noqa: ANN401
    """Make a video for each checkpoint of a training, or one through all of them."""
    from nn_video_generator.generator import PostTrainingVideoGenerator

    folder, config = _source(given)
    verbose = 0 if as_json else given["verbose"]
    maps = pick(MapSettings, given, scale=given["heat_scale"]) if given["attention"] else None
    play, video = _play(config, given), pick(VideoSettings, given)
    generator = PostTrainingVideoGenerator(
        config,
        folder,
        output_dir,
        given["milestones_pct"],
        given["clip_seconds"],
        given["fps"],
        verbose,
        clip=ClipSettings(play, video, maps, given["device"], given["trust"]),
        output=pick(OutputSettings, given, folder=output_dir, verbose=verbose),
    )
    report = generator.make(total_seconds)
    if as_json:
        click.echo(json.dumps(asdict(report) | {"failed": _texts(report.failed)}, default=str))
    if report.failed:
        click.echo(f"nn-video-generator: {report.failures}", err=True)
    return report.status


@cli.command()
@click.option("-o", "--output-folder", type=PATH, default=Path("nn-video-generator-demo"), show_default=True)
@click.option("-n", "--n-timesteps", default=300, show_default=True, help="Steps of the game in each video.")
@force_option
def demo(*, output_folder: Path, n_timesteps: int, force: bool) -> int:
    """Make the videos of the sample training that comes with this tool (agents of ours, far from perfect)."""
    from nn_video_generator.sample.demo import make_demo

    return make_demo(output_folder, n_timesteps, force=force, say=click.echo)


def _source(given: Mapping[str, Any]) -> tuple[Path, "TrainingConfig | None"]:
    """The folder of the checkpoints, and the training's config where it is not a run of RL Zoo.

    Raises:
        ValueError: neither or both are given.
        OSError: the config cannot be read.
    """
    from nn_video_generator.config import read_config

    model_dir, config, agent = (given[name] for name in ("model_dir", "config", "agent"))
    if agent is not None and model_dir is None and config is None:
        return agent, None
    if agent is None and model_dir is not None and config is not None:
        return model_dir, read_config(config)
    named = [f"--{name.replace('_', '-')}" for name in ("model_dir", "config", "agent") if given[name]]
    message = f"given: {', '.join(named) or 'no training'}; give --model-dir and --config, or --agent alone"
    raise ValueError(message)


def _play(config: "TrainingConfig | None", given: Mapping[str, Any]) -> PlaySettings:
    """How it is played: what the options say, and for the rest what the config's showcase wants."""
    from nn_video_generator.showcase import play_of

    play = PlaySettings() if config is None else play_of(config)
    said: dict[str, Any] = {name: given[name] for name in ("seed", "epsilon") if given[name] is not None}
    if given["deterministic"] or given["stochastic"]:
        said |= {name: given[name] for name in ("deterministic", "stochastic")}
    return replace(play, **said, fire_on_reset=given["fire_on_reset"])


def _texts(failed: Mapping[Path, str]) -> dict[str, str]:
    return {str(path): error for path, error in failed.items()}
