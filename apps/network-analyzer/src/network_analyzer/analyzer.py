"""`NetworkAnalyzer`: a network wrapped, with one method for each thing to see."""

from collections.abc import Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from rlviz_cam import Ascent, Recipe

from network_analyzer.clusters import cluster_view
from network_analyzer.manifest import model_digest, write_figure_manifest
from network_analyzer.opened import Opened
from network_analyzer.opening import InputShape, Stated, open_network, open_path
from network_analyzer.references import reference_of
from network_analyzer.report.filter_report import RECIPE, FilterReport, filter_report
from network_analyzer.report.page import write_html, write_pdf
from network_analyzer.report.pictures import picture_set
from network_analyzer.settings import MapMode, MapScale
from network_analyzer.showing import Mode, Presenter, file_name
from network_analyzer.views import (
    View,
    features_in,
    maps_view,
    saliency_view,
    stimuli_view,
    weights_view,
)

FIGURES = Path("docs/analysis/figures")
"""Where figures are saved, below the current folder."""


WRITERS = {".html": write_html, ".pdf": write_pdf}
"""How a report is written, by the ending of its file."""


def save_report(report: FilterReport, presenter: Presenter) -> list[Path]:
    """Save or show a report, as the presenter's mode says, as a page and as a document.

    Returns:
        The files that were saved, under names that were free.
    """
    name = file_name("filter_report", report.layer.name)
    made = [
        presenter.present_page(lambda path, write=write: write(report, path), f"{name}{suffix}")
        for suffix, write in WRITERS.items()
    ]
    return [path for path in made if path is not None]


