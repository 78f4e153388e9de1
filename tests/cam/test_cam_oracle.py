"""Our maps against pytorch-grad-cam's, before its ReLU and scaling, on made-up and on real observations.

Grad-CAM, XGrad-CAM, HiResCAM, LayerCAM: the same. Eigen-Grad-CAM: the same but for the sign, which an SVD
leaves open. Grad-CAM++: pytorch-grad-cam adds 1e-6 to the denominator of eq. 19, which counts where gradients
are small; the formula is homogeneous (activations / c with gradients * c leave the map as it is), so a large
c takes that term away. Eigen-CAM: pytorch-grad-cam centres each channel, which the paper does not; ours of
centred activations is the same.
"""

import numpy as np
import pytest
from rlviz_cam import (
    METHODS,
    CamExtractor,
    LayerRecord,
    Placer,
    Target,
    automatic_layer,
    grad_cam_plus_plus,
    open_backend,
    receptive_field,
)

library = pytest.importorskip("pytorch_grad_cam")
pytestmark = pytest.mark.torch

CLASSES = {
    "gradcam": "GradCAM",
    "gradcam++": "GradCAMPlusPlus",
    "xgradcam": "XGradCAM",
    "hirescam": "HiResCAM",
    "layercam": "LayerCAM",
    "eigencam": "EigenCAM",
    "eigengradcam": "EigenGradCAM",
}
SAME = ["gradcam", "xgradcam", "hirescam", "layercam"]
TARGETS = [Target(), Target.contrast(2, 3), Target.advantage(1)]


@pytest.fixture(params=["made-up", pytest.param("real", marks=pytest.mark.shared)])
def case(request, make_cnn, torch):
    """A backend, its batch, and the library's way to the same numbers: (network of one tensor, layer)."""
    if request.param == "real":
        model, batch = request.getfixturevalue("trained_dqn")

        class Tensor(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.model = model

            def forward(self, x):
                return self.model(x)["q"]

        return open_backend(model), batch, Tensor(), model.features_extractor.cnn[5]
    model = make_cnn()
    batch = np.random.default_rng(0).random((64, 2, 36, 36), dtype=np.float32)
    return open_backend(model, input_shape=(2, 36, 36)), batch, model, model[3]


class Score:
    """A target in the library's form."""

    def __init__(self, weights) -> None:
        self.weights = weights

    def __call__(self, row):
        return (row * row.new_tensor(self.weights)).sum()


def oracle(case, name, target, transform=lambda a, g: (a, g)):
    """Return the library's map before ReLU and scaling; it may be handed other activations and gradients."""
    import torch

    backend, batch, model, layer = case
    outputs = backend.predict(batch)
    weights = target.weights(target.units(outputs))
    made = []
    with getattr(library, CLASSES[name])(model, [layer]) as cam:
        make = cam.get_cam_image
        cam.uses_gradients = True

        def keep(inputs, where, targets, activations, gradients, smooth):
            activations, gradients = transform(activations, gradients)
            made.append(make(inputs, where, targets, activations, gradients, smooth))
            return made[-1]

        cam.get_cam_image = keep
        cam(torch.from_numpy(np.float32(batch)), [Score(row) for row in weights])
    return made[0]


def assert_same(ours, theirs, tolerance=1e-5):
    """Compare relative to each map's largest value."""
    assert ours.shape == theirs.shape
    largest = np.abs(theirs).max(axis=(1, 2))
    assert (largest > 0).all()
    assert (np.abs(ours - theirs).max(axis=(1, 2)) <= tolerance * largest).all()


def signed_alike(ours, theirs):
    """Return their maps, turned where their sign is the other one."""
    return theirs * np.where((ours * theirs).sum(axis=(1, 2)) < 0, -1, 1)[:, None, None]


def maps_of(case, name, target):
    backend, batch, *_ = case
    return CamExtractor(backend, method=name)(batch, target).maps


@pytest.mark.parametrize("target", TARGETS, ids=Target.describe)
@pytest.mark.parametrize("name", SAME)
def test_the_map_is_the_librarys(case, name, target):
    assert_same(maps_of(case, name, target), oracle(case, name, target))


@pytest.mark.parametrize("target", TARGETS, ids=Target.describe)
def test_grad_cam_plus_plus_is_the_librarys_without_its_small_number(case, target):
    def scaled(activations, gradients):
        return activations * np.float32(2.0**-20), gradients * np.float32(2.0**20)

    assert_same(maps_of(case, "gradcam++", target), oracle(case, "gradcam++", target, scaled))


def test_grad_cam_plus_plus_does_not_depend_on_the_units_of_activations_and_gradients(case):
    backend, batch, *_ = case
    record = backend.record(batch, automatic_layer(backend), Target())
    scaled = LayerRecord(record.activations * np.float32(0.125), record.gradients * np.float32(8), {})
    np.testing.assert_allclose(grad_cam_plus_plus(scaled), grad_cam_plus_plus(record), rtol=1e-5)


def test_eigen_cam_of_centred_activations_is_the_librarys_but_for_the_sign(case):
    backend, batch, *_ = case
    record = backend.record(batch, automatic_layer(backend), Target())
    centred = record.activations - record.activations.mean(axis=(2, 3), keepdims=True)
    ours = METHODS["eigencam"](LayerRecord(centred, record.gradients, {}))
    assert_same(ours, signed_alike(ours, oracle(case, "eigencam", Target())))


@pytest.mark.parametrize("target", TARGETS, ids=Target.describe)
def test_eigen_grad_cam_is_the_librarys_but_for_the_sign(case, target):
    ours = maps_of(case, "eigengradcam", target)
    assert_same(ours, signed_alike(ours, oracle(case, "eigengradcam", target)))


@pytest.mark.parametrize("name", SAME)
def test_the_stretched_map_is_the_librarys_resized_by_opencv(case, name):
    cv2 = pytest.importorskip("cv2")
    backend, *_ = case
    placer = Placer("stretch", receptive_field(backend, automatic_layer(backend)))
    height, width = placer.pixels
    theirs = np.stack([cv2.resize(np.float32(one), (width, height)) for one in oracle(case, name, Target())])
    assert_same(placer(maps_of(case, name, Target())), theirs)
