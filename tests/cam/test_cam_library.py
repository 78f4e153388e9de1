"""Further methods of pytorch-grad-cam, through the adapter."""

import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from rlviz_cam import LIBRARY_METHODS, CamExtractor, Target, open_backend

pytestmark = pytest.mark.torch


@pytest.fixture
def library():
    return pytest.importorskip("pytorch_grad_cam")


@pytest.fixture
def model(make_cnn):
    return make_cnn()


@pytest.fixture
def backend(model):
    return open_backend(model, input_shape=(2, 36, 36))


@pytest.mark.parametrize("method", LIBRARY_METHODS)
def test_a_method_of_the_library_makes_maps_of_the_layers_grid(library, backend, images, method):
    result = CamExtractor(backend, method=method)(images, Target.advantage())
    assert (result.maps.shape, result.maps.dtype) == ((5, 6, 6), np.float32)
    assert result.maps.any()
    np.testing.assert_allclose(result.outputs["output"], backend.predict(images)["output"], rtol=1e-5)


@pytest.mark.parametrize("method", LIBRARY_METHODS)
def test_a_method_of_the_library_leaves_the_model_as_found(library, model, backend, images, method):
    model.train()
    before = [p.detach().clone() for p in model.parameters()]
    CamExtractor(backend, method=method)(images, Target.unit(1))
    assert all(module.training for module in model.modules())
    assert all(p.grad is None and (p == was).all() for p, was in zip(model.parameters(), before, strict=True))
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize("method", ["scorecam", "ablationcam"])
def test_a_method_of_the_library_shows_no_progress_bar_of_its_own(library, backend, images, method, capfd):
    CamExtractor(backend, method=method)(images, Target())
    assert capfd.readouterr() == ("", "")


def test_score_cam_weights_channels_by_the_softmax_of_their_masked_scores(
    library, torch, model, backend, images
):
    maps = CamExtractor(backend, method="scorecam")(images, Target.unit(2)).maps
    activations = backend.activations(images, ["2"])["2"]
    with torch.no_grad():
        masks = torch.nn.functional.interpolate(
            torch.from_numpy(activations), (36, 36), mode="bilinear", align_corners=True
        )
        low, high = masks.amin((2, 3), keepdim=True), masks.amax((2, 3), keepdim=True)
        masks = (masks - low) / (high - low + 1e-8)
        scores = torch.stack(
            [model(torch.from_numpy(images) * masks[:, k : k + 1])[:, 2] for k in range(8)], 1
        )
        weights = scores.softmax(1).numpy()
    np.testing.assert_allclose(maps, (weights[:, :, None, None] * activations).sum(axis=1), rtol=1e-4)


def test_elementwise_grad_cam_of_both_contrasts_adds_up_to_hires_cam(library, backend, images):
    extractor = CamExtractor(backend, method="gradcamelementwise")
    there, back = (extractor(images, Target.contrast(a, b)).maps for a, b in [(0, 3), (3, 0)])
    signed = CamExtractor(backend, method="hirescam")(images, Target.contrast(0, 3)).maps
    np.testing.assert_allclose(there - back, signed, rtol=1e-4, atol=1e-6)


def test_without_the_library_the_message_names_the_extra(backend, monkeypatch):
    monkeypatch.setitem(sys.modules, "pytorch_grad_cam", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"'scorecam' needs pytorch-grad-cam; install .*rlviz-cam\[grad-cam\]"
    ):
        CamExtractor(backend, method="scorecam")


def test_a_layer_followed_by_a_function_is_an_error(library, torch):
    class Functional(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 2, 3)

        def forward(self, x):
            return torch.relu(self.conv(x)).sum(dim=(2, 3))

    with pytest.raises(ValueError, match=r"modules only, and a function follows 'conv'"):
        CamExtractor(open_backend(Functional(), input_shape=(1, 8, 8)), method="scorecam")


def test_a_backend_of_another_framework_is_an_error(library, backend, make_cnn):
    foreign: Any = SimpleNamespace(layers=backend.layers, layer=backend.layer)
    with pytest.raises(ValueError, match=r"works on PyTorch networks only"):
        CamExtractor(foreign, method="scorecam")
