"""What every backend does, checked on one small network whose every value has a closed form.

The network: an image (1, 6, 8), a convolution 2 x 3 with stride 2 (3 channels, ReLU), then dense layers onto
the heads `q` (4 units) and `value` (1 unit). A further framework joins by a function in BUILDERS that returns
its model, given the weights in this project's own order.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from rlviz_cam import Contributions, Feed, LayerInfo, Target, WindowOp, automatic_layer, open_backend

SHAPE = (1, 6, 8)
GRID = (3, 3, 3)  # channels, rows, columns


@dataclass
class Weights:
    """The convolution (kh, kw, in, out), the dense layers (cells in K, h, w order, out), the biases."""

    conv: np.ndarray
    conv_bias: np.ndarray
    q: np.ndarray
    q_bias: np.ndarray
    value: np.ndarray

    @classmethod
    def drawn(cls, seed=0):
        random = np.random.default_rng(seed)

        def draw(*shape):
            return random.standard_normal(shape).astype(np.float32)

        return cls(draw(2, 3, 1, 3), draw(3), draw(27, 4), draw(4), draw(27, 1))

    def sums(self, images):
        """Return conv(images), (N, 3, 3, 3)."""
        found = np.zeros((len(images), *GRID), dtype=np.float64)
        for y in range(3):
            for x in range(3):
                window = images[:, 0, 2 * y : 2 * y + 2, 2 * x : 2 * x + 3]
                found[:, :, y, x] = np.einsum("nij,ijk->nk", window, self.conv[:, :, 0]) + self.conv_bias
        return found

    def grid(self, images):
        """Return relu(conv(images)), (N, 3, 3, 3)."""
        return np.maximum(self.sums(images), 0)

    def heads(self, images):
        flat = self.grid(images).reshape(len(images), -1)
        return {"q": flat @ self.q + self.q_bias, "value": flat @ self.value}


def build_torch(weights):
    torch = pytest.importorskip("torch")
    nn = torch.nn

    class Network(nn.Module):
        input_shape = SHAPE

        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 3, (2, 3), stride=2)
            self.relu = nn.ReLU()
            self.q = nn.Linear(27, 4)
            self.value = nn.Linear(27, 1, bias=False)

        def forward(self, images):
            flat = self.relu(self.conv(images)).flatten(1)
            return {"q": self.q(flat), "value": self.value(flat)}

    model = Network()
    with torch.no_grad():
        model.conv.weight.copy_(torch.from_numpy(weights.conv.transpose(3, 2, 0, 1).copy()))
        model.conv.bias.copy_(torch.from_numpy(weights.conv_bias))
        model.q.weight.copy_(torch.from_numpy(weights.q.T.copy()))
        model.q.bias.copy_(torch.from_numpy(weights.q_bias))
        model.value.weight.copy_(torch.from_numpy(weights.value.T.copy()))
    return model


def build_any_keras(keras, weights):
    layers = keras.layers
    image = layers.Input((6, 8, 1), name="camera")
    grid = layers.Conv2D(3, (2, 3), strides=2, activation="relu", name="conv")(image)
    flat = layers.Flatten(name="flatten")(layers.Permute((3, 1, 2))(grid))  # K, h, w as elsewhere
    heads = [layers.Dense(4, name="q")(flat), layers.Dense(1, use_bias=False, name="value")(flat)]
    model = keras.Model(image, heads)
    model.get_layer("conv").set_weights([weights.conv, weights.conv_bias])
    model.get_layer("q").set_weights([weights.q, weights.q_bias])
    model.get_layer("value").set_weights([weights.value])
    return model


def build_keras(weights):
    return build_any_keras(pytest.importorskip("tf_keras"), weights)


def build_keras3(weights):
    pytest.importorskip("tensorflow")
    return build_any_keras(pytest.importorskip("keras", "3"), weights)


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
    return np.random.default_rng(2).standard_normal((5, *SHAPE)).astype(np.float32)


def test_layers_are_listed_in_order_with_kind_and_shape(backend):
    assert [(one.name, one.kind, one.output_shape, one.is_spatial) for one in backend.layers()] == [
        ("conv", "conv", GRID, True),
        ("q", "dense", (4,), False),
        ("value", "dense", (1,), False),
    ]


def test_the_nonlinearity_after_a_layer_is_named(backend):
    assert backend.layer("conv").taken_after is not None
    assert backend.layer("q").taken_after is None


def test_one_layer_is_described_as_in_the_list(backend):
    assert isinstance(backend.layer("conv"), LayerInfo)
    assert backend.layer("conv") == backend.layers()[0]


def test_the_input_size_is_the_images_height_and_width(backend):
    assert backend.input_size == (6, 8)


def test_the_automatic_layer_is_the_last_spatial_one(backend):
    assert automatic_layer(backend) == "conv"
    assert automatic_layer(backend, "value") == "conv"


def test_heads_have_names_and_shapes(backend):
    assert backend.heads() == {"q": (4,), "value": (1,)}


def test_the_only_input_has_a_name_and_a_channel_first_shape(backend):
    assert list(backend.inputs().values()) == [SHAPE]


def test_a_heads_path_is_the_layers_that_it_is_computed_from(backend):
    assert backend.path("q") == ("conv", "q")
    assert backend.path("value") == ("conv", "value")


def test_a_path_to_a_head_that_is_not_there_is_an_error_that_lists_the_heads(backend):
    with pytest.raises(ValueError, match=r"no head 'v'; choose one of: q, value"):
        backend.path("v")


def test_weights_come_in_one_order_for_all_frameworks(backend, weights):
    np.testing.assert_array_equal(backend.weights("conv"), weights.conv)
    np.testing.assert_array_equal(backend.weights("q"), weights.q)


def test_weights_are_a_copy(backend, weights):
    backend.weights("conv")[:] = 0
    np.testing.assert_array_equal(backend.weights("conv"), weights.conv)


def test_weights_of_a_layer_that_is_not_there_are_an_error(backend):
    with pytest.raises(ValueError, match=r"no layer 'conv9' with weights; choose one of: conv, q, value"):
        backend.weights("conv9")


def test_outputs_are_the_heads_by_name(backend, weights, batch):
    outputs = backend.predict(batch)
    assert list(outputs) == ["q", "value"]
    for head, expected in weights.heads(batch).items():
        assert outputs[head].dtype == np.float32
        np.testing.assert_allclose(outputs[head], expected, rtol=1e-4, atol=1e-5)


def test_activations_are_taken_after_the_nonlinearity(backend, weights, batch):
    np.testing.assert_allclose(
        backend.activations(batch, ["conv"])["conv"], weights.grid(batch), rtol=1e-4, atol=1e-5
    )


def test_activations_of_several_layers_come_from_one_pass(backend, weights, batch):
    found = backend.activations(batch, ["conv", "q"])
    np.testing.assert_allclose(found["q"], weights.heads(batch)["q"], rtol=1e-4, atol=1e-5)
    assert found["conv"].shape == (5, *GRID)


def test_activity_holds_the_activations_and_every_head(backend, weights, batch):
    found = backend.activity(batch, ["q", "conv"])
    assert list(found.activations) == ["q", "conv"]
    np.testing.assert_allclose(found.activations["conv"], weights.grid(batch), rtol=1e-4, atol=1e-5)
    assert found.activations["conv"].dtype == found.outputs["q"].dtype == np.float32
    for head, expected in weights.heads(batch).items():
        np.testing.assert_allclose(found.outputs[head], expected, rtol=1e-4, atol=1e-5)


def test_activity_of_no_layer_is_the_prediction(backend, batch):
    found = backend.activity(batch, [])
    assert not found.activations
    for head, values in backend.predict(batch).items():
        np.testing.assert_array_equal(found.outputs[head], values)


def test_a_layer_is_fed_another_or_the_input(backend):
    feeds = backend.feeds()
    assert feeds.layers["conv"] == Feed(None, (0, 1, 2), stride=(2, 2))
    assert feeds.layers["q"] == feeds.layers["value"] == Feed("conv", (0, 1, 2))
    assert not feeds.unknown


def test_a_head_is_the_layer_that_returns_it(backend):
    assert backend.feeds().heads == {"q": "q", "value": "value"}


@pytest.mark.parametrize("layer", ["conv", "q", "value"])
def test_contributions_to_a_unit_are_its_sum_without_the_bias(backend, weights, batch, layer):
    feed = backend.feeds().layers[layer]
    given = batch if feed.source is None else weights.grid(batch).astype(np.float32)
    found = Contributions.of(backend, layer, feed)(given).sum(axis=1)
    if layer == "conv":
        expected = weights.sums(batch).mean(axis=(2, 3)) - weights.conv_bias
    else:
        expected = given.reshape(len(given), -1) @ getattr(weights, layer)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)


def test_a_record_holds_activations_and_outputs_of_the_same_pass(backend, batch):
    record = backend.record(batch, "conv", Target.unit(0, head="q"))
    np.testing.assert_allclose(record.activations, backend.activations(batch, ["conv"])["conv"], rtol=1e-5)
    np.testing.assert_allclose(record.outputs["value"], backend.predict(batch)["value"], rtol=1e-5)


def gradient(weights, column):
    return np.broadcast_to(column.reshape(GRID), (5, *GRID))


def test_a_units_gradient_is_its_column_of_weights(backend, weights, batch):
    record = backend.record(batch, "conv", Target.unit(2, head="q"))
    np.testing.assert_allclose(record.gradients, gradient(weights, weights.q[:, 2]), rtol=1e-5)
    assert record.gradients.dtype == record.activations.dtype == np.float32


def test_another_heads_gradient_is_that_heads(backend, weights, batch):
    record = backend.record(batch, "conv", Target.value())
    np.testing.assert_allclose(record.gradients, gradient(weights, weights.value[:, 0]), rtol=1e-5)


def test_an_advantages_gradient_is_the_column_less_the_mean_column(backend, weights, batch):
    record = backend.record(batch, "conv", Target.advantage(1, head="q"))
    expected = weights.q[:, 1] - weights.q.mean(axis=1)
    np.testing.assert_allclose(record.gradients, gradient(weights, expected), rtol=1e-4, atol=1e-6)


def test_a_contrasts_gradient_is_the_difference_of_two_columns(backend, weights, batch):
    record = backend.record(batch, "conv", Target.contrast(3, 0, head="q"))
    np.testing.assert_allclose(
        record.gradients, gradient(weights, weights.q[:, 3] - weights.q[:, 0]), rtol=1e-4, atol=1e-6
    )


def test_a_negative_sign_turns_the_gradient(backend, batch):
    plain = backend.record(batch, "conv", Target(head="q", index=1))
    turned = backend.record(batch, "conv", Target(head="q", index=1, sign=-1))
    np.testing.assert_array_equal(turned.gradients, -plain.gradients)


def test_in_its_own_direction_a_score_turns_the_gradient_where_it_is_negative(backend, batch):
    plain = backend.record(batch, "conv", Target(head="q", index=1))
    own = backend.record(batch, "conv", Target(head="q", index=1, sign="own"))
    signs = np.sign(plain.outputs["q"][:, 1])
    assert set(signs) == {-1, 1}
    np.testing.assert_array_equal(own.gradients, plain.gradients * signs[:, None, None, None])


def test_every_sample_may_have_a_sign_of_its_own(backend, batch):
    plain = backend.record(batch, "conv", Target(head="q", index=1))
    signed = backend.record(batch, "conv", Target(head="q", index=1, sign=(1, -1, -1, 1, -1)))
    signs = np.array([1, -1, -1, 1, -1])[:, None, None, None]
    np.testing.assert_array_equal(signed.gradients, plain.gradients * signs)


def test_each_samples_highest_unit_is_its_own(backend, weights, batch):
    record = backend.record(batch, "conv", Target(head="q"))
    highest = weights.heads(batch)["q"].argmax(axis=1)
    np.testing.assert_allclose(record.gradients, weights.q.T[highest].reshape(5, *GRID), rtol=1e-5)


def test_a_log_probabilitys_gradient_follows_the_softmax(backend, weights, batch):
    record = backend.record(batch, "conv", Target.log_probability(1, head="q"))
    logits = weights.heads(batch)["q"]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    share = odds / odds.sum(axis=1, keepdims=True)
    expected = (np.eye(4)[1] - share) @ weights.q.T
    np.testing.assert_allclose(record.gradients, expected.reshape(5, *GRID), rtol=1e-3, atol=1e-4)


def test_a_batch_equals_its_samples_one_by_one(backend, batch):
    whole = backend.record(batch, "conv", Target(head="q"))
    for number in range(len(batch)):
        one = backend.record(batch[number : number + 1], "conv", Target(head="q"))
        np.testing.assert_allclose(whole.gradients[number], one.gradients[0], rtol=1e-5)
        np.testing.assert_allclose(whole.activations[number], one.activations[0], rtol=1e-5, atol=1e-6)


def test_a_later_pass_leaves_an_earlier_record_alone(backend, batch):
    record = backend.record(batch, "conv", Target(head="q"))
    before = record.activations.copy()
    backend.record(batch[::-1], "conv", Target(head="q"))
    np.testing.assert_array_equal(record.activations, before)


def test_the_callers_inputs_are_left_alone(backend, batch):
    before = batch.copy()
    backend.record(batch, "conv", Target(head="q"))
    np.testing.assert_array_equal(batch, before)


def test_read_only_reversed_and_double_precision_inputs_are_taken(backend, batch):
    expected = backend.predict(batch)["q"]
    frozen = batch[::-1].astype(np.float64)
    frozen.flags.writeable = False
    np.testing.assert_allclose(backend.predict(frozen[::-1])["q"], expected, rtol=1e-5)


def test_the_windows_are_those_of_the_convolution(backend):
    assert backend.windows("conv") == (WindowOp((2, 3), (2, 2)),)


@pytest.mark.parametrize("call", ["predict", "activations", "activity", "record"])
def test_a_wrong_input_shape_is_an_error_that_names_both(backend, call):
    wrong = np.zeros((2, 1, 6, 9), dtype=np.float32)
    layers = (["conv", "q"],)
    arguments = {
        "predict": (),
        "activations": layers,
        "activity": layers,
        "record": ("conv", Target(head="q")),
    }[call]
    with pytest.raises(ValueError, match=r"shape \(1, 6, 9\), but the network expects \(1, 6, 8\)"):
        getattr(backend, call)(wrong, *arguments)


def test_an_empty_batch_is_an_error(backend):
    with pytest.raises(ValueError, match=r"at least one sample"):
        backend.predict(np.zeros((0, *SHAPE), dtype=np.float32))


@pytest.mark.parametrize("layer", ["conv9", "q"])
def test_a_layer_without_a_grid_is_an_error_that_lists_the_spatial_ones(backend, batch, layer):
    with pytest.raises(ValueError, match=rf"no layer '{layer}' with a spatial output; choose one of: conv$"):
        backend.record(batch, layer, Target(head="q"))


def test_outputs_that_are_not_numbers_are_an_error_that_names_head_and_samples(build, weights, batch):
    weights.value[3] = np.nan
    with pytest.raises(
        ValueError, match=r"output 'value' is not finite for 5 of 5 samples \(0, 1, 2, 3, 4\)"
    ):
        open_backend(build(weights)).predict(batch)


def test_one_bad_input_is_named_alone(backend, batch):
    batch[3] = np.inf
    with pytest.raises(ValueError, match=r"not finite for 1 of 5 samples \(3\)"):
        backend.record(batch, "conv", Target(head="q"))


def test_randomizing_draws_anew_from_the_output_down_to_the_layer(backend, weights):
    top = backend.randomized("q", seed=0)
    np.testing.assert_array_equal(top.weights("conv"), weights.conv)
    assert not np.isclose(top.weights("q"), weights.q).any()
    assert not np.isclose(backend.randomized("conv", seed=0).weights("conv"), weights.conv).any()


def test_randomizing_leaves_the_network_as_it_was(backend, weights):
    backend.randomized("conv", seed=0)
    np.testing.assert_array_equal(backend.weights("conv"), weights.conv)


def test_randomizing_is_decided_by_its_seed(backend):
    first, again, other = (backend.randomized("conv", seed).weights("q") for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.isclose(first, other).any()
