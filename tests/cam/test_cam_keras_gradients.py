"""Gradients of Keras networks to the image: of every kind of layer, for images of every size."""

import numpy as np
import pytest
from rlviz_cam import Objective, open_backend

pytestmark = pytest.mark.keras

SHAPE = (12, 10, 3)
CHANNELS = [3, 0, 0, 2, 3]
MAPPINGS = ["relu", "tanh", "sigmoid", "elu", "selu", "softplus", "gelu", "silu", "hard_sigmoid", "linear"]


def in_layers(keras, *kinds, shape=SHAPE):
    """Put layers behind an image and a first convolution; what they make goes through ``end``."""
    image = keras.layers.Input(shape, name="camera")
    grid = keras.layers.Conv2D(4, 3, padding="same", activation="elu", name="first")(image)
    for kind in kinds:
        grid = kind(grid)
    grid = keras.layers.Activation("linear", name="end")(grid)
    return keras.Model(image, grid)


def under_a_head(keras, model):
    """Add what takes images of one size only."""
    flat = keras.layers.Flatten()(model.output)
    return keras.Model(model.inputs, keras.layers.Dense(2, name="q")(flat))


def with_statistics(keras, model):
    """Give the normalisations of a model something to do."""
    random = np.random.default_rng(5)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = (random.uniform(0.5, 2, one.shape) for one in layer.get_weights())
            layer.set_weights([gamma, beta, mean / 10, variance])
    return model


def residual(layers):
    def block(grid):
        way = layers.Conv2D(4, 3, padding="same", activation="relu")(grid)
        way = layers.Conv2D(4, 3, padding="same", name="layer")(way)
        return layers.Activation("relu", name="joined")(layers.Add(name="add")([grid, way]))

    return [block]


KINDS = {
    "convolution": lambda layers: [layers.Conv2D(5, 3, activation="relu", name="layer")],
    "strided": lambda layers: [layers.Conv2D(5, (3, 2), strides=2, padding="same", name="layer")],
    "even kernel": lambda layers: [layers.Conv2D(5, (4, 2), padding="same", name="layer")],
    "many channels below": lambda layers: [
        layers.Conv2D(24, (3, 2), padding="same", activation="relu"),
        layers.Conv2D(20, (4, 3), padding="same", activation="relu"),
        layers.Conv2D(18, (2, 3), activation="relu"),
        layers.Conv2D(5, 3, activation="relu", name="layer"),
    ],
    "dilated": lambda layers: [layers.Conv2D(5, 3, dilation_rate=2, activation="relu", name="layer")],
    "groups": lambda layers: [layers.Conv2D(6, 3, groups=2, activation="relu", name="layer")],
    "one filter": lambda layers: [layers.Conv2D(1, 3, activation="relu", name="layer")],
    "no bias": lambda layers: [layers.Conv2D(5, 3, use_bias=False, name="layer"), layers.ReLU()],
    "normalised": lambda layers: [
        layers.Conv2D(5, 3, name="layer"),
        layers.BatchNormalization(),
        layers.ReLU(),
    ],
    "parametric": lambda layers: [
        layers.Conv2D(5, 3, name="layer"),
        layers.PReLU(alpha_initializer="random_normal"),
    ],
    "bounded": lambda layers: [
        layers.Conv2D(5, 3, name="layer"),
        layers.ReLU(max_value=0.5, negative_slope=0.1, threshold=0.05),
    ],
    "depthwise": lambda layers: [layers.DepthwiseConv2D(3, activation="relu", name="layer")],
    "depthwise, several": lambda layers: [layers.DepthwiseConv2D(3, depth_multiplier=2, name="layer")],
    "separable": lambda layers: [layers.SeparableConv2D(5, 3, activation="relu", name="layer")],
    "transposed": lambda layers: [
        layers.Conv2DTranspose(5, 3, strides=2, activation="relu", name="layer"),
    ],
    "on every cell": lambda layers: [layers.Dense(5, activation="relu", name="layer")],
    "pooled": lambda layers: [layers.Conv2D(5, 3, activation="relu"), layers.MaxPooling2D(name="layer")],
    "averaged": lambda layers: [layers.Conv2D(5, 3), layers.AveragePooling2D(2, name="layer")],
    "residual": residual,
    "normalised alone": lambda layers: [layers.LayerNormalization(name="layer")],
    "upsampled": lambda layers: [layers.UpSampling2D(name="layer"), layers.Conv2D(3, 3)],
}


