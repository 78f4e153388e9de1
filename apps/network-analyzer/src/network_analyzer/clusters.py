"""Which pictures a layer takes to be alike."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from network_analyzer.figures.clusters import clusters_figure
from network_analyzer.opened import Opened
from network_analyzer.report.pictures import PictureSet
from network_analyzer.showing import file_name
from network_analyzer.views import View, titled

PERPLEXITY = 30.0
"""Van der Maaten's usual choice; smaller sets take a third of their size."""


def cluster_view(
    opened: Opened, layer: str, pictures: PictureSet, classes: Sequence[Any], *, seed: int = 0
) -> tuple[NDArray[np.float32], View]:
    """Lay pictures out so that neighbours are those that a layer answers to alike.

    Van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008, by scikit-learn, begun from the
    first two principal components. Distances between clusters and their sizes mean nothing.

    Args:
        opened: The network.
        layer: Whose activations are compared, all cells of all channels.
        pictures: The pictures.
        classes: One number or name for each.
        seed: Of the layout.

    Returns:
        (N, 2) float32; and its view.

    Raises:
        ValueError: There is no such layer, there are fewer than three pictures, or not one class each.
    """
    info = opened.backend.layer(layer)
    activations = np.concatenate(
        [
            opened.backend.activations(batch.inputs, [layer])[layer].reshape(len(batch.names), -1)
            for batch in pictures
        ]
    )
    count = len(activations)
    if count < 3 or len(classes) != count:
        message = f"{len(classes)} classes for {count} pictures; give one for each of at least three pictures"
        raise ValueError(message)
    points, perplexity = _embedded(activations, seed)
    title = titled(opened, info, f"{count} inputs by t-SNE, perplexity {perplexity:g}")
    view = View(
        lambda: clusters_figure(points, list(classes), title),
        file_name("clusters", layer),
        {
            "what": "clusters of inputs (t-SNE)",
            "layer": layer,
            "perplexity": perplexity,
            "seed": seed,
            "points": points,
            "classes": [str(one) for one in classes],
        },
    )
    return points, view


def _embedded(activations: NDArray[np.float32], seed: int) -> tuple[NDArray[np.float32], float]:
    from sklearn.manifold import TSNE  # pyright: ignore[reportMissingTypeStubs] (has none)

    perplexity = min(PERPLEXITY, (len(activations) - 1) / 3)
    if not np.ptp(activations, axis=0).any():
        message = "the layer answers to all pictures alike; there is nothing to tell them apart by"
        raise ValueError(message)
    layout: Any = TSNE(perplexity=perplexity, init="pca", random_state=seed)
    return np.asarray(layout.fit_transform(activations), np.float32), perplexity
