"""What the commands do: open the network, make a view, and leave its figure where it was asked for."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import islice

from rlviz_cam import Recipe
from rlviz_video import check_output, manifest_path
from rlviz_video.command import native_stderr_held

from network_analyzer.analyzer import FIGURES, WRITERS, save_report
from network_analyzer.manifest import model_digest, write_figure_manifest
from network_analyzer.opened import Opened
from network_analyzer.opening import open_path
from network_analyzer.references import Reference
from network_analyzer.report.filter_report import filter_report
from network_analyzer.report.pictures import picture_set
from network_analyzer.settings import (
    AscentSettings,
    FigureSettings,
    MapSettings,
    NetworkSettings,
    ReferenceSettings,
    ReportSettings,
)
from network_analyzer.showing import Presenter, save_figure, write_figure
from network_analyzer.views import View, features_in, maps_view, saliency_view, stimuli_view, weights_view

Say = Callable[[str], None]
Made = dict[str, object]
"""What was made, for `--json`."""


def open_settings(settings: NetworkSettings, say: Say) -> Opened:
    """Open the network, and say how pictures will become its inputs."""
    with native_stderr_held():
        opened = open_path(
            settings.model,
            preprocessing=settings.preprocessing,
            device=settings.device,
            trust=settings.trust,
        )
    say(f"Network: {opened.name}, {settings.model}")
    say(f"Inputs: {opened.inputs_are()}")
    return opened


def list_layers(settings: NetworkSettings, say: Say) -> list[Made]:
    """Say every layer's name, kind, output and parameters."""
    opened = open_settings(settings, say)
    rows: list[Made] = []
    for info in opened.backend.layers(every=True):
        shape = " x ".join(str(size) for size in info.output_shape)
        after = f", after {info.taken_after} ({info.nonlinearity})" if info.taken_after else ""
        say(f"{info.name:<32} {info.kind:<14} {shape:<18} {info.parameters:>12,} parameters{after}")
        rows.append(
            {
                "name": info.name,
                "kind": info.kind,
                "output_shape": list(info.output_shape),
                "features": features_in(info),
                "parameters": info.parameters,
                "taken_after": info.taken_after,
            }
        )
    return rows


def draw_weights(network: NetworkSettings, figure: FigureSettings, say: Say) -> Made:
    """Draw a layer's weights."""
    _check(figure)
    opened = open_settings(network, say)
    _, view = weights_view(opened, str(figure.layer), figure.features)
    return _finish(opened, view, figure, say)


def draw_stimuli(
    network: NetworkSettings, figure: FigureSettings, recipe: Recipe, ascent: AscentSettings, say: Say
) -> Made:
    """Draw what each feature prefers, and say what it reached."""
    _check(figure)
    opened = open_settings(network, say)
    found, view = stimuli_view(
        opened, str(figure.layer), figure.features, recipe, seed=ascent.seed, chunk=ascent.chunk
    )
    live = ~found.dead
    above = int((found.scores[live] > found.noise[live]).sum())
    say(f"{above} of {int(live.sum())} live features are above plain noise, {int(found.dead.sum())} are dead")
    return _finish(opened, view, figure, say)


def draw_maps(
    network: NetworkSettings,
    figure: FigureSettings,
    reference: ReferenceSettings,
    maps: MapSettings,
    say: Say,
) -> Made:
    """Draw a layer's activations for one picture."""
    _check(figure)
    opened = open_settings(network, say)
    _, view = maps_view(
        opened,
        str(figure.layer),
        _reference(opened, reference, say),
        maps.mode,
        features=figure.features,
        scale=maps.scale,
    )
    return _finish(opened, view, figure, say)


def draw_saliency(
    network: NetworkSettings, figure: FigureSettings, reference: ReferenceSettings, say: Say
) -> Made:
    """Draw what changes a neuron."""
    _check(figure)
    opened = open_settings(network, say)
    neuron = figure.features[0] if figure.features else None
    _, view = saliency_view(opened, _reference(opened, reference, say), figure.layer, neuron)
    return _finish(opened, view, figure, say)


def write_report(
    network: NetworkSettings, settings: ReportSettings, recipe: Recipe, ascent: AscentSettings, say: Say
) -> Made:
    """Write the page of a layer, as HTML, PDF or both."""
    if settings.out is not None:
        if settings.out.suffix.lower() not in WRITERS:
            message = f"{settings.out} ends in neither .html nor .pdf; a report is one of these"
            raise ValueError(message)
        check_output(settings.out, force=settings.force)
    opened = open_settings(network, say)
    report = filter_report(
        opened,
        settings.layer,
        picture_set(settings.images, opened),
        features=settings.features,
        top=settings.top,
        recipe=recipe if settings.stimuli else None,
        seed=ascent.seed,
        chunk=ascent.chunk,
    )
    for note in report.notes:
        say(note)
    if settings.out is None:
        made = save_report(report, Presenter("save", FIGURES))
    else:
        made = [WRITERS[settings.out.suffix.lower()](report, settings.out, force=settings.force)]
    for path in made:
        say(f"Report: {path}")
    return {"reports": [str(path) for path in made], "rows": [asdict(row) for row in report.rows]}


def _reference(opened: Opened, settings: ReferenceSettings, say: Say) -> Reference:
    """The picture that is asked for, of a file, or of what holds several."""
    pictures = picture_set(settings.image, opened).references() if settings.frame >= 0 else ()
    chosen = next(islice(pictures, max(settings.frame, 0), None), None)
    if chosen is None:
        message = f"{settings.image} has no picture {settings.frame}; its pictures are numbered from 0"
        raise ValueError(message)
    for note in chosen.notes:
        say(f"Picture: {note}")
    return chosen


def _check(figure: FigureSettings) -> None:
    """Refuse an output that cannot be written, before any work is done."""
    if figure.out is not None:
        if figure.out.suffix.lower() != ".png":
            message = f"{figure.out} does not end in .png; figures are PNG files, change the name"
            raise ValueError(message)
        for path in (figure.out, manifest_path(figure.out)):
            check_output(path, force=figure.force)


def _finish(opened: Opened, view: View, figure: FigureSettings, say: Say) -> Made:
    """Leave a view's figure where it was asked for; what there is to say of it."""
    if figure.show:
        Presenter("show", FIGURES).present(view.draw, view.name)
        return dict(view.facts)
    if figure.out is None:
        path = save_figure(view.draw(), FIGURES, view.name)
    else:
        path = write_figure(view.draw(), figure.out)
    manifest = write_figure_manifest(path, opened, model_digest(opened), view.facts, force=figure.force)
    say(f"Figure: {path}")
    return {**view.facts, "figure": str(path), "manifest": str(manifest)}