def taped(tf, model, images, objective):
    """Return scores and gradients, channel-first, of a model whose output is the layer's activations."""
    given = tf.constant(np.ascontiguousarray(np.moveaxis(images, -3, -1)))
    with tf.GradientTape() as tape:
        tape.watch(given)
        values = tf.cast(model(given, training=False), tf.float32)
        means = tf.reduce_mean(values, axis=list(range(1, len(values.shape) - 1)))
        chosen = tf.gather(means, objective.channels, axis=1)
        scores = tf.reduce_sum(chosen * objective.weights, axis=1)
    return scores.numpy(), np.moveaxis(tape.gradient(scores, given).numpy(), -1, -3)


def agree(found, expected, relative=1e-4):
    scores, gradients = expected
    scale = np.abs(gradients).max()
    assert scale > 0
    np.testing.assert_allclose(found.scores, scores, rtol=relative, atol=1e-6)
    np.testing.assert_allclose(found.gradients, gradients, rtol=relative, atol=relative / 10 * scale)


def until(keras, model, name):
    return keras.Model(model.inputs, model.get_layer(name).output)


def drawn(count, height=12, width=10, channels=3):
    return np.random.default_rng(3).random((count, channels, height, width), dtype=np.float32)


def executed(backend, layer):
    """Return the operations that a pass's results need: nothing else is run."""
    graph = backend._to_image._pass(layer, at_cell=False).function.graph
    assert not graph.control_outputs
    waiting, found = [tensor.op for tensor in graph.outputs], set()
    while waiting:
        op = waiting.pop()
        if op not in found:
            found.add(op)
            waiting += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_gradients_are_those_of_the_tape(keras, tf, pictures, kind):
    model = with_statistics(keras, in_layers(keras, *KINDS[kind](keras.layers)))
    backend = open_backend(under_a_head(keras, model))
    count = backend.layer("layer").output_shape[0]
    objective = Objective.of_channels("layer", [channel % count for channel in CHANNELS])
    end = "layer" if kind in {"residual", "upsampled"} else "end"
    agree(
        backend.input_gradients(pictures, objective), taped(tf, until(keras, model, end), pictures, objective)
    )


@pytest.mark.parametrize(
    "kind", ["convolution", "normalised", "residual", "transposed", "upsampled", "pooled"]
)
@pytest.mark.parametrize("size", [(21, 13), (9, 30)])
def test_an_image_of_another_size_has_the_gradients_of_a_network_of_that_size(keras, tf, kind, size):
    model = with_statistics(keras, in_layers(keras, *KINDS[kind](keras.layers)))
    backend = open_backend(under_a_head(keras, model))
    assert backend.is_resizable("layer")
    assert not backend.is_resizable("q")
    images = drawn(5, *size)
    objective = Objective.of_channels("layer", [0, 1, 1, 3, 2])
    found = backend.input_gradients(images, objective)
    of_any_size = in_layers(keras, *KINDS[kind](keras.layers), shape=(None, None, 3))
    of_any_size.set_weights(model.get_weights())
    end = "layer" if kind in {"residual", "upsampled"} else "end"
    agree(found, taped(tf, until(keras, of_any_size, end), images, objective))


@pytest.mark.parametrize("mapping", MAPPINGS)
def test_a_leak_is_the_slope_of_what_the_nonlinearity_is_fed_below_zero(keras, tf, pictures, mapping):
    model = in_layers(keras, keras.layers.Conv2D(5, 3, activation=mapping, name="layer"))
    before = in_layers(keras, keras.layers.Conv2D(5, 3, name="layer"))
    before.set_weights(model.get_weights())
    objective = Objective.of_channels("layer", CHANNELS)
    backend = open_backend(model)
    scores, gradients = taped(tf, until(keras, model, "layer"), pictures, objective)
    if mapping != "linear":
        image = keras.layers.Input(SHAPE)
        below = keras.layers.ReLU()(-until(keras, before, "layer")(image))  # -min(z, 0)
        gradients = gradients - 0.3 * taped(tf, keras.Model(image, below), pictures, objective)[1]
    agree(backend.input_gradients(pictures, objective, leak=0.3), (scores, gradients))


