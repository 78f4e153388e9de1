import pytest
from rlviz_cam import open_backend


@pytest.mark.torch
@pytest.mark.parametrize("name", ["ReLU", "LeakyReLU", "Sigmoid", "Tanh"])
def test_a_torch_modules_kind_of_nonlinearity_is_told_whatever_it_is_called(torch, name):
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), getattr(torch.nn, name)())
    info = open_backend(model, input_shape=(1, 8, 8)).layer("0")
    assert (info.taken_after, info.nonlinearity) == ("1", name.lower())


@pytest.mark.torch
@pytest.mark.parametrize(
    ("name", "kind"), [("relu_", "relu"), ("leaky_relu", "leakyrelu"), ("sigmoid", "sigmoid")]
)
def test_a_torch_functions_kind_of_nonlinearity_is_told(torch, name, kind):
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 2, 3)

        def forward(self, picture):
            functions = torch.nn.functional if hasattr(torch.nn.functional, name) else torch
            return getattr(functions, name)(self.conv(picture))

    info = open_backend(Network(), input_shape=(1, 8, 8)).layer("conv")
    assert (info.taken_after, info.nonlinearity) == (f"{name}()", kind)


@pytest.mark.torch
def test_a_torch_block_that_ends_in_a_nonlinearity_has_that_kind(torch):
    nn = torch.nn
    block = nn.Sequential(nn.Linear(8, 3), nn.Softmax(dim=1))
    backend = open_backend(nn.Sequential(nn.Linear(5, 8), nn.ReLU(), block), input_shape=(5,))
    kinds = [backend.layer(name).nonlinearity for name in ("1", "2", "2.1", "2.0")]
    assert kinds == ["relu", "softmax", "softmax", None]


@pytest.mark.torch
def test_no_nonlinearity_has_no_kind(torch):
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.MaxPool2d(2))
    assert open_backend(model, input_shape=(1, 8, 8)).layer("0").nonlinearity is None


@pytest.mark.keras
@pytest.mark.parametrize(
    ("name", "kind"), [("relu", "relu"), ("elu", "elu"), ("hard_sigmoid", "hardsigmoid"), ("linear", None)]
)
def test_a_keras_layers_own_kind_of_nonlinearity_is_told(keras, name, kind):
    model = keras.Sequential(
        [keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, activation=name, name="conv")]
    )
    assert open_backend(model).layer("conv").nonlinearity == kind


@pytest.mark.keras
@pytest.mark.parametrize(("name", "kind"), [("ReLU", "relu"), ("LeakyReLU", "leakyrelu"), ("PReLU", "prelu")])
def test_a_keras_nonlinearity_layers_kind_is_told_whatever_it_is_called(keras, name, kind):
    after = getattr(keras.layers, name)(name="act")
    model = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="conv"), after])
    info = open_backend(model).layer("conv")
    assert (info.taken_after, info.nonlinearity) == ("act", kind)


@pytest.mark.keras
def test_a_relu_with_a_slope_below_zero_is_a_leaky_one(keras):
    after = keras.layers.ReLU(negative_slope=0.1)
    model = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(2, 3, name="conv"), after])
    assert open_backend(model).layer("conv").nonlinearity == "leakyrelu"


@pytest.mark.keras
def test_a_keras_operations_kind_of_nonlinearity_is_told(keras, tf):
    class Network(keras.Model):
        def __init__(self):
            super().__init__()
            self.conv = keras.layers.Conv2D(2, 3, name="conv")

        def call(self, picture):
            return tf.nn.sigmoid(self.conv(picture))

    model = Network()
    model(tf.zeros((1, 8, 8, 1)))
    info = open_backend(model, input_shape=(1, 8, 8)).layer("conv")
    assert (info.taken_after, info.nonlinearity) == ("sigmoid()", "sigmoid")
