"""What every backend's gradients to the image are, checked on a small network with a closed form.

The network: an image (C, 7, 6), a convolution 2 x 3 (F filters, ReLU; layer `conv`), a dense layer of three
units (`dense`), their softmax (`probabilities`). A further framework joins by a function in BUILDERS.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from rlviz_cam import Objective, open_backend

SHAPE = (2, 7, 6)
FILTERS = 5


@dataclass
class Weights:
    """The convolution (kh, kw, C, F), the dense layer (cells in F, h, w order, 3), the biases."""

    conv: np.ndarray
    conv_bias: np.ndarray
    dense: np.ndarray
    dense_bias: np.ndarray

    @classmethod
    def drawn(cls, shape=SHAPE, filters=FILTERS):
        random = np.random.default_rng(0)
        channels, height, width = shape

        def draw(*sizes):
            return random.standard_normal(sizes).astype(np.float32)

        cells = filters * (height - 1) * (width - 2)
        return cls(draw(2, 3, channels, filters), draw(filters), draw(cells, 3), draw(3))

    @property
    def channels(self):
        return self.conv.shape[2]

    def fed(self, images):
        """Return what the nonlinearity is fed, (N, F, h, w) float64."""
        windows = np.lib.stride_tricks.sliding_window_view(images.astype(np.float64), (2, 3), axis=(2, 3))
        return np.einsum("nchwij,ijck->nkhw", windows, self.conv) + self.conv_bias[:, None, None]

    def grid(self, images):
        return np.maximum(self.fed(images), 0)

    def units(self, images):
        return self.grid(images).reshape(len(images), -1) @ self.dense + self.dense_bias

    def to_image(self, fed):
        """Return the gradient to the image, given that to what the nonlinearity is fed."""
        samples, _, height, width = fed.shape
        found = np.zeros((samples, self.channels, height + 1, width + 2))
        for y in range(2):
            for x in range(3):
                part = np.einsum("nkhw,ck->nchw", fed, self.conv[y, x])
                found[:, :, y : y + height, x : x + width] += part
        return found

    def channel_gradient(self, images, weights):
        """Return the gradient of sum over k of weights[n, k] mean(relu(z_k)), weights (N, F)."""
        fed = self.fed(images)
        return self.to_image((fed > 0) * weights[:, :, None, None] / fed[0, 0].size)


def build_torch(weights, shape=SHAPE):
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Network(nn.Module):
        input_shape = shape

        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(weights.channels, weights.conv.shape[3], (2, 3))
            self.relu = nn.ReLU()
            self.dense = nn.Linear(len(weights.dense), 3)
            self.probabilities = nn.Softmax(dim=1)

        def forward(self, images):
            return self.probabilities(self.dense(self.relu(self.conv(images)).flatten(1)))

    model = Network()
    with torch.no_grad():
        model.conv.weight.copy_(torch.from_numpy(weights.conv.transpose(3, 2, 0, 1).copy()))
        model.conv.bias.copy_(torch.from_numpy(weights.conv_bias))
        model.dense.weight.copy_(torch.from_numpy(weights.dense.T.copy()))
        model.dense.bias.copy_(torch.from_numpy(weights.dense_bias))
    return model


def build_any_keras(keras, weights, shape):
    layers = keras.layers
    channels, height, width = shape
    image = layers.Input((height, width, channels), name="camera")
    grid = layers.Conv2D(weights.conv.shape[3], (2, 3), activation="relu", name="conv")(image)
    flat = layers.Flatten(name="flatten")(layers.Permute((3, 1, 2))(grid))  # F, h, w as elsewhere
    dense = layers.Dense(3, name="dense")(flat)
    model = keras.Model(image, layers.Softmax(name="probabilities")(dense))
    model.get_layer("conv").set_weights([weights.conv, weights.conv_bias])
    model.get_layer("dense").set_weights([weights.dense, weights.dense_bias])
    return model


def build_keras(weights, shape=SHAPE):
    pytest.importorskip("tensorflow")
    return build_any_keras(pytest.importorskip("tf_keras"), weights, shape)


def build_keras3(weights, shape=SHAPE):
    pytest.importorskip("tensorflow")
    return build_any_keras(pytest.importorskip("keras", "3"), weights, shape)


BUILDERS = [
    pytest.param(build_torch, id="torch", marks=pytest.mark.torch),
    pytest.param(build_keras, id="keras", marks=pytest.mark.keras),
    pytest.param(build_keras3, id="keras3", marks=pytest.mark.keras),
]


@pytest.fixture(params=BUILDERS)
def build(request):
    return request.param


@pytest.fixture
def weights():
    return Weights.drawn()


@pytest.fixture
def backend(build, weights):
    return open_backend(build(weights), device="cpu")


@pytest.fixture
def batch():
    return drawn(4)


def drawn(count, shape=SHAPE):
    return np.random.default_rng(2).standard_normal((count, *shape)).astype(np.float32)


def near(found, expected):
    scale = np.abs(expected).max()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * max(scale, 1e-3))


def test_the_closed_form_agrees_with_finite_differences(weights, batch):
    towards = np.random.default_rng(3).standard_normal(batch.shape)
    which = np.eye(FILTERS)[[0, 1, 2, 3]]

    def score(step):
        return np.einsum("nk,nk->n", which, weights.grid(batch + step * towards).mean(axis=(2, 3)))

    slope = (score(1e-6) - score(-1e-6)) / 2e-6
    np.testing.assert_allclose(
        np.einsum("nchw,nchw->n", weights.channel_gradient(batch, which), towards), slope, rtol=1e-6
    )


def test_scores_are_the_means_of_the_activations(backend, batch):
    channels = [4, 0, 0, 2]
    found = backend.input_gradients(batch, Objective.of_channels("conv", channels))
    means = backend.activations(batch, ["conv"])["conv"].mean(axis=(2, 3))
    np.testing.assert_allclose(found.scores, means[range(4), channels], rtol=1e-5, atol=1e-6)


def test_scores_and_gradients_are_float32_of_the_images_shape(backend, batch):
    found = backend.input_gradients(batch, Objective.of_channels("conv", [0, 1, 2, 3]))
    assert (found.scores.dtype, found.gradients.dtype) == (np.float32, np.float32)
    assert (found.scores.shape, found.gradients.shape) == ((4,), batch.shape)


def test_a_channels_gradient_is_its_kernel_where_the_nonlinearity_passes(backend, weights, batch):
    channels = [4, 0, 0, 2]
    found = backend.input_gradients(batch, Objective.of_channels("conv", channels))
    near(found.gradients, weights.channel_gradient(batch, np.eye(FILTERS)[channels]))


def test_a_directions_gradient_is_the_weighted_sum_of_the_channels(backend, weights, batch):
    directions = np.random.default_rng(4).standard_normal((4, FILTERS)).astype(np.float32)
    directions[:, 1] = 0
    found = backend.input_gradients(batch, Objective.of_directions("conv", directions))
    near(found.gradients, weights.channel_gradient(batch, directions))
    near(found.scores, (directions * weights.grid(batch).mean(axis=(2, 3))).sum(axis=1))


def test_one_cell_is_raised_by_the_pixels_that_it_sees(backend, weights, batch):
    found = backend.input_gradients(batch, Objective.of_channels("conv", [0, 1, 2, 3], cell=(4, 1)))
    fed = weights.fed(batch)
    there = np.zeros_like(fed)
    there[range(4), range(4), 4, 1] = fed[range(4), range(4), 4, 1] > 0
    assert there.any()
    near(found.gradients, weights.to_image(there))
    near(found.scores, weights.grid(batch)[range(4), range(4), 4, 1])


def test_a_dense_units_gradient_goes_through_the_layers_below(backend, weights, batch):
    units = [2, 0, 1, 2]
    found = backend.input_gradients(batch, Objective.of_channels("dense", units))
    columns = weights.dense.T[units].reshape(4, *weights.grid(batch).shape[1:])
    near(found.gradients, weights.to_image(columns * (weights.fed(batch) > 0)))
    near(found.scores, weights.units(batch)[range(4), units])


def test_of_a_softmax_the_scores_before_it_are_taken(backend, weights, batch):
    units = [2, 0, 1, 2]
    found = backend.input_gradients(batch, Objective.of_channels("probabilities", units))
    plain = backend.input_gradients(batch, Objective.of_channels("dense", units))
    near(found.scores, weights.units(batch)[range(4), units])
    np.testing.assert_allclose(found.gradients, plain.gradients, rtol=1e-5, atol=1e-7)


def test_a_leak_adds_the_slope_where_the_nonlinearity_is_fed_negative_values(backend, weights, batch):
    channels = [4, 0, 0, 2]
    objective = Objective.of_channels("conv", channels)
    plain = backend.input_gradients(batch, objective)
    leaking = backend.input_gradients(batch, objective, leak=0.5)
    fed = weights.fed(batch)
    which = np.eye(FILTERS)[channels][:, :, None, None] / fed[0, 0].size
    near(leaking.gradients, weights.to_image(np.where(fed > 0, 1, 0.5) * which))
    np.testing.assert_array_equal(leaking.scores, plain.scores)


def test_a_dead_channels_leak_is_the_gradient_of_the_mean_that_it_is_fed(build, weights, batch):
    weights.conv_bias[3] = -1e3
    objective = Objective.of_channels("conv", [3] * 4)
    backend = open_backend(build(weights), device="cpu")
    assert not backend.input_gradients(batch, objective).gradients.any()
    found = backend.input_gradients(batch, objective, leak=0.1)
    which = np.broadcast_to(np.eye(FILTERS)[3][:, None, None], weights.fed(batch).shape)
    near(found.gradients, weights.to_image(0.1 * which / which[0, 0].size))
    assert not found.scores.any()


def test_a_leak_counts_at_the_cell_alone(backend, weights, batch):
    objective = Objective.of_channels("conv", [1] * 4, cell=(0, 0))
    found = backend.input_gradients(batch, objective, leak=0.25)
    fed = weights.fed(batch)
    there = np.zeros_like(fed)
    there[:, 1, 0, 0] = np.where(fed[:, 1, 0, 0] > 0, 1, 0.25)
    near(found.gradients, weights.to_image(there))


def test_a_layer_without_a_nonlinearity_has_no_leak(backend, batch):
    objective = Objective.of_channels("dense", [0, 1, 2, 0])
    plain, leaking = (backend.input_gradients(batch, objective, leak=leak) for leak in (0, 0.5))
    np.testing.assert_array_equal(leaking.gradients, plain.gradients)


def test_a_batch_equals_its_images_one_by_one(backend, batch):
    objective = Objective.of_channels("conv", [4, 0, 0, 2])
    whole = backend.input_gradients(batch, objective)
    for number in range(4):
        part = objective.part(number, number + 1)
        one = backend.input_gradients(batch[number : number + 1], part)
        np.testing.assert_allclose(whole.gradients[number], one.gradients[0], rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(whole.scores[number], one.scores[0], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    ("shape", "filters"), [((1, 5, 9), 1), ((3, 8, 4), 512), ((4, 6, 6), 3), ((64, 4, 7), 2)]
)
def test_any_number_of_channels_and_filters_is_taken(build, shape, filters):
    weights = Weights.drawn(shape, filters)
    backend = open_backend(build(weights, shape), device="cpu")
    batch = drawn(3, shape)
    channels = [filters - 1, 0, filters // 2]
    found = backend.input_gradients(batch, Objective.of_channels("conv", channels))
    near(found.gradients, weights.channel_gradient(batch, np.eye(filters)[channels]))


def test_all_channels_at_once_are_taken(build):
    shape = (1, 4, 5)
    weights = Weights.drawn(shape, 512)
    backend = open_backend(build(weights, shape), device="cpu")
    batch = np.repeat(drawn(1, shape), 512, axis=0)
    found = backend.input_gradients(batch, Objective.of_channels("conv", range(512)))
    near(found.gradients, weights.channel_gradient(batch, np.eye(512)))


def test_bytes_are_differentiated_as_numbers(backend, weights):
    frames = np.random.default_rng(0).integers(0, 256, (2, *SHAPE), dtype=np.uint8)
    found = backend.input_gradients(frames, Objective.of_channels("conv", [0, 1]))
    near(found.gradients, weights.channel_gradient(frames, np.eye(FILTERS)[:2]))


def test_a_convolution_takes_images_of_another_size(backend, weights):
    assert backend.is_resizable("conv")
    larger = drawn(3, (2, 12, 5))
    found = backend.input_gradients(larger, Objective.of_channels("conv", [4, 0, 1]))
    near(found.gradients, weights.channel_gradient(larger, np.eye(FILTERS)[[4, 0, 1]]))


def test_activations_of_images_of_another_size_are_those_of_a_convolution(backend, weights):
    larger = drawn(3, (2, 12, 5))
    near(backend.activations(larger, ["conv"])["conv"], weights.grid(larger))


def test_after_an_image_of_another_size_the_networks_own_is_as_before(backend, batch):
    objective = Objective.of_channels("conv", [0, 1, 2, 3])
    before = backend.input_gradients(batch, objective)
    backend.input_gradients(drawn(4, (2, 9, 14)), objective)
    after = backend.input_gradients(batch, objective)
    np.testing.assert_array_equal(before.gradients, after.gradients)


def test_a_dense_layer_behind_a_flatten_takes_the_networks_own_size_only(backend):
    assert not backend.is_resizable("dense")
    with pytest.raises(ValueError, match=r"shape \(2, 12, 5\), but the network expects \(2, 7, 6\)"):
        backend.input_gradients(drawn(1, (2, 12, 5)), Objective.of_channels("dense", [0]))


def test_another_number_of_image_channels_is_an_error_that_names_both(backend):
    with pytest.raises(ValueError, match=r"shape \(3, 7, 6\), but the network expects \(2, 7, 6\)"):
        backend.input_gradients(drawn(1, (3, 7, 6)), Objective.of_channels("conv", [0]))


def test_an_image_smaller_than_the_kernel_is_an_error_of_one_line(backend):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        backend.input_gradients(drawn(1, (2, 1, 1)), Objective.of_channels("conv", [0]))


@pytest.mark.parametrize(("layer", "count"), [("conv", FILTERS), ("dense", 3), ("probabilities", 3)])
def test_a_channel_that_is_not_there_is_an_error_that_says_how_many_there_are(backend, batch, layer, count):
    with pytest.raises(ValueError, match=rf"the layer has {count} channels, numbered 0 to {count - 1}"):
        backend.input_gradients(batch, Objective.of_channels(layer, [0, count, 0, 1]))


def test_a_layer_that_is_not_there_is_an_error_that_lists_the_layers(backend, batch):
    with pytest.raises(
        ValueError, match=r"no layer 'conv9' that returns a tensor; choose one of: conv, dense"
    ):
        backend.input_gradients(batch, Objective.of_channels("conv9", [0] * 4))
    with pytest.raises(
        ValueError, match=r"no layer 'conv9' that returns a tensor; choose one of: conv, dense"
    ):
        backend.is_resizable("conv9")


def test_an_objective_of_another_number_of_images_is_an_error(backend, batch):
    with pytest.raises(ValueError, match=r"4 images, but the objective has 3 rows of weights"):
        backend.input_gradients(batch, Objective.of_channels("conv", [0, 1, 2]))


@pytest.mark.parametrize("cell", [(6, 0), (0, 4), (-1, 0)])
def test_a_cell_that_is_not_there_is_an_error_that_tells_the_grid(backend, batch, cell):
    with pytest.raises(ValueError, match=r"in layer 'conv', whose grid is 6 x 4"):
        backend.input_gradients(batch, Objective.of_channels("conv", [0] * 4, cell=cell))


def test_a_dense_layer_has_no_cells(backend, batch):
    with pytest.raises(ValueError, match=r"layer 'dense' has no grid of cells; leave the cell out"):
        backend.input_gradients(batch, Objective.of_channels("dense", [0] * 4, cell=(0, 0)))


def test_images_that_are_not_numbers_are_named(backend, batch):
    batch[2, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match=r"not finite for 1 of 4 samples \(2\)"):
        backend.input_gradients(batch, Objective.of_channels("conv", [0] * 4))


def test_weights_that_are_not_numbers_are_an_error_that_names_the_samples(build, weights, batch):
    weights.conv[0, 0, 0, 1] = np.nan
    backend = open_backend(build(weights), device="cpu")
    assert np.isfinite(backend.input_gradients(batch, Objective.of_channels("conv", [0] * 4)).scores).all()
    with pytest.raises(ValueError, match=r"layer 'conv'.* not finite for 4 of 4 samples \(0, 1, 2, 3\)"):
        backend.input_gradients(batch, Objective.of_channels("conv", [1] * 4))


def test_the_callers_images_are_left_alone(backend, batch):
    before = batch.copy()
    found = backend.input_gradients(batch, Objective.of_channels("conv", [0] * 4))
    found.gradients[:] = 0
    np.testing.assert_array_equal(batch, before)


def test_read_only_reversed_and_double_precision_images_are_taken(backend, batch):
    objective = Objective.of_channels("conv", [0, 1, 2, 3])
    expected = backend.input_gradients(batch, objective).gradients
    frozen = batch[::-1].astype(np.float64)
    frozen.flags.writeable = False
    np.testing.assert_allclose(
        backend.input_gradients(frozen[::-1], objective).gradients, expected, rtol=1e-5
    )


def test_the_weights_are_left_alone(backend, weights, batch):
    backend.input_gradients(batch, Objective.of_channels("conv", [0] * 4), leak=0.1)
    np.testing.assert_array_equal(backend.weights("conv"), weights.conv)
    near(backend.activations(batch, ["conv"])["conv"], weights.grid(batch))