@pytest.mark.parametrize(
    "after", ["ReLU", "LeakyReLU", "PReLU", "ELU", "BatchNormalization", "tf.nn.relu"], ids=str
)
def test_a_leak_belongs_to_the_nonlinearity_that_follows_a_layer(keras, tf, pictures, after):
    layers = keras.layers

    class Follows(layers.Layer):
        def call(self, given):
            return tf.nn.relu(given)

    kinds = [layers.Conv2D(5, 3, name="layer")]
    if after == "BatchNormalization":
        kinds += [layers.BatchNormalization(name="fed"), layers.ReLU(name="after")]
    else:
        kinds += [layers.Activation("linear", name="fed")]
        kinds += [Follows(name="after") if after == "tf.nn.relu" else getattr(layers, after)(name="after")]
    model = with_statistics(keras, in_layers(keras, *kinds))
    objective = Objective.of_channels("layer", CHANNELS)
    scores, gradients = taped(tf, until(keras, model, "after"), pictures, objective)
    below = keras.layers.ReLU()(-model.get_layer("fed").output)
    leaks = taped(tf, keras.Model(model.inputs, below), pictures, objective)[1]
    found = open_backend(model).input_gradients(pictures, objective, leak=0.3)
    agree(found, (scores, gradients - 0.3 * leaks))


def test_a_leak_counts_in_every_time_step(over_time, sequences):
    model = over_time()
    objective = Objective.of_channels("first", [0, 3, 1, 2])
    backend = open_backend(model)
    plain, leaking = (backend.input_gradients(sequences, objective, leak=leak) for leak in (0, 1))
    kernel, bias = model.get_layer("first").get_weights()
    linear = kernel.sum(
        axis=(0, 1)
    )  # a leak of 1 makes the layer linear: each pixel is seen by one tap or more
    assert not np.allclose(plain.gradients, leaking.gradients)
    whole = leaking.gradients.sum(axis=(1, 3, 4))  # over steps and pixels: the sum of the kernel's taps
    np.testing.assert_allclose(whole, linear[:, [0, 3, 1, 2]].T, rtol=1e-4, atol=1e-6)
    assert not bias.any()


@pytest.mark.parametrize("kind", ["TimeDistributed", "Conv3D"])
@pytest.mark.parametrize("layer", ["first", "second"])
def test_scores_over_time_are_the_means_over_steps_and_cells(over_time, sequences, kind, layer):
    backend = open_backend(over_time(kind))
    found = backend.input_gradients(sequences, Objective.of_channels(layer, [0, 3, 1, 3]))
    means = backend.activations(sequences, [layer])[layer].mean(axis=(1, 3, 4))
    np.testing.assert_allclose(found.scores, means[range(4), [0, 3, 1, 3]], rtol=1e-5, atol=1e-7)
    assert found.gradients.shape == sequences.shape
    assert found.gradients.any()


@pytest.mark.parametrize("kind", ["TimeDistributed", "Conv3D"])
def test_a_cell_over_time_is_that_cell_of_every_step(over_time, sequences, kind):
    backend = open_backend(over_time(kind))
    found = backend.input_gradients(sequences, Objective.of_channels("first", [0, 3, 1, 3], cell=(4, 2)))
    cells = backend.activations(sequences, ["first"])["first"][:, :, :, 4, 2].mean(axis=1)
    np.testing.assert_allclose(found.scores, cells[range(4), [0, 3, 1, 3]], rtol=1e-5, atol=1e-7)
    seen = np.abs(found.gradients).sum(axis=(0, 1, 2)) > 0
    assert seen.any()
    assert not seen[:8].any()
    assert not seen[11:].any()


def test_sequences_of_larger_images_are_taken(over_time):
    backend = open_backend(over_time())
    larger = np.random.default_rng(0).random((2, 3, 2, 25, 14), dtype=np.float32)
    assert backend.is_resizable("second")
    found = backend.input_gradients(larger, Objective.of_channels("second", [4, 1]))
    assert found.gradients.shape == larger.shape
    np.testing.assert_allclose(
        found.gradients[0],
        backend.input_gradients(larger[:1], Objective.of_channels("second", [4])).gradients[0],
        rtol=1e-4,
        atol=1e-8,
    )


