"""What is special to PyTorch networks: modules and functions, modes, hooks, gradients, devices."""

import threading
from typing import Any

import numpy as np
import pytest
from rlviz_cam import CamExtractor, Target, automatic_layer, grad_cam, open_backend

pytestmark = pytest.mark.torch
IMAGE = (1, 1, 8, 8)


def state(model):
    """Everything that watching must not change."""
    return (
        [module.training for module in model.modules()],
        [(p.requires_grad, p.grad) for p in model.parameters()],
        [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()],
        [len(module._backward_hooks) for module in model.modules()],
        [p.detach().clone().numpy().tolist() for p in model.parameters()],
    )


@pytest.fixture
def watched(torch, make_cnn):
    model = make_cnn()
    model.train()
    model[3].eval()
    next(model.parameters()).requires_grad_(False)
    return model


@pytest.mark.parametrize("fails", [False, True])
def test_the_model_is_left_as_found(torch, watched, images, fails):
    backend = open_backend(watched, input_shape=(2, 36, 36))
    before, enabled = state(watched), torch.is_grad_enabled()
    target = Target.unit(99) if fails else Target()
    try:
        backend.record(images, "2", target)
    except ValueError:
        assert fails
    backend.activations(images, ["0", "2"])
    backend.predict(images)
    backend.windows("2")
    backend.randomized("2", 0)
    assert state(watched) == before
    assert torch.is_grad_enabled() == enabled


def test_the_model_is_left_as_found_when_its_forward_raises(torch, watched, images):
    backend = open_backend(watched, input_shape=(2, 36, 36))
    backend.layers()
    before = state(watched)

    class Trap(Exception):
        pass

    def spring(*_):
        raise Trap

    with watched[5].register_forward_hook(spring), pytest.raises(Trap):
        backend.record(images, "2", Target())
    assert state(watched) == before
    assert torch.is_grad_enabled()


def test_no_gradient_of_a_weight_is_computed(make_cnn, images):
    model = make_cnn()
    reached = []
    for name, parameter in model.named_parameters():
        parameter.register_hook(lambda _, name=name: reached.append(name))
    open_backend(model).record(images, "2", Target())
    assert reached == []


def test_nothing_below_the_layer_is_differentiated(torch, make_cnn, images):
    class Wall(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, gradient):
            raise AssertionError

    class Walled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make_cnn()

        def forward(self, x):
            return self.net(Wall.apply(x.requires_grad_(True)))

    record = open_backend(Walled(), input_shape=(2, 36, 36)).record(images, "net.2", Target())
    assert record.gradients.any()


def test_naming_the_nonlinearity_itself_gives_the_same_record(make_cnn, images):
    backend = open_backend(make_cnn())
    conv, relu = (backend.record(images, layer, Target()) for layer in ("2", "3"))
    np.testing.assert_array_equal(conv.activations, relu.activations)
    np.testing.assert_array_equal(conv.gradients, relu.gradients)


def network(torch, kind):
    """One convolution and a dense layer, the ReLU written in different ways."""
    nn = torch.nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(1, 3, 3)
            self.norm = nn.BatchNorm2d(3) if "norm" in kind else nn.Identity()
            self.relu = nn.ReLU(inplace="inplace" in kind)
            self.head = nn.Linear(108, 2)

        def forward(self, x):
            x = self.norm(self.conv(x))
            x = torch.nn.functional.relu(x, inplace="inplace" in kind) if "function" in kind else self.relu(x)
            return self.head(x.flatten(1))

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = Network()
        if "norm" in kind:
            model.norm.running_mean.uniform_()
            model.norm.running_var.uniform_(0.5, 2)
    return model


KINDS = ["module", "inplace module", "norm module", "function", "inplace function", "norm inplace function"]


