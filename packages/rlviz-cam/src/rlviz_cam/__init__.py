"""A network, opened: layers, activations, gradients and attention maps as NumPy arrays."""

from rlviz_cam.action_targets import action_head, action_target, agent_target
from rlviz_cam.action_values import action_value_name, action_values, entropies, state_values
from rlviz_cam.activity import Activity, Feed, Feeds
from rlviz_cam.ascent.recipe import Ascent, Recipe
from rlviz_cam.backends import open_backend, open_model_file
from rlviz_cam.backends.base import (
    Backend,
    Inputs,
    LayerInfo,
    LayerRecord,
    WindowOp,
    automatic_layer,
)
from rlviz_cam.calibration import (
    CONTROL,
    Calibration,
    CalibrationRow,
    Covering,
    NoEffectError,
    PlacementChoice,
    calibrate,
    choose_placement,
)
from rlviz_cam.contributions import Contributions
from rlviz_cam.evidence import EVIDENCE, select_evidence
from rlviz_cam.extractor import CamExtractor, CamResult
from rlviz_cam.geometry import Box, ReceptiveField, receptive_field
from rlviz_cam.keras_config import UnsafeModelError
from rlviz_cam.keras_files import find_model
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
from rlviz_cam.objectives import InputGradients, Objective
from rlviz_cam.occlusion import FILLS, PatchGrid, occlusion
from rlviz_cam.placement import PLACEMENTS, Placer, pixel_matrix
from rlviz_cam.preprocessing import PREPROCESSING_NOTES, PREPROCESSINGS, Preprocessing, find_preprocessing
from rlviz_cam.targets import Target

__all__ = [
    "CONTROL",
    "EVIDENCE",
    "FILLS",
    "LIBRARY_METHODS",
    "METHODS",
    "PLACEMENTS",
    "PREPROCESSINGS",
    "PREPROCESSING_NOTES",
    "Activity",
    "Ascent",
    "Backend",
    "Box",
    "Calibration",
    "CalibrationRow",
    "CamExtractor",
    "CamMethod",
    "CamResult",
    "Contributions",
    "Covering",
    "Feed",
    "Feeds",
    "InputGradients",
    "Inputs",
    "LayerInfo",
    "LayerRecord",
    "NoEffectError",
    "Objective",
    "PatchGrid",
    "PlacementChoice",
    "Placer",
    "Preprocessing",
    "ReceptiveField",
    "Recipe",
    "Target",
    "UnsafeModelError",
    "WindowOp",
    "action_head",
    "action_target",
    "action_value_name",
    "action_values",
    "agent_target",
    "automatic_layer",
    "calibrate",
    "choose_placement",
    "eigen_cam",
    "eigen_grad_cam",
    "entropies",
    "find_model",
    "find_preprocessing",
    "grad_cam",
    "grad_cam_plus_plus",
    "hires_cam",
    "layer_cam",
    "occlusion",
    "open_backend",
    "open_model_file",
    "pixel_matrix",
    "receptive_field",
    "select_evidence",
    "state_values",
    "xgrad_cam",
]