def test_layers_inside_others_go_by_their_paths(keras, tf, pictures, nested):
    backend = open_backend(nested)
    objective = Objective.of_channels("eye/conv", [0, 1, 1, 0, 1])
    agree(
        backend.input_gradients(pictures, objective), taped(tf, nested.get_layer("eye"), pictures, objective)
    )
    outer = Objective.of_channels("conv", [0, 1, 1, 2, 1])
    agree(backend.input_gradients(pictures, outer), taped(tf, until(keras, nested, "conv"), pictures, outer))


def test_a_block_is_a_layer_too(tf, pictures, nested):
    objective = Objective.of_channels("eye", [0, 1, 1, 0, 1])
    found = open_backend(nested).input_gradients(pictures, objective)
    agree(found, taped(tf, nested.get_layer("eye"), pictures, objective))


def subclassed(keras):
    """Make a network in code that asks for the size of its grid as a number."""

    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = keras.layers.Conv2D(4, 3, name="conv")
            self.relu = keras.layers.ReLU(name="relu")
            self.dense = keras.layers.Dense(2, name="dense")

        def call(self, images):
            grid = self.relu(self.conv(images))
            height, width, channels = (int(size) for size in grid.shape[1:])
            return self.dense(keras.layers.Reshape((height * width * channels,))(grid))

    model = Network()
    model(np.zeros((1, *SHAPE), np.float32))
    return model


def test_a_network_that_asks_for_its_sizes_as_numbers_takes_others_below(keras, tf, pictures):
    model = subclassed(keras)
    backend = open_backend(model, input_shape=(3, 12, 10))
    assert backend.is_resizable("conv")
    assert not backend.is_resizable("dense")

    def grid(images, training):
        return model.relu(model.conv(images))

    objective = Objective.of_channels("conv", CHANNELS)
    agree(backend.input_gradients(pictures, objective), taped(tf, grid, pictures, objective))
    larger = drawn(5, 30, 22)
    agree(backend.input_gradients(larger, objective), taped(tf, grid, larger, objective))


def test_a_layer_whose_nonlinearity_needs_the_size_as_a_number_takes_its_own_alone(keras, tf, pictures):
    class Asks(keras.layers.ReLU):
        def call(self, given):
            return super().call(given) * (1.0 / int(given.shape[1]))

    layers = keras.layers
    model = keras.Sequential(
        [layers.Input(SHAPE), layers.Conv2D(4, 3, name="conv"), Asks(name="asks"), layers.Flatten()]
    )
    backend = open_backend(model)
    assert backend.layer("conv").taken_after == "asks"
    assert not backend.is_resizable("conv")
    objective = Objective.of_channels("conv", CHANNELS)
    agree(
        backend.input_gradients(pictures, objective),
        taped(tf, until(keras, model, "asks"), pictures, objective),
    )
    with pytest.raises(ValueError, match=r"has shape \(3, 30, 22\), but the network expects \(3, 12, 10\)"):
        backend.input_gradients(drawn(5, 30, 22), objective)


def test_gradients_go_through_functions_that_are_graphs_of_their_own(keras, tf, pictures):
    class Compiled(keras.layers.Layer):
        def call(self, given):
            return self.twice(given)

        @tf.function
        def twice(self, given):
            return 2 * tf.nn.conv2d(given, tf.ones((3, 3, 4, 4)), 1, "SAME")

    model = in_layers(
        keras, Compiled(name="below"), keras.layers.Conv2D(5, 3, activation="tanh", name="layer")
    )
    objective = Objective.of_channels("layer", CHANNELS)
    backend = open_backend(under_a_head(keras, model))
    agree(backend.input_gradients(pictures, objective), taped(tf, model, pictures, objective))
    larger = drawn(5, 20, 15)
    assert backend.input_gradients(larger, objective).gradients.any()


def test_a_grid_that_is_reshaped_to_a_fixed_size_is_not_resizable(keras):
    layers = keras.layers
    image = layers.Input((12, 10, 3))
    grid = layers.Reshape((6, 20, 4))(layers.Conv2D(4, 3, padding="same", name="below")(image))
    model = keras.Model(image, layers.Conv2D(2, 3, name="above")(grid))
    backend = open_backend(model)
    assert backend.is_resizable("below")
    assert not backend.is_resizable("above")
    assert backend.input_gradients(drawn(2), Objective.of_channels("above", [0, 1])).gradients.any()