@pytest.mark.parametrize("kind", KINDS)
def test_activations_are_after_the_relu_however_it_is_written(torch, kind):
    model = network(torch, kind).eval()
    batch = np.random.default_rng(0).standard_normal((3, 1, 8, 8)).astype(np.float32)
    record = open_backend(model).record(batch, "conv", Target.unit(1))
    with torch.no_grad():
        expected = torch.relu(model.norm(model.conv(torch.from_numpy(batch)))).numpy()
    np.testing.assert_allclose(record.activations, expected, rtol=1e-5, atol=1e-6)
    column = model.head.weight[1].detach().numpy().reshape(1, 3, 6, 6)
    np.testing.assert_allclose(record.gradients, np.broadcast_to(column, expected.shape), rtol=1e-5)


@pytest.mark.parametrize(
    ("kind", "name"), [("module", "relu"), ("norm module", "relu"), ("function", "relu()")]
)
def test_the_nonlinearity_is_named(torch, kind, name):
    assert open_backend(network(torch, kind), input_shape=(1, 8, 8)).layer("conv").taken_after == name


def test_an_in_place_operation_after_the_layer_does_not_reach_what_is_kept(torch):
    model = network(torch, "norm inplace module").eval()
    backend = open_backend(model, input_shape=(1, 8, 8))
    batch = np.random.default_rng(0).standard_normal((3, 1, 8, 8)).astype(np.float32)
    with torch.no_grad():
        expected = model.norm(model.conv(torch.from_numpy(batch))).numpy()
    assert expected.min() < 0
    record = backend.record(batch, "norm", Target.unit(1))
    column = model.head.weight[1].detach().numpy().reshape(1, 3, 6, 6)
    np.testing.assert_allclose(record.activations, expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(record.gradients, column * (expected > 0), rtol=1e-5)
    np.testing.assert_allclose(backend.activations(batch, ["norm"])["norm"], expected, rtol=1e-5, atol=1e-6)


def test_a_convolution_without_a_nonlinearity_is_taken_as_it_is(torch):
    model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.MaxPool2d(2), torch.nn.ReLU())
    assert open_backend(model, input_shape=(1, 8, 8)).layer("0").taken_after is None


def test_one_relu_used_after_every_convolution_is_told_apart(torch):
    nn = torch.nn

    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second, self.relu = nn.Conv2d(1, 2, 3), nn.Conv2d(2, 3, 3), nn.ReLU()

        def forward(self, x):
            return self.relu(self.second(self.relu(self.first(x)))).sum(dim=(2, 3))

    backend = open_backend(Shared(), input_shape=(1, 8, 8))
    found = backend.activations(np.ones(IMAGE, dtype=np.float32), ["first", "second"])
    assert (found["first"].shape[1], found["second"].shape[1]) == (2, 3)
    with pytest.raises(ValueError, match=r"layer 'relu' is used 2 times in one pass"):
        backend.activations(np.ones(IMAGE, dtype=np.float32), ["relu"])


def test_a_block_stands_for_its_own_output(make_cnn, images, torch):
    model = torch.nn.Sequential(make_cnn()[:4], make_cnn()[4:])
    backend = open_backend(model)
    block, relu = (backend.activations(images, [name])[name] for name in ("0", "0.3"))
    np.testing.assert_array_equal(block, relu)


def test_dropout_is_off_and_batch_statistics_are_not_used_or_changed(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Dropout(0.5), nn.Flatten())
    model.train()
    backend = open_backend(model)
    batch = np.random.default_rng(0).random((4, 1, 8, 8), dtype=np.float32)
    np.testing.assert_array_equal(backend.predict(batch)["output"], backend.predict(batch)["output"])
    assert int(model[1].num_batches_tracked) == 0


def test_a_tensor_is_the_head_called_output(make_cnn, images):
    assert list(open_backend(make_cnn()).predict(images)) == ["output"]


