"""Layer, method and backend put together."""

from typing import Any

import numpy as np
import pytest
from rlviz_cam import METHODS, CamExtractor, LayerInfo, LayerRecord, Target, grad_cam, open_backend

pytestmark = pytest.mark.torch


@pytest.fixture
def backend(make_cnn):
    return open_backend(make_cnn(), input_shape=(2, 36, 36))


@pytest.mark.parametrize("method", METHODS)
def test_a_method_by_name_is_that_function_of_the_record(backend, images, method):
    result = CamExtractor(backend, method=method)(images, Target())
    np.testing.assert_array_equal(result.maps, METHODS[method](backend.record(images, "2", Target())))


def test_a_function_is_a_method_too(backend, images):
    extractor = CamExtractor(backend, method=grad_cam)
    assert extractor.method == "grad_cam"
    np.testing.assert_array_equal(
        extractor(images, Target()).maps, CamExtractor(backend)(images, Target()).maps
    )


def test_the_layer_is_the_last_spatial_one_unless_named(backend):
    assert (CamExtractor(backend).layer, CamExtractor(backend, "0").layer) == ("2", "0")


def test_outputs_and_scores_come_with_the_maps(backend, images):
    result = CamExtractor(backend)(images, Target())
    np.testing.assert_allclose(result.outputs["output"], backend.predict(images)["output"], rtol=1e-5)
    np.testing.assert_array_equal(result.scores, result.outputs["output"].max(axis=1))


@pytest.mark.parametrize("method", ["gradcam", "hirescam"])
def test_a_contrast_turns_when_its_units_change_places(backend, images, method):
    extractor = CamExtractor(backend, method=method)
    there, back = (extractor(images, Target.contrast(a, b)).maps for a, b in [(0, 3), (3, 0)])
    np.testing.assert_array_equal(there, -back)
    assert there.any()


def test_maps_of_different_targets_are_signed_and_not_normalised(backend, images):
    maps = CamExtractor(backend, method="hirescam")(images, Target.advantage(0)).maps
    doubled = CamExtractor(backend, method=lambda record: 2 * METHODS["hirescam"](record))
    np.testing.assert_array_equal(doubled(images, Target.advantage(0)).maps, 2 * maps)
    assert maps.min() < 0 < maps.max()


class OverTime:
    """A backend of a fixed record over three time steps."""

    def __init__(self):
        random = np.random.default_rng(0)
        activations, gradients = random.standard_normal((2, 2, 3, 4, 5, 6)).astype(np.float32)
        self.made = LayerRecord(activations, gradients, {"angle": np.ones((2, 1), dtype=np.float32)})

    def layer(self, name):
        return LayerInfo(name, "conv", (3, 4, 5, 6), is_spatial=True)

    def record(self, inputs, layer, target):
        return self.made


@pytest.mark.parametrize("method", METHODS)
def test_every_time_step_is_explained_like_an_image_of_its_own(method):
    backend: Any = OverTime()
    maps = CamExtractor(backend, "conv", method=method)(np.zeros(2), Target()).maps
    assert maps.shape == (2, 3, 5, 6)
    for step in range(3):
        alone = LayerRecord(backend.made.activations[:, step], backend.made.gradients[:, step], {})
        np.testing.assert_allclose(maps[:, step], METHODS[method](alone), rtol=1e-4, atol=1e-5)


def test_a_layer_says_how_many_steps_it_has():
    assert OverTime().layer("conv").steps == 3
    assert LayerInfo("conv", "conv", (4, 5, 6), is_spatial=True).steps is None


def test_a_map_that_is_not_finite_is_an_error_that_names_the_samples(backend, images):
    def broken(record):
        maps = grad_cam(record)
        maps[[1, 4], 0, 0] = np.nan
        return maps

    with pytest.raises(ValueError, match=r"the broken map is not finite for 2 of 5 samples \(1, 4\)"):
        CamExtractor(backend, method=broken)(images, Target())


def test_an_unknown_method_is_an_error_that_lists_all_methods(backend):
    with pytest.raises(ValueError, match=r"unknown method 'gradcan'; choose one of: gradcam, .*scorecam"):
        CamExtractor(backend, method="gradcan")


@pytest.mark.parametrize("layer", ["conv9", "5"])
def test_a_layer_without_a_grid_is_an_error_when_the_extractor_is_made(backend, layer):
    with pytest.raises(ValueError, match=r"choose one of: 0"):
        CamExtractor(backend, layer)