def test_units_behind_a_mean_over_all_cells_are_resizable(keras, tf):
    layers = keras.layers
    image = layers.Input((None, None, 3))
    mean = layers.GlobalAveragePooling2D()(layers.Conv2D(4, 3, activation="relu")(image))
    model = keras.Model(image, layers.Dense(3, activation="softmax", name="classes")(mean))
    model.get_layer("classes").set_weights([np.eye(4, 3), np.zeros(3)])
    backend = open_backend(model, input_shape=(3, 12, 10))
    assert backend.is_resizable("classes")
    objective = Objective.of_channels("classes", [0, 1, 2])
    larger = drawn(3, 20, 31)
    before = keras.Model(image, mean)
    agree(backend.input_gradients(larger, objective), taped(tf, before, larger, objective))


@pytest.mark.parametrize("layer", ["conv1", "conv2", "dense", "n_outputs1"])
def test_nothing_above_the_layer_and_no_gradient_of_a_weight_is_computed(pilot, pictures, layer):
    backend = open_backend(pilot)
    backend.input_gradients(pictures, Objective.of_channels(layer, [0] * 5))
    kinds = [op.type for op in executed(backend, layer)]
    depth = ["conv1", "conv2", "dense", "n_outputs1"].index(layer) + 1
    products = sum(kinds.count(one) for one in ("Conv2D", "Conv2DBackpropInput", "MatMul"))
    assert products == 2 * depth  # one forward, one backward
    assert kinds.count("ReadVariableOp") == 2 * depth  # kernel and bias
    assert "Conv2DBackpropFilter" not in kinds


@pytest.mark.parametrize(
    "mapping", [one for one in MAPPINGS if one != "silu"]
)  # it has a gradient of its own
def test_the_layer_itself_is_cut_down_to_the_wanted_channels(keras, mapping):
    layers = keras.layers
    model = in_layers(
        keras,
        layers.Conv2D(50, 3, name="layer"),
        layers.BatchNormalization(),
        layers.Activation(mapping),
    )
    ops = executed(open_backend(model), "layer")
    filters = [op.inputs[1].shape[-1] for op in ops if op.type == "Conv2D" and op.inputs[1].shape[2] == 4]
    assert filters == [None]  # as many as are asked for
    wide = [
        op for op in ops if op.outputs and op.outputs[0].shape.rank == 4 and op.outputs[0].shape[-1] == 50
    ]
    assert all(op.type not in {"Conv2D", "BiasAdd", "AddV2", "Relu", "FusedBatchNormV3"} for op in wide)


def test_what_skips_the_layer_is_computed_once(keras):
    ops = executed(open_backend(in_layers(keras, *residual(keras.layers))), "joined")
    kernels = [
        op.inputs[1].shape.as_list() for op in ops if op.type == "Conv2D" and "gradients" not in op.name
    ]
    assert sorted(kernels, key=str) == [[3, 3, 3, 4], [3, 3, 4, 4], [3, 3, 4, None]]


def test_a_layer_above_is_not_run_even_if_it_has_effects(keras, tf, pictures):
    seen = []

    class Counts(keras.layers.Layer):
        def call(self, given):
            return tf.ensure_shape(
                tf.py_function(lambda one: seen.append(1) or one, [given], tf.float32), given.shape
            )

    layers = keras.layers
    image = layers.Input(SHAPE)
    grid = Counts(name="counts")(layers.Conv2D(4, 3, name="conv")(image))
    model = keras.Model(image, layers.Dense(1)(layers.Flatten()(grid)))
    backend = open_backend(model)
    backend.predict(pictures)
    assert seen
    seen.clear()
    backend.input_gradients(pictures, Objective.of_channels("conv", CHANNELS))
    assert not seen