def test_quantiles_are_explained_through_their_mean(torch, make_cnn, images):
    class Quantiles(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make_cnn(units=12)

        def forward(self, x):
            return {"quantiles": self.net(x).view(-1, 3, 4)}

    model = Quantiles()
    backend = open_backend(model)
    means = backend.record(images, "net.2", Target.quantile_mean(1))
    assert means.outputs["quantiles"].shape == (5, 3, 4)
    three = [open_backend(model.net).record(images, "2", Target.unit(unit)) for unit in (1, 5, 9)]
    np.testing.assert_allclose(
        means.gradients, np.mean([one.gradients for one in three], axis=0), rtol=1e-4, atol=1e-7
    )


def test_bytes_are_taken_by_a_network_that_converts_them(torch, make_cnn):
    class Bytes(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make_cnn()

        def forward(self, x):
            return self.net(x.float() / 255)

    frames = np.random.default_rng(0).integers(0, 256, (2, 2, 36, 36), dtype=np.uint8)
    backend = open_backend(Bytes())
    expected = open_backend(make_cnn()).predict(frames.astype(np.float32) / 255)["output"]
    np.testing.assert_allclose(backend.predict(frames)["output"], expected, rtol=1e-5)


def test_named_inputs_reach_a_network_that_takes_them(torch, make_cnn, images):
    class Named(torch.nn.Module):
        input_shape = {"camera": (2, 36, 36), "speed": (1,)}  # noqa: RUF012

        def __init__(self) -> None:
            super().__init__()
            self.net = make_cnn()

        def forward(self, given):
            return {"q": self.net(given["camera"]) * given["speed"]}

    backend = open_backend(Named())
    given = {"camera": images, "speed": np.full((5, 1), 2, dtype=np.float32)}
    plain = open_backend(make_cnn()).record(images, "2", Target())
    np.testing.assert_allclose(
        backend.record(given, "net.2", Target()).gradients, 2 * plain.gradients, rtol=1e-5
    )
    assert backend.input_size == (36, 36)


def test_a_layer_beside_the_way_to_a_head_is_not_on_its_path(torch, make_cnn):
    class Two(torch.nn.Module):
        input_shape = (2, 36, 36)

        def __init__(self) -> None:
            super().__init__()
            self.actor, self.critic = make_cnn(0), make_cnn(1)

        def forward(self, x):
            return {"logits": self.actor(x), "value": self.critic(x)}

    backend = open_backend(Two())
    assert backend.path("logits") == ("actor.0", "actor.2", "actor.5", "actor.7")
    assert (automatic_layer(backend), automatic_layer(backend, "logits")) == ("critic.2", "actor.2")


def test_the_one_unnamed_input_is_called_input(make_cnn):
    assert open_backend(make_cnn(), input_shape=(2, 36, 36)).inputs() == {"input": (2, 36, 36)}


def test_the_one_unnamed_input_can_be_given_by_that_name(make_cnn, images):
    backend = open_backend(make_cnn(), input_shape=(2, 36, 36))
    bare, named = backend.record(images, "2", Target()), backend.record({"input": images}, "2", Target())
    np.testing.assert_array_equal(named.gradients, bare.gradients)
    np.testing.assert_array_equal(
        backend.activations({"input": images}, ["2"])["2"], backend.activations(images, ["2"])["2"]
    )


def test_xla_is_refused(make_cnn):
    with pytest.raises(ValueError, match=r"XLA compiles Keras models only"):
        open_backend(make_cnn(), xla=True)


def test_the_input_shape_is_learnt_from_the_first_batch(make_cnn, images):
    backend = open_backend(make_cnn())
    with pytest.raises(ValueError, match=r"shape of the network's input is not known; give input_shape"):
        backend.layers()
    backend.predict(images)
    assert automatic_layer(backend) == "2"


def test_a_first_batch_that_does_not_fit_is_an_error_that_names_both_shapes(make_cnn, images):
    backend = open_backend(make_cnn())
    with pytest.raises(
        ValueError, match=r"inputs of shape \(1, 3, 36, 36\), expected \(N, 2, height, width\)"
    ):
        backend.predict(np.zeros((1, 3, 36, 36), dtype=np.float32))
    assert backend.predict(images)["output"].shape == (5, 4)


def test_a_head_that_does_not_depend_on_the_layer_is_an_error(torch, make_cnn, images):
    class Two(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.actor, self.critic = make_cnn(0), make_cnn(1)

        def forward(self, x):
            return {"logits": self.actor(x), "value": self.critic(x)}

    with pytest.raises(ValueError, match=r"head 'value' does not depend on layer 'actor.2'"):
        open_backend(Two()).record(images, "actor.2", Target.value())


def test_a_forward_without_gradients_is_an_error(torch, make_cnn, images):
    class Deaf(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make_cnn()

        def forward(self, x):
            with torch.no_grad():
                return self.net(x).detach()

    with pytest.raises(ValueError, match=r"head 'output' does not depend on layer 'net.2'"):
        open_backend(Deaf()).record(images, "net.2", Target())


def test_an_output_that_is_no_tensor_is_an_error(torch, make_cnn, images):
    class Pair(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make_cnn()

        def forward(self, x):
            return self.net(x), None

    with pytest.raises(TypeError, match=r"output 'output' is a tuple; its forward must return a tensor"):
        open_backend(Pair()).predict(images)


def test_a_network_without_convolutions_is_an_error_that_lists_its_layers(torch):
    model = torch.nn.Sequential(
        torch.nn.Flatten(), torch.nn.Linear(64, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2)
    )
    with pytest.raises(ValueError, match=r"has only: 1 \(dense\), 3 \(dense\)"):
        CamExtractor(open_backend(model, input_shape=(1, 8, 8)))


def test_the_automatic_layer_prefers_a_grid_to_a_single_cell(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Conv2d(2, 3, 6), nn.Flatten())
    assert automatic_layer(open_backend(model, input_shape=(1, 8, 8))) == "0"


def test_a_layer_of_one_cell_has_a_map_of_one_cell(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Conv2d(1, 4, 8), nn.ReLU(), nn.Flatten(), nn.Linear(4, 2))
    backend = open_backend(model, input_shape=(1, 8, 8))
    batch = np.random.default_rng(0).random((3, 1, 8, 8), dtype=np.float32)
    assert CamExtractor(backend)(batch, Target()).maps.shape == (3, 1, 1)


def test_every_batch_of_copies_in_two_threads_gives_what_one_thread_gives(make_cnn, images):
    expected = grad_cam(open_backend(make_cnn()).record(images, "2", Target()))
    found = []

    def work(backend):
        found.extend(grad_cam(backend.record(images, "2", Target())) for _ in range(10))

    backends = [open_backend(make_cnn()) for _ in range(2)]
    threads = [threading.Thread(target=work, args=(backend,)) for backend in backends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert all(np.allclose(one, expected, rtol=1e-5) for one in found)


def test_randomizing_leaves_the_global_random_state_alone(torch, make_cnn):
    model = make_cnn()
    before = torch.random.get_rng_state()
    open_backend(model, input_shape=(2, 36, 36)).randomized("0", seed=3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_randomized_weights_have_the_default_uniform_distribution(torch, make_cnn):
    backend = open_backend(make_cnn(), input_shape=(2, 36, 36)).randomized("0", seed=0)
    weights = backend.weights("5")  # 288 inputs
    assert np.abs(weights).max() <= 288**-0.5
    np.testing.assert_allclose(weights.std(), 288**-0.5 / 3**0.5, rtol=0.05)


def test_randomizing_resets_normalisations(torch):
    model = network(torch, "norm module")
    random: Any = open_backend(model, input_shape=(1, 8, 8)).randomized("conv", seed=0)
    drawn = random._network.model
    assert drawn.norm.running_mean.abs().sum() == 0
    assert model.norm.running_mean.abs().sum() > 0


def test_a_device_that_is_not_there_is_an_error(torch, make_cnn):
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(ValueError, match=r"device 'cuda' was asked for, but there is no CUDA device"):
        open_backend(make_cnn(), device="cuda")


def test_a_model_of_no_known_framework_is_an_error():
    with pytest.raises(TypeError, match=r"cannot open a model of type dict"):
        open_backend({})
