"""Class activation maps: pure functions of activations and gradients, each with its paper's equation.

With A the activations (N, K, h, w), g = dS/dA the gradients and sums over cells (i, j) or channels k. All
return (N, h, w) float32, signed and un-normalised: the ReLU that most papers put last is a choice of
evidence (:func:`rlviz_cam.select_evidence`), made when a map is shown.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rlviz_cam.backends.base import LayerRecord

Maps = NDArray[np.float32]


class CamMethod(Protocol):
    """A function from one record to its maps."""

    def __call__(self, record: LayerRecord, /) -> Maps:
        """Return maps (N, h, w) float32, signed and un-normalised."""
        ...


def _weighted(weights: Maps, activations: Maps) -> Maps:
    """Sum the channels, weighted: (N, K), (N, K, h, w) -> (N, h, w)."""
    samples, channels, height, width = activations.shape
    flat = activations.reshape(samples, channels, height * width)
    return np.matmul(weights[:, None, :], flat).reshape(samples, height, width)


def grad_cam(record: LayerRecord) -> Maps:
    """Weight each channel by its mean gradient.

    L_ij = sum_k a_k A_kij with a_k = 1/(h w) sum_ij g_kij.

    Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization",
    ICCV 2017, eq. 1-2. arXiv:1610.02391
    """
    return _weighted(record.gradients.mean(axis=(2, 3)), record.activations)


def grad_cam_plus_plus(record: LayerRecord) -> Maps:
    """Weight each channel by its positive gradients, each cell's share by its second and third derivative.

    L_ij = sum_k w_k A_kij with w_k = sum_ij alpha_kij max(g_kij, 0) and
    alpha_kij = g^2 / (2 g^2 + sum_ab A_kab g^3) = 1 / (2 + g_kij sum_ab A_kab).

    The paper takes Y = exp(S), which multiplies each sample's whole map by exp(S) > 0; that factor is left
    out, because it overflows for scores above 88 and would make frames incomparable. Only cells with g > 0
    count, so activations of a ReLU keep the denominator at 2 or more and nothing has to be added to it.

    Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", WACV
    2018, eq. 7, 19. arXiv:1710.11063
    """
    positive = np.maximum(record.gradients, 0)
    sums = record.activations.sum(axis=(2, 3), keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = (positive / (2 + positive * sums)).sum(axis=(2, 3))
    return _weighted(weights, record.activations)


def xgrad_cam(record: LayerRecord) -> Maps:
    """Weight each channel by its gradients, averaged with its activations as weights.

    L_ij = sum_k a_k A_kij with a_k = sum_ij (A_kij / sum_ab A_kab) g_kij. A channel that is zero everywhere
    adds nothing.

    Fu et al., "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs", BMVC 2020, eq.
    8. arXiv:2008.02312
    """
    sums = record.activations.sum(axis=(2, 3))
    products = (record.activations * record.gradients).sum(axis=(2, 3))
    silent = ~record.activations.any(axis=(2, 3))
    with np.errstate(divide="ignore", invalid="ignore"):
        weights = np.where(silent, np.float32(0), products / sums)
    return _weighted(weights, record.activations)


def hires_cam(record: LayerRecord) -> Maps:
    """Multiply activations and gradients cell by cell.

    L_ij = sum_k g_kij A_kij; for a network that is linear above the layer, the map sums to the score less
    its bias.

    Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural
    networks", 2020, eq. 5. arXiv:2011.08891
    """
    return np.einsum("nkij,nkij->nij", record.gradients, record.activations)


def layer_cam(record: LayerRecord) -> Maps:
    """Weight each cell by its own positive gradient.

    L_ij = sum_k max(g_kij, 0) A_kij.

    Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization", IEEE TIP 30,
    2021, eq. 6-7.
    """
    return np.einsum("nkij,nkij->nij", np.maximum(record.gradients, 0), record.activations)


def _first_component(values: Maps) -> Maps:
    """Project the channels on the first right singular vector: (N, K, h, w) -> (N, h, w), sign arbitrary."""
    samples, channels, height, width = values.shape
    cells = values.reshape(samples, channels, height * width).swapaxes(1, 2)
    vectors = np.linalg.svd(cells, full_matrices=False)[2][:, 0, :, None]
    return np.matmul(cells, vectors).reshape(samples, height, width)


def eigen_cam(record: LayerRecord) -> Maps:
    """Project the activations on their first right singular vector; no gradient, so no target either.

    L = A v_1 with A = U Sigma V^T the activations as a matrix (cells, channels), not centred. A singular
    vector has no sign of its own: the cell of the largest magnitude is made positive, and after a ReLU no
    cell is negative then.

    Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components", IJCNN 2020, eq. 3-4.
    arXiv:2008.00299
    """
    maps = _first_component(record.activations)
    flat = maps.reshape(len(maps), -1)
    largest = np.take_along_axis(flat, np.abs(flat).argmax(axis=1)[:, None], axis=1)
    return maps * np.where(largest < 0, np.float32(-1), np.float32(1))[:, :, None]


def eigen_grad_cam(record: LayerRecord) -> Maps:
    """Project activations times gradients on their first principal component.

    L = X v_1 with X the products g_k A_k as a matrix (cells, channels), each channel centred over the cells.
    Its sign is the one that agrees with HiResCAM, so that positive is evidence for the score.

    No paper: defined by J. Gildenblat's pytorch-grad-cam (EigenGradCAM), 2021, after Eigen-CAM.
    """
    products = record.gradients * record.activations
    centred = products - products.mean(axis=(2, 3), keepdims=True)
    maps = _first_component(centred)
    agreement = (maps * centred.sum(axis=1)).sum(axis=(1, 2))
    return maps * np.where(agreement < 0, np.float32(-1), np.float32(1))[:, None, None]


METHODS: Mapping[str, CamMethod] = MappingProxyType(
    {
        "gradcam": grad_cam,
        "gradcam++": grad_cam_plus_plus,
        "xgradcam": xgrad_cam,
        "hirescam": hires_cam,
        "layercam": layer_cam,
        "eigencam": eigen_cam,
        "eigengradcam": eigen_grad_cam,
    }
)
"""Every method of our own, by the name that a user types."""