def test_a_pass_is_traced_once_for_all_channels_sizes_and_batches(pilot):
    backend = open_backend(pilot)
    backend.input_gradients(drawn(2), Objective.of_channels("conv2", [0, 1]))
    calls = []
    conv = pilot.get_layer("conv1")
    kept = conv.call
    conv.call = lambda *args, **kwargs: calls.append(1) or kept(*args, **kwargs)
    for count, channels, size in [(1, [4], (12, 10)), (3, [4, 0, 2], (17, 33)), (2, [3, 3], (12, 10))]:
        backend.input_gradients(drawn(count, *size), Objective.of_channels("conv2", channels), leak=0.1)
    directions = np.random.default_rng(0).standard_normal((7, 5))
    backend.input_gradients(drawn(7, 13, 11), Objective.of_directions("conv2", directions))
    assert calls == []


def test_weights_that_change_change_the_gradients(pilot, pictures):
    backend = open_backend(pilot)
    objective = Objective.of_channels("conv1", CHANNELS)
    before = backend.input_gradients(pictures, objective)
    layer = pilot.get_layer("conv1")
    layer.set_weights([2 * one for one in layer.get_weights()])
    after = backend.input_gradients(pictures, objective)
    np.testing.assert_allclose(after.gradients, 2 * before.gradients, rtol=1e-5)
    np.testing.assert_allclose(after.scores, 2 * before.scores, rtol=1e-5)


def test_a_copy_with_new_weights_has_gradients_of_its_own(pilot, pictures):
    backend = open_backend(pilot)
    objective = Objective.of_channels("conv2", CHANNELS)
    copy = backend.randomized("n_outputs0", 0)
    expected = backend.input_gradients(pictures, objective)
    np.testing.assert_array_equal(copy.input_gradients(pictures, objective).gradients, expected.gradients)
    other = backend.randomized("conv1", 0)
    assert not np.allclose(other.input_gradients(pictures, objective).gradients, expected.gradients)


def test_more_images_than_a_usual_pass_holds_are_passed_at_once(pilot):
    backend = open_backend(pilot)
    images = np.random.default_rng(0).random((101, 3, 12, 10), dtype=np.float32)
    objective = Objective.of_channels("conv2", [number % 5 for number in range(101)])
    whole = backend.input_gradients(images, objective)
    part = backend.input_gradients(images[90:], objective.part(90, 101))
    np.testing.assert_allclose(whole.gradients[90:], part.gradients, rtol=1e-4, atol=1e-8)


def two_inputs(keras):
    layers = keras.layers
    image, speed = layers.Input(SHAPE, name="img_in"), layers.Input((2,), name="imu_in")
    flat = layers.Flatten()(layers.Conv2D(2, 3, activation="relu", name="conv")(image))
    fast = layers.Dense(3, name="imu")(speed)
    joined = layers.Concatenate()([layers.Dense(4, activation="tanh", name="dense")(flat), fast])
    return keras.Model([image, speed], layers.Dense(2, name="angle")(joined))


def test_of_several_inputs_the_image_is_differentiated(keras, tf, pictures):
    model = two_inputs(keras)
    speeds = np.random.default_rng(0).random((5, 2), dtype=np.float32)
    objective = Objective.of_channels("angle", [0, 1, 1, 0, 1])
    found = open_backend(model).input_gradients({"imu_in": speeds, "img_in": pictures}, objective)

    def with_speeds(images, training):
        return model([images, tf.constant(speeds)], training=training)

    agree(found, taped(tf, with_speeds, pictures, objective))


def test_a_layer_that_the_image_does_not_reach_is_an_error(keras, pictures):
    backend = open_backend(two_inputs(keras))
    given = {"img_in": pictures, "imu_in": np.zeros((5, 2))}
    with pytest.raises(ValueError, match=r"layer 'imu' does not depend on the image"):
        backend.input_gradients(given, Objective.of_channels("imu", [0] * 5))


def test_a_network_of_two_images_is_an_error_that_lists_the_inputs(keras, pictures):
    layers = keras.layers
    left, right = layers.Input(SHAPE, name="left"), layers.Input(SHAPE, name="right")
    model = keras.Model([left, right], layers.Conv2D(2, 3, name="conv")(layers.Add()([left, right])))
    with pytest.raises(ValueError, match=r"takes 2 images, expected one; its inputs: \{'left'"):
        open_backend(model).input_gradients(
            {"left": pictures, "right": pictures}, Objective.of_channels("conv", [0] * 5)
        )


