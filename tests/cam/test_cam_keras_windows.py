"""Where the cells of Keras networks look, checked by touching every pixel."""

import numpy as np
import pytest
from rlviz_cam import Box, WindowOp, automatic_layer, open_backend, receptive_field

pytestmark = pytest.mark.keras


def stacks(keras):
    """Networks of known reach on 21 x 26 pixels, all smooth, so that no pixel is lost to a ReLU."""
    layers = keras.layers

    def conv(*args, **options):
        return layers.Conv2D(2, *args, activation="tanh", **options)

    def skip(picture):
        grid = conv(3, padding="same")(picture)
        return conv(3, strides=2, padding="same")(layers.Add()([grid, conv(3, padding="same")(grid)]))

    def chain(*several):
        def build(picture):
            for layer in several:
                picture = layer(picture)
            return picture

        return build

    return {
        "valid": chain(conv(5, strides=2), conv(3, strides=(2, 1)), conv((2, 3))),
        "same": chain(
            conv(5, strides=2, padding="same"), conv(4, padding="same"), conv(3, strides=3, padding="same")
        ),
        "pooled": chain(conv(3), layers.AveragePooling2D(3, strides=2, padding="same"), conv(2)),
        "padded": chain(layers.ZeroPadding2D(((3, 1), (2, 0))), conv(4, strides=2)),
        "cropped": chain(layers.Cropping2D(((8, 1), (0, 5))), conv(4, strides=3)),
        "dilated": chain(conv(3, dilation_rate=(2, 3)), conv(2)),
        "depthwise": chain(layers.DepthwiseConv2D(3, strides=2, activation="tanh"), conv(3)),
        "separable": chain(layers.SeparableConv2D(2, 3, padding="same", activation="tanh"), conv(3)),
        "normalised": chain(conv(3), layers.BatchNormalization(), layers.ELU(), conv(3, strides=2)),
        "skip": skip,
        "rescaled": chain(layers.Rescaling(2.0, offset=-1), conv(5)),
        "concatenated": lambda picture: conv(2)(
            layers.Concatenate()([conv(3, padding="same")(picture), picture])
        ),
    }


STACKS = [
    "valid",
    "same",
    "pooled",
    "padded",
    "cropped",
    "dilated",
    "depthwise",
    "separable",
    "normalised",
    "skip",
]


@pytest.mark.parametrize("name", [*STACKS, "rescaled", "concatenated"])
def test_the_field_of_a_cell_is_the_pixels_that_change_it(keras, name):
    picture = keras.layers.Input((21, 26, 1))
    model = keras.Model(picture, keras.layers.Flatten()(stacks(keras)[name](picture)))
    backend = open_backend(model)
    layer = automatic_layer(backend)
    field = receptive_field(backend, layer)
    base = np.random.default_rng(0).random((1, 1, 21, 26), dtype=np.float32)
    touched = np.repeat(base, 21 * 26, axis=0)
    touched.reshape(21 * 26, -1)[np.arange(21 * 26), np.arange(21 * 26)] += 0.5
    there = backend.activations(touched, [layer])[layer] - backend.activations(base, [layer])[layer]
    reached = (np.abs(there).max(axis=1) > 1e-5).reshape(21, 26, *field.cells)
    rows, columns = field.cells
    for cell in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2), (0, columns - 1)}:
        y, x = np.nonzero(reached[:, :, cell[0], cell[1]])
        assert field.box(cell) == Box(y.min(), x.min(), y.max() + 1, x.max() + 1)


def test_the_windows_of_a_layer_at_every_step_are_those_of_the_layer(over_time):
    backend = open_backend(over_time())
    assert backend.windows("second") == (WindowOp((3, 3), (2, 2)), WindowOp((2, 2)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda layers: layers.UpSampling2D(2), r"cannot work out the receptive field through the operation"),
        (lambda layers: layers.Conv2DTranspose(2, 3), r"of a transposed convolution is not known"),
    ],
)
def test_an_operation_of_unknown_reach_is_an_error_that_names_it(keras, make, message):
    layers = keras.layers
    model = keras.Sequential([layers.Input((8, 8, 1)), make(layers), layers.Conv2D(2, 3, name="conv")])
    with pytest.raises(ValueError, match=message):
        receptive_field(open_backend(model), "conv")


def test_a_grid_made_from_numbers_has_no_field(keras):
    layers = keras.layers
    picture = layers.Input((8, 8, 1))
    code = layers.Dense(16, name="code")(layers.Flatten()(picture))
    grid = layers.Conv2D(2, 3, name="conv")(layers.Reshape((4, 4, 1))(code))
    backend = open_backend(keras.Model(picture, layers.Flatten()(grid)))
    with pytest.raises(ValueError, match=r"cannot work out the receptive field through the operation"):
        backend.windows("conv")