class NetworkAnalyzer:
    """The filters of a trained network, what each one prefers, and what it sees.

    Every method returns its arrays; what else happens is the mode's choice: `show` opens a window of
    matplotlib's, or draws inline in a notebook; `save` writes a PNG of a descriptive name with a manifest
    beside it, never over one that exists; `return` draws nothing.

    Args:
        model: a Keras model, a `torch.nn.Module`, or a live agent of Stable-Baselines3.
        mode: `show`, `save` or `return`.
        figure_directory: where `save` puts figures; made when the first one is saved.
        preprocessing: how levels of 0 to 255 become what the network takes: a name of
            `rlviz_cam.PREPROCESSINGS`, the values of black and white, or a `Preprocessing`. An agent's own
            is known; otherwise the default is `unit`, levels / 255.
        input_shape: shape of one sample, (C, H, W), where the model does not know it (PyTorch).
        device: `auto`, `cpu` or `cuda`.
        name: what the network is called on figures; its own name by default.

    Raises:
        TypeError: the model belongs to no supported framework.
        ValueError: there is no such mode or preprocessing, or the model cannot be looked into.
    """

    def __init__(
        self,
        model: object,
        mode: Mode = "show",
        *,
        figure_directory: str | PathLike[str] = FIGURES,
        preprocessing: Stated = None,
        input_shape: InputShape = None,
        device: str = "auto",
        name: str | None = None,
    ) -> None:
        self._opened = (
            model
            if isinstance(model, Opened)
            else open_network(
                model, preprocessing=preprocessing, input_shape=input_shape, device=device, name=name
            )
        )
        self._presenter = Presenter(mode, Path(figure_directory))

    @classmethod
    def from_saved_model(
        cls,
        path: str | PathLike[str],
        mode: Mode = "show",
        *,
        figure_directory: str | PathLike[str] = FIGURES,
        preprocessing: Stated = None,
        device: str = "auto",
        trust: bool = False,
    ) -> Self:
        """Open a saved network: `.keras`, `.h5`, a SavedModel folder, or an agent's `.zip`.

        Args:
            path: the file or folder. It is read as data; no code of it is run.
            mode: as for the class.
            figure_directory: as for the class.
            preprocessing: as for the class.
            device: as for the class.
            trust: run the code that the file may hold: only for files of your own.

        Raises:
            FileNotFoundError: there is no such file.
            ModuleNotFoundError: the framework of the file is not installed.
            ValueError: the file is no network that can be looked into, or holds code and is not trusted.
        """
        opened = open_path(Path(path), preprocessing=preprocessing, device=device, trust=trust)
        return cls(opened, mode, figure_directory=figure_directory)

    def set_mode(self, mode: Mode) -> None:
        """Choose what happens to figures from now on: `show`, `save` or `return`.

        Raises:
            ValueError: there is no such mode.
        """
        self._presenter = Presenter(mode, self._presenter.folder)

    @property
    def preprocessing(self) -> str:
        """How pictures become inputs, and who says so."""
        return self._opened.inputs_are()

    # ------------------------------------------------------------------ layers

    def list_layer_names(self, only_para_layers: bool = False) -> list[str]:
        """The names of all layers in order of computation; one inside another model is `outer/inner`.

        Args:
            only_para_layers: only those that have parameters.
        """
        layers = self._opened.backend.layers(every=True)
        return [info.name for info in layers if info.parameters or not only_para_layers]

    def list_convolutional_layer_names(self) -> list[str]:
        """The names of the convolutions."""
        layers = self._opened.backend.layers()
        return [info.name for info in layers if info.kind.startswith("conv")]

    def list_non_convolutional_layer_names(self) -> list[str]:
        """The names of all other layers."""
        convolutions = set(self.list_convolutional_layer_names())
        return [name for name in self.list_layer_names() if name not in convolutions]

    def numb_features_in_layer(self, layer_name: str) -> int:
        """Number of channels of a convolution, of units of a dense layer.

        Raises:
            ValueError: there is no such layer.
        """
        return features_in(self._opened.backend.layer(layer_name))

    # ------------------------------------------------------------------ what there is to see

    def visualize_layer_weights(
        self, layer_name: str, feature_ids: Sequence[int] | None = None
    ) -> NDArray[np.float32]:
        """Show a layer's weights as pictures.

        With 1 or 3 input channels each filter is one picture, otherwise one grey tile per input channel.

        Args:
            layer_name: the layer.
            feature_ids: which filters are drawn; all by default.

        Returns:
            (kh, kw, in, out) float32 of a convolution, (in, out) of a dense layer: all filters.

        Raises:
            ValueError: there is no such layer or feature, or the layer has no weights.
        """
        self._presenter.check()
        weights, view = weights_view(self._opened, layer_name, feature_ids)
        self._present(view)
        return weights

    def visualize_max_filter_respondence(
        self,
        layer_name: str,
        feature_ids: Sequence[int] | None = None,
        optimization_steps: int = 30,
        *,
        recipe: Recipe | None = None,
        seed: int = 0,
        chunk: int | None = None,
    ) -> NDArray[np.uint8]:
        """Show the picture that each feature prefers, found by gradient ascent on the input.

        Args:
            layer_name: the layer.
            feature_ids: which features; all by default.
            optimization_steps: gradient steps at the first size of the picture, fewer at larger ones.
            recipe: how; it has steps of its own.
            seed: the same seed gives the same pictures.
            chunk: pictures of one pass at most, which bounds the memory.

        Returns:
            uint8 levels, (N, H, W, C), colours as red, green, blue; (N, T, H, W, C) of a network that takes
            sequences. A dead feature's picture is grey. `maximize` tells the response that each reached.

        Raises:
            ValueError: there is no such layer or feature, or a setting does not fit.
        """
        self._presenter.check()
        chosen = Recipe(steps=optimization_steps) if recipe is None else recipe
        ascent, view = stimuli_view(self._opened, layer_name, feature_ids, chosen, seed=seed, chunk=chunk)
        self._present(view)
        return np.ascontiguousarray(np.moveaxis(ascent.pictures, -3, -1))

    def maximize(
        self,
        layer_name: str,
        feature_ids: Sequence[int] | None = None,
        *,
        recipe: Recipe | None = None,
        seed: int = 0,
        chunk: int | None = None,
    ) -> Ascent:
        """The picture that each feature prefers, with the response that it reached; nothing is drawn.

        Args:
            layer_name: the layer.
            feature_ids: which features; all by default.
            recipe: how.
            seed: the same seed gives the same pictures.
            chunk: pictures of one pass at most, which bounds the memory.

        Raises:
            ValueError: there is no such layer or feature, or a setting does not fit.
        """
        recipe = recipe or Recipe()
        return stimuli_view(self._opened, layer_name, feature_ids, recipe, seed=seed, chunk=chunk)[0]

    def visualize_activation_map(
        self,
        layer_name: str,
        reference_img: object,
        mode: MapMode = "gray",
        *,
        feature_ids: Sequence[int] | None = None,
        scale: MapScale = "layer",
        step: int = -1,
    ) -> NDArray[np.float32]:
        """Show a layer's activations for one picture.

        Args:
            layer_name: the layer.
            reference_img: a picture, as `network_analyzer.references.reference_of` takes it: an array of
                any size and type, a file, or an agent's observation.
            mode: `gray` (or `grey`): each channel as a grey picture; `heat`: contours over the grey picture;
                `plot`: each channel's mean as a bar.
            feature_ids: which channels are drawn; all by default.
            scale: `layer`: one scale for all channels; `channel`: each its own.
            step: which time step is drawn, where the layer has them.

        Returns:
            (K, h, w) float32 of a spatial layer, (T, K, h, w) over time steps, (units,) of a dense one.

        Raises:
            ValueError: there is no such layer, feature or mode, or the picture does not fit the network.
        """
        self._presenter.check()
        reference = reference_of(self._opened, reference_img)
        maps, view = maps_view(
            self._opened, layer_name, reference, mode, features=feature_ids, scale=scale, step=step
        )
        self._present(view)
        return maps

    def saliency_map(
        self, reference: object, layer_name: str | None = None, neuron: int | None = None
    ) -> NDArray[np.float32]:
        """Show how much each pixel of a picture changes one neuron (Simonyan et al., 2013).

        Args:
            reference: a picture, as for `visualize_activation_map`.
            layer_name: whose neuron; by default the last layer before the network's first output.
            neuron: unit, or channel whose mean is taken; by default the most active one.

        Returns:
            (H, W) float32 at the network's own size: the largest change of the neuron per grey level.

        Raises:
            ValueError: there is no such layer or neuron, or the picture does not fit the network.
        """
        self._presenter.check()
        given = reference_of(self._opened, reference)
        saliency, view = saliency_view(self._opened, given, layer_name, neuron)
        self._present(view)
        return saliency

    def cluster_inputs(
        self, layer_name: str, images: object, classes: Sequence[Any], *, seed: int = 0
    ) -> NDArray[np.float32]:
        """Show which pictures a layer takes to be alike (t-SNE of its activations).

        Args:
            layer_name: the layer.
            images: pictures (N, ...), as for `filter_report`.
            classes: what each picture is, N of them: numbers or names.
            seed: of the layout.

        Returns:
            (N, 2) float32, the place of each picture.

        Raises:
            ValueError: there is no such layer, there are fewer than three pictures, or not one class each.
        """
        self._presenter.check()
        pictures = picture_set(images, self._opened)
        points, view = cluster_view(self._opened, layer_name, pictures, classes, seed=seed)
        self._present(view)
        return points

    def filter_report(
        self,
        layer_name: str,
        images: object,
        *,
        feature_ids: Sequence[int] | None = None,
        top: int = 9,
        recipe: Recipe | None = RECIPE,
        seed: int = 0,
    ) -> FilterReport:
        """What each channel of a layer does over a set of pictures, beside the picture that it prefers.

        In mode `save` an HTML page and a PDF of the whole layer are written; in mode `show` the page opens
        in a browser, or inline in a notebook.

        Args:
            layer_name: the layer.
            images: an array (N, ...), a folder of pictures, a tub, a recorded rollout or a video.
            feature_ids: which channels; all by default.
            top: pictures that are kept of each channel: those of its highest activations.
            recipe: of the preferred pictures; None leaves them out.
            seed: of the preferred pictures.

        Raises:
            OSError: the pictures cannot be read.
            ValueError: there is no such layer or feature, or there are no pictures.
        """
        self._presenter.check()
        report = filter_report(
            self._opened,
            layer_name,
            picture_set(images, self._opened),
            features=feature_ids,
            top=top,
            recipe=recipe,
            seed=seed,
        )
        save_report(report, self._presenter)
        return report

    layer_weights_plot = visualize_layer_weights
    preferred_stimulus = visualize_max_filter_respondence
    feature_map = visualize_activation_map
    obtain_saliency_map = saliency_map

    # ------------------------------------------------------------------ figures

    @cached_property
    def _digest(self) -> str:
        return model_digest(self._opened)

    def _present(self, view: View) -> None:
        """Do with a figure what the mode says; a saved one gets its manifest."""
        path = self._presenter.present(view.draw, view.name)
        if path is not None:
            write_figure_manifest(path, self._opened, self._digest, view.facts)