def test_a_layer_that_is_used_twice_is_an_error(keras, pictures):
    layers = keras.layers
    image = layers.Input(SHAPE)
    conv = layers.Conv2D(3, 3, padding="same", name="conv")
    model = keras.Model(image, layers.Conv2D(2, 3, name="last")(conv(conv(image))))
    backend = open_backend(model)
    with pytest.raises(ValueError, match=r"layer 'conv' is used 2 times in one pass; choose a layer that is"):
        backend.input_gradients(pictures, Objective.of_channels("conv", [0] * 5))
    assert backend.input_gradients(pictures, Objective.of_channels("last", [0] * 5)).gradients.any()


def test_an_image_of_whole_numbers_is_differentiated_as_numbers(keras, tf):
    layers = keras.layers
    image = layers.Input(SHAPE, dtype="uint8")
    scaled = layers.Rescaling(1 / 255)(image)
    model = keras.Model(image, layers.Conv2D(3, 3, activation="relu", name="conv")(scaled))
    after = keras.Model(scaled, model.output)
    frames = np.random.default_rng(0).integers(0, 256, (2, 3, 12, 10), dtype=np.uint8)
    objective = Objective.of_channels("conv", [2, 0])
    scores, gradients = taped(tf, after, np.float32(frames) / np.float32(255), objective)
    agree(open_backend(model).input_gradients(frames, objective), (scores, gradients / 255))


def test_half_precision_comes_back_in_single(keras, tf, pictures):
    layers = keras.layers
    image = layers.Input(SHAPE, dtype="float32")
    grid = layers.Conv2D(5, 3, name="conv", activation="relu", dtype="mixed_float16")(image)
    model = keras.Model(image, layers.Flatten()(grid))
    objective = Objective.of_channels("conv", CHANNELS)
    found = open_backend(model).input_gradients(pictures, objective, leak=0.1)
    assert found.scores.dtype == found.gradients.dtype == np.float32
    plain = open_backend(model).input_gradients(pictures, objective)
    agree(plain, taped(tf, until(keras, model, "conv"), pictures, objective), relative=1e-2)


def test_a_compiled_pass_agrees(pilot, pictures):
    plain, compiled = (open_backend(pilot, xla=xla) for xla in (False, True))
    for layer, images in [("conv2", pictures), ("conv2", drawn(5, 16, 16)), ("dense", pictures)]:
        objective = Objective.of_channels(layer, CHANNELS)
        expected, found = (one.input_gradients(images, objective, leak=0.1) for one in (plain, compiled))
        agree(found, (expected.scores, expected.gradients))


def test_the_same_call_gives_the_same_bytes(pilot, pictures):
    objective = Objective.of_channels("conv2", CHANNELS)
    first, again = (open_backend(pilot).input_gradients(pictures, objective, leak=0.1) for _ in range(2))
    assert first.gradients.tobytes() == again.gradients.tobytes()
    assert first.scores.tobytes() == again.scores.tobytes()


def test_an_image_too_small_for_a_layer_is_an_error_that_names_both(pilot):
    backend = open_backend(pilot)
    with pytest.raises(
        ValueError, match=r"^layer 'conv2' cannot be computed for images of 3 x 3 pixels: .+$"
    ):
        backend.input_gradients(drawn(1, 3, 3), Objective.of_channels("conv2", [0]))


def test_the_model_is_left_as_found(regularised, pictures, channels_last):
    model = regularised
    model(channels_last(pictures))

    def state():
        layers = [model, *model.layers]
        return (
            [(layer.__dict__.get("call"), layer.__dict__.get("activation")) for layer in layers],
            [weights.tolist() for weights in model.get_weights()],
            [float(loss) for loss in model.losses],
            sorted(model.__dict__),
        )

    backend = open_backend(model)
    before = state()
    backend.input_gradients(pictures, Objective.of_channels("conv", [0] * 5), leak=0.1)
    backend.input_gradients(drawn(2, 20, 20), Objective.of_channels("conv", [0] * 2, cell=(3, 3)))
    with pytest.raises(ValueError, match=r"expects \(3, 12, 10\)"):
        backend.input_gradients(drawn(2, 20, 20), Objective.of_channels("q", [0] * 2))
    assert state() == before
