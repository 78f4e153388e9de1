"""The demo: a page of figures of the sample network, made on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

from rlviz_cam import Recipe
from rlviz_video import GalleryEntry, check_output, write_entry_page

from network_analyzer.references import reference_of
from network_analyzer.report.filter_report import filter_report
from network_analyzer.report.page import write_html
from network_analyzer.report.pictures import picture_set
from network_analyzer.sample.networks import Sample, open_sample
from network_analyzer.showing import write_figure
from network_analyzer.views import View, maps_view, saliency_view, stimuli_view, weights_view

REPORT = "report.html"


def make_demo(folder: Path, steps: int, *, force: bool, say: Callable[[str], None]) -> Path:
    """Show what can be seen of the sample network, on one page.

    Args:
        folder: where figures and `index.html` go.
        steps: gradient steps at the first size of a preferred picture.
        force: replace what is there.
        say: takes each line for the console.

    Returns:
        The page.

    Raises:
        ModuleNotFoundError: no framework is installed.
        ValueError: `steps` is below 1.
        OSError: an output exists or cannot be written.
    """
    recipe = Recipe(steps=steps)
    check_output(folder / "index.html", force=force)
    with open_sample() as sample:
        say(sample.about)
        pictures: dict[str, str] = {}
        for what, view in _views(sample, recipe):
            path = check_output(folder / f"{view.name}.png", force=force)
            write_figure(view.draw(), path)
            say(f"Figure: {path}")
            pictures[path.name] = what
        last = sample.convolutions[-1]
        report = filter_report(
            sample.opened, last, picture_set(sample.pictures, sample.opened), recipe=recipe
        )
        write_html(report, folder / REPORT, force=force)
    kind, _, about = sample.about.partition(": ")
    entry = GalleryEntry(
        title=f"network-analyzer: {sample.opened.name}",
        video="",
        caption="The filters of a network, the picture that each one prefers, and what it sees.",
        facts={"input": about, "layers": ", ".join(sample.convolutions), "steps": str(steps)},
        sample=kind.lower(),
        pictures=pictures,
        pages={REPORT: f"The filter report of {last}"},
    )
    return write_entry_page(folder, entry)


def _views(sample: Sample, recipe: Recipe) -> Iterator[tuple[str, View]]:
    """The figures of the page, each with what is to be seen."""
    opened = sample.opened
    first, last = sample.convolutions[0], sample.convolutions[-1]
    reference = reference_of(opened, sample.reference)
    yield f"The weights of {first}", weights_view(opened, first, range(8))[1]
    for layer in sample.convolutions:
        view = stimuli_view(opened, layer, range(8), recipe)[1]
        yield f"What the first features of {layer} prefer, and what they answered to it", view
    yield f"What {first} sees of one picture", maps_view(opened, first, reference, "gray", scale="channel")[1]
    yield f"Where {last} is active", maps_view(opened, last, reference, "heat", features=range(8))[1]
    yield f"The mean of each channel of {last}", maps_view(opened, last, reference, "plot")[1]
    yield "Which pixels change the strongest output", saliency_view(opened, reference)[1]
