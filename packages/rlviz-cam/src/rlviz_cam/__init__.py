"""A network, opened: layers, activations, gradients and attention maps as NumPy arrays."""

from rlviz_cam.backends import open_backend
from rlviz_cam.backends.base import (
    Backend,
    Inputs,
    LayerInfo,
    LayerRecord,
    WindowOp,
    automatic_layer,
)
from rlviz_cam.evidence import EVIDENCE, select_evidence
from rlviz_cam.extractor import CamExtractor, CamResult
from rlviz_cam.geometry import Box, ReceptiveField, receptive_field
from rlviz_cam.library import LIBRARY_METHODS
from rlviz_cam.methods import (
    METHODS,
    CamMethod,
    eigen_cam,
    eigen_grad_cam,
    grad_cam,
    grad_cam_plus_plus,
    hires_cam,
    layer_cam,
    xgrad_cam,
)
from rlviz_cam.placement import PLACEMENTS, Placer, pixel_matrix
from rlviz_cam.targets import Target

__all__ = [
    "EVIDENCE",
    "LIBRARY_METHODS",
    "METHODS",
    "PLACEMENTS",
    "Backend",
    "Box",
    "CamExtractor",
    "CamMethod",
    "CamResult",
    "Inputs",
    "LayerInfo",
    "LayerRecord",
    "Placer",
    "ReceptiveField",
    "Target",
    "WindowOp",
    "automatic_layer",
    "eigen_cam",
    "eigen_grad_cam",
    "grad_cam",
    "grad_cam_plus_plus",
    "hires_cam",
    "layer_cam",
    "open_backend",
    "pixel_matrix",
    "receptive_field",
    "select_evidence",
    "xgrad_cam",
]
