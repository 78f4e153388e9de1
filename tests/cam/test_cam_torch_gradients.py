"""Gradients to the image in PyTorch: what is computed, what is cut, and what is left as it was."""

import copy

import numpy as np
import pytest
from rlviz_cam import Objective, open_backend

pytestmark = pytest.mark.torch
SHAPE = (2, 9, 8)


@pytest.fixture
def batch():
    return np.random.default_rng(1).standard_normal((4, *SHAPE)).astype(np.float32)


@pytest.fixture
def seeded(torch):
    """Build modules with decided weights; normalisations get statistics of their own."""

    def build(make):
        with torch.random.fork_rng():
            torch.manual_seed(0)
            model = make(torch.nn)
            for module in model.modules():
                if getattr(module, "running_mean", None) is not None:
                    module.running_mean.uniform_(-0.5, 0.5)
                    module.running_var.uniform_(0.5, 2)
                    torch.nn.init.uniform_(module.weight, 0.5, 2)
        return model

    return build


@pytest.fixture
def plainly(torch):
    """Compute scores and gradients by plain autograd, the activations in full."""

    def compute(model, activations, batch, objective, leak=0.0, fed=None):
        model = copy.deepcopy(model).eval()
        image = torch.from_numpy(batch).double().requires_grad_()
        model = model.double()

        def mean(values):
            return values[:, list(objective.channels)].flatten(2).mean(2)

        weights = torch.from_numpy(objective.weights).double()
        values = activations(model, image)
        values = values if values.ndim > 2 else values[..., None]
        scores = (weights * mean(values)).sum(1)
        raised = scores.sum()
        if leak and fed is not None:
            raised = raised + leak * (weights * mean(fed(model, image).clamp(max=0))).sum()
        (gradient,) = torch.autograd.grad(raised, image)
        return scores.detach().numpy(), gradient.numpy()

    return compute


def near(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5 * np.abs(expected).max())


def small(nn):
    return nn.Sequential(
        nn.Conv2d(2, 6, 3), nn.ReLU(), nn.Conv2d(6, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(8 * 5 * 4, 3)
    )


def opened(model):
    return open_backend(model, input_shape=SHAPE)


# ---------------------------------------------------------------- what follows the layer


BETWEEN = {
    "a module": lambda nn: (nn.Conv2d(2, 6, 3), nn.ReLU()),
    "an in-place module": lambda nn: (nn.Conv2d(2, 6, 3), nn.ReLU(inplace=True)),
    "a batch normalisation": lambda nn: (nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.ReLU(inplace=True)),
    "an instance normalisation": lambda nn: (nn.Conv2d(2, 6, 3), nn.InstanceNorm2d(6), nn.ELU()),
    "a normalisation over channels": lambda nn: (nn.Conv2d(2, 6, 3), nn.GroupNorm(2, 6), nn.Tanh()),
    "a dropout": lambda nn: (nn.Conv2d(2, 6, 3), nn.Dropout2d(0.5), nn.LeakyReLU(0.1)),
    "a slope per channel": lambda nn: (nn.Conv2d(2, 6, 3), nn.PReLU(6)),
    "a sigmoid": lambda nn: (nn.Conv2d(2, 6, 3), nn.Sigmoid()),
}


@pytest.mark.parametrize("kind", BETWEEN)
@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_whatever_stands_between_a_layer_and_its_nonlinearity_is_gone_through(
    seeded, plainly, batch, kind, leak
):
    model = seeded(lambda nn: nn.Sequential(*BETWEEN[kind](nn)))
    backend = opened(model)
    assert backend.layer("0").taken_after == str(len(model) - 1)
    objective = Objective.of_channels("0", [5, 1, 1, 2])
    found = backend.input_gradients(batch, objective, leak=leak)
    scores, gradients = plainly(model, lambda m, x: m(x), batch, objective, leak, lambda m, x: m[:-1](x))
    near(found.scores, scores)
    near(found.gradients, gradients)
    means = backend.activations(batch, ["0"])["0"].mean(axis=(2, 3))
    near(found.scores, means[range(4), [5, 1, 1, 2]])


@pytest.mark.parametrize("inplace", [False, True])
@pytest.mark.parametrize("leak", [0.0, 0.3])
def test_a_nonlinearity_that_is_called_as_a_function_is_gone_through(
    torch, seeded, plainly, batch, inplace, leak
):
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = torch.nn.Conv2d(2, 6, 3), torch.nn.BatchNorm2d(6)

        def forward(self, x):
            return torch.nn.functional.relu(self.norm(self.conv(x)), inplace=inplace)

    model = seeded(lambda _: Network())
    backend = opened(model)
    assert backend.layer("conv").taken_after == "relu()"
    objective = Objective.of_channels("conv", [5, 1, 1, 2])
    found = backend.input_gradients(batch, objective, leak=leak)
    scores, gradients = plainly(
        model, lambda m, x: m(x), batch, objective, leak, lambda m, x: m.norm(m.conv(x))
    )
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_a_layer_without_a_nonlinearity_is_taken_as_it_is(seeded, plainly, batch):
    model = seeded(lambda nn: nn.Sequential(nn.Conv2d(2, 6, 3), nn.MaxPool2d(2), nn.ReLU()))
    objective = Objective.of_channels("0", [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective, leak=0.3)
    scores, gradients = plainly(model, lambda m, x: m[0](x), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


@pytest.mark.parametrize("after", ["Dropout", "Identity"])
def test_what_lets_the_activations_pass_is_not_their_nonlinearity(torch, seeded, batch, after):
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            nn = torch.nn
            self.first, self.relu, self.second = nn.Conv2d(2, 6, 3), nn.ReLU(), nn.Conv2d(6, 6, 1)
            self.one, self.other = getattr(nn, after)(), getattr(nn, after)()

        def forward(self, x):
            return self.other(torch.relu(self.second(self.one(self.relu(self.first(x))))))

    backend = opened(seeded(lambda _: Network()))
    assert [info.taken_after for info in backend.layers()] == ["relu", "relu()"]
    found = backend.input_gradients(batch, Objective.of_channels("second", [0, 1, 2, 0]), leak=0.3)
    assert found.gradients.any()


@pytest.mark.parametrize("layer", ["block", "block.2", "block.1"])
def test_blocks_and_layers_that_are_no_convolutions_stand_for_their_output(seeded, plainly, batch, layer):
    def make(nn):
        model = nn.Sequential()
        model.add_module("block", nn.Sequential(nn.Conv2d(2, 6, 3), nn.BatchNorm2d(6), nn.ReLU()))
        model.add_module("after", nn.Conv2d(6, 2, 3))
        return model

    model = seeded(make)
    objective = Objective.of_channels(layer, [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective, leak=0.3)
    last = 2 if layer == "block.1" else 3
    leak = 0 if layer == "block.1" else 0.3
    scores, gradients = plainly(
        model, lambda m, x: m.block[:last](x), batch, objective, leak, lambda m, x: m.block[:2](x)
    )
    near(found.scores, scores)
    near(found.gradients, gradients)


def residual(torch, inplace):
    class Residual(torch.nn.Module):
        def __init__(self):
            super().__init__()
            nn = torch.nn
            self.first, self.second, self.relu = nn.Conv2d(2, 6, 3), nn.Conv2d(6, 6, 1), nn.ReLU()

        def forward(self, x):
            before = self.first(x)
            after = self.second(before)
            if inplace:
                after += before
            else:
                after = after + before
            return self.relu(after)

    return Residual()


@pytest.mark.parametrize("inplace", [False, True])
def test_a_nonlinearity_after_a_sum_is_not_the_layers_own(torch, seeded, plainly, batch, inplace):
    model = seeded(lambda _: residual(torch, inplace))
    backend = opened(model)
    assert backend.layer("second").taken_after is None
    objective = Objective.of_channels("second", [5, 1, 1, 2])
    found = backend.input_gradients(batch, objective, leak=0.3)
    scores, gradients = plainly(model, lambda m, x: m.second(m.first(x)), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


@pytest.mark.parametrize("inplace", [False, True])
def test_the_nonlinearity_after_a_sum_has_a_leak_of_its_own(torch, seeded, plainly, batch, inplace):
    model = seeded(lambda _: residual(torch, inplace))
    objective = Objective.of_channels("relu", [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective, leak=0.3)

    def summed(m, x):
        return m.second(m.first(x)) + m.first(x)

    scores, gradients = plainly(model, lambda m, x: m(x), batch, objective, 0.3, summed)
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_a_layer_whose_output_goes_two_ways_is_differentiated(torch, seeded, plainly, batch):
    class Gated(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.gate, self.relu = (
                torch.nn.Conv2d(2, 6, 3),
                torch.nn.Conv2d(6, 6, 1),
                torch.nn.ReLU(),
            )

        def forward(self, x):
            made = self.conv(x)
            gate = self.gate(made)
            return self.relu(made) * gate

    model = seeded(lambda _: Gated())
    objective = Objective.of_channels("conv", [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective)
    scores, gradients = plainly(model, lambda m, x: m.relu(m.conv(x)), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_one_nonlinearity_after_several_layers_is_told_apart(torch, seeded, plainly, batch):
    class Shared(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.second, self.relu = (
                torch.nn.Conv2d(2, 6, 3),
                torch.nn.Conv2d(6, 6, 3),
                torch.nn.ReLU(),
            )

        def forward(self, x):
            return self.relu(self.second(self.relu(self.first(x))))

    model = seeded(lambda _: Shared())
    backend = opened(model)
    for layer, activations in (
        ("first", lambda m, x: m.relu(m.first(x))),
        ("second", lambda m, x: m(x)),
    ):
        objective = Objective.of_channels(layer, [5, 1, 1, 2])
        found = backend.input_gradients(batch, objective)
        scores, gradients = plainly(model, activations, batch, objective)
        near(found.scores, scores)
        near(found.gradients, gradients)
    with pytest.raises(ValueError, match=r"layer 'relu' is used 2 times in one pass; choose a layer that is"):
        backend.input_gradients(batch, Objective.of_channels("relu", [0] * 4))
    with pytest.raises(ValueError, match=r"layer 'relu' is used 2 times in one pass; choose a layer that is"):
        backend.is_resizable("relu")


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
def test_of_a_block_that_ends_in_a_softmax_the_scores_before_it_are_taken(seeded, plainly, batch, kind):
    def make(nn):
        head = nn.Sequential(nn.Linear(6 * 7 * 6, 3), getattr(nn, kind)(dim=1))
        return nn.Sequential(nn.Conv2d(2, 6, 3), nn.ReLU(), nn.Flatten(), head)

    model = seeded(make)
    objective = Objective.of_channels("3", [2, 1, 1, 0])
    found = opened(model).input_gradients(batch, objective, leak=0.3)
    scores, gradients = plainly(model, lambda m, x: m[3][0](m[:3](x)), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


# ---------------------------------------------------------------- the layer, cut down


@pytest.fixture
def computed(torch, monkeypatch):
    """Numbers of channels that convolutions and dense layers compute, in order."""
    found = []
    for name, axis in (("conv1d", 0), ("conv2d", 0), ("conv3d", 0), ("conv_transpose2d", 1), ("linear", 0)):
        original = getattr(torch.nn.functional, name)

        def spy(given, weight, *args, original=original, axis=axis, **kwargs):
            found.append(weight.shape[axis] * (args[4] if axis else 1))  # of each group
            return original(given, weight, *args, **kwargs)

        monkeypatch.setattr(torch.nn.functional, name, spy)
    return found


LAYERS = {
    "plain": (lambda nn: nn.Conv2d(2, 6, 3), 3),
    "strided, dilated, without bias": (lambda nn: nn.Conv2d(2, 6, 2, 2, 1, 2, bias=False), 3),
    "same padding": (lambda nn: nn.Conv2d(2, 6, (3, 5), padding="same"), 3),
    "reflecting": (lambda nn: nn.Conv2d(2, 6, 3, padding=(1, 2), padding_mode="reflect"), 3),
    "grouped": (lambda nn: nn.Conv2d(2, 6, 3, groups=2), 4),
    "depthwise": (lambda nn: nn.Conv2d(2, 2, 3, groups=2), 2),
    "transposed": (lambda nn: nn.ConvTranspose2d(2, 6, 3, stride=2, output_padding=1), 3),
    "transposed, grouped": (lambda nn: nn.ConvTranspose2d(2, 6, 3, groups=2), 4),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_of_a_convolution_only_the_wanted_channels_are_computed(seeded, plainly, batch, computed, kind):
    make, count = LAYERS[kind]
    model = seeded(lambda nn: nn.Sequential(make(nn), nn.ReLU(), nn.Conv2d(make(nn).out_channels, 1, 1)))
    channels = [1, 0, 1, 1] if kind == "depthwise" else [1, 0, 1, 4]
    backend = opened(model)
    backend.layers()
    computed.clear()
    objective = Objective.of_channels("0", channels)
    found = backend.input_gradients(batch, objective)
    assert computed == [count]
    scores, gradients = plainly(model, lambda m, x: m[:2](x), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_of_the_groups_that_hold_no_wanted_channel_nothing_is_computed(seeded, plainly, computed):
    shape = (8, 5, 5)
    batch = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
    model = seeded(lambda nn: nn.Sequential(nn.Conv2d(8, 16, 3, groups=8), nn.ReLU()))
    backend = open_backend(model, input_shape=shape)
    backend.layers()
    computed.clear()
    objective = Objective.of_channels("0", [14, 3])
    found = backend.input_gradients(batch, objective)
    assert computed == [2]
    near(found.gradients, plainly(model, lambda m, x: m(x), batch, objective)[1])
    assert not found.gradients[0, :7].any()


def test_of_a_dense_layer_only_the_wanted_units_are_computed(seeded, plainly, batch, computed):
    model = seeded(lambda nn: nn.Sequential(nn.Flatten(), nn.Linear(144, 20), nn.ReLU(), nn.Linear(20, 3)))
    backend = opened(model)
    backend.layers()
    computed.clear()
    objective = Objective.of_channels("1", [19, 0, 7, 7])
    found = backend.input_gradients(batch, objective)
    assert computed == [3]
    near(found.gradients, plainly(model, lambda m, x: m[:3](x), batch, objective)[1])


def test_layers_below_are_computed_in_full(seeded, batch, computed):
    backend = opened(seeded(small))
    backend.layers()
    computed.clear()
    backend.input_gradients(batch, Objective.of_channels("2", [7, 0, 3, 3]))
    assert computed == [6, 3]


@pytest.mark.parametrize(
    ("name", "sizes"), [("Conv1d", (2, 9)), ("Conv3d", (2, 4, 6, 5))], ids=["over a row", "over a volume"]
)
def test_convolutions_of_one_and_three_axes_are_cut_too(seeded, plainly, computed, name, sizes):
    batch = np.random.default_rng(0).standard_normal((2, *sizes)).astype(np.float32)
    model = seeded(lambda nn: nn.Sequential(getattr(nn, name)(2, 6, 3), nn.ReLU()))
    backend = open_backend(model, input_shape=sizes)
    backend.layers()
    computed.clear()
    objective = Objective.of_channels("0", [5, 2])
    found = backend.input_gradients(batch, objective)
    assert computed == [2]
    scores, gradients = plainly(model, lambda m, x: m(x), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_a_dense_layer_over_several_places_has_its_units_last(seeded, plainly):
    batch = np.random.default_rng(0).standard_normal((2, 5, 7)).astype(np.float32)
    model = seeded(lambda nn: nn.Sequential(nn.Linear(7, 4), nn.ReLU()))
    objective = Objective.of_channels("0", [3, 1])
    found = open_backend(model, input_shape=(5, 7)).input_gradients(batch, objective)
    scores, gradients = plainly(model, lambda m, x: m(x).transpose(1, 2), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_weights_that_a_hook_makes_are_cut(torch, seeded, plainly, batch):
    with pytest.warns(FutureWarning):
        model = seeded(lambda nn: nn.Sequential(torch.nn.utils.weight_norm(nn.Conv2d(2, 6, 3)), nn.ReLU()))
    objective = Objective.of_channels("0", [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective)
    with torch.no_grad():
        plain = torch.nn.Sequential(torch.nn.Conv2d(2, 6, 3), torch.nn.ReLU())
        plain[0].weight.copy_(model[0].weight)
        plain[0].bias.copy_(model[0].bias)
    near(found.gradients, plainly(plain, lambda m, x: m(x), batch, objective)[1])


@pytest.mark.parametrize("channels", [[5, 1, 1, 2], [3, 3, 3, 3]])
def test_a_hook_of_the_users_own_is_heeded(torch, seeded, plainly, batch, channels):
    model = seeded(lambda nn: nn.Sequential(nn.Conv2d(2, 6, 3), nn.ReLU()))
    mask = torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])[:, None, None]
    model[0].register_forward_hook(lambda _module, _given, output: output * mask.to(output))
    objective = Objective.of_channels("0", channels)
    found = opened(model).input_gradients(batch, objective)
    scores, gradients = plainly(model, lambda m, x: m(x), batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)


def test_a_layer_whose_forward_was_replaced_is_not_cut(torch, seeded, plainly, batch):
    model = seeded(lambda nn: nn.Sequential(nn.Conv2d(2, 6, 3), nn.ReLU()))
    own = model[0].forward
    model[0].forward = lambda given: 2 * own(given)
    objective = Objective.of_channels("0", [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective)
    near(found.gradients, 2 * plainly(model, lambda m, x: torch.relu(own(x.float())), batch, objective)[1])
    assert "forward" in vars(model[0])


# ---------------------------------------------------------------- what is not computed


@pytest.mark.parametrize("layer", ["0", "1", "2", "3", "5"])
def test_nothing_above_the_layer_is_called(torch, seeded, batch, layer):
    class Trap(torch.nn.Module):
        armed = False

        def forward(self, x):
            assert not self.armed
            return x

    model = seeded(lambda nn: nn.Sequential(small(nn), Trap()))
    backend = opened(model)
    backend.layers()
    model[1].armed = True
    found = backend.input_gradients(batch, Objective.of_channels(f"0.{layer}", [0, 1, 2, 0]), leak=0.1)
    assert found.gradients.any()
    assert backend.activations(batch, [f"0.{layer}"])[f"0.{layer}"].any()
    assert backend.activations(batch, ["0.0", "0.3", "0.2"]).keys() == {"0.0", "0.3", "0.2"}


def test_the_networks_own_except_does_not_catch_the_end_of_the_pass(torch, seeded, batch):
    class Careful(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = small(torch.nn)

        def forward(self, x):
            try:
                return self.net(x)
            except Exception as error:
                raise AssertionError from error

    found = opened(seeded(lambda _: Careful())).input_gradients(
        batch, Objective.of_channels("net.0", [0] * 4)
    )
    assert found.gradients.any()


def test_no_gradient_of_a_weight_is_computed(seeded, batch):
    model = seeded(small)
    reached = []
    for parameter in model.parameters():
        parameter.register_hook(reached.append)
    opened(model).input_gradients(batch, Objective.of_channels("5", [0, 1, 2, 0]))
    assert reached == []
    assert [parameter.grad for parameter in model.parameters()] == [None] * 6


def test_nothing_is_kept_for_gradients_of_weights(torch, seeded, batch):
    model = seeded(lambda nn: nn.Sequential(nn.Flatten(), nn.Linear(144, 20), nn.Linear(20, 3)))
    backend = opened(model)
    backend.layers()
    kept = []

    def keep(tensor):
        kept.append(tuple(tensor.shape))
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        backend.input_gradients(batch, Objective.of_channels("2", [0, 1, 2, 0]))
        assert (4, 20) not in kept  # what the last layer is given is for its weights' gradient
        model(torch.from_numpy(batch))
        assert (4, 20) in kept


# ---------------------------------------------------------------- the model, left as it was


def state(model):
    return (
        [module.training for module in model.modules()],
        [(parameter.requires_grad, parameter.grad) for parameter in model.parameters()],
        [len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()],
        [sorted(vars(module)) for module in model.modules()],
        [id(parameter) for parameter in model.parameters()],
        [parameter.detach().clone().numpy().tolist() for parameter in model.parameters()],
    )


@pytest.mark.parametrize("layer", ["0", "2", "3", "5"])
@pytest.mark.parametrize("cell", [None, (99, 0)])
def test_the_model_is_left_as_found(torch, seeded, batch, layer, cell):
    model = seeded(small)
    model.train()
    model[3].eval()
    next(model.parameters()).requires_grad_(False)
    backend = opened(model)
    before = state(model)
    try:
        backend.input_gradients(batch, Objective.of_channels(layer, [0, 1, 2, 0], cell=cell), leak=0.1)
    except ValueError:
        assert cell is not None
    backend.is_resizable(layer)
    assert state(model) == before
    assert torch.is_grad_enabled()


def test_the_model_is_left_as_found_when_its_forward_raises(seeded, batch):
    class Trap(Exception):
        pass

    def spring(*_):
        raise Trap

    model = seeded(small)
    model.train()
    backend = opened(model)
    backend.layers()
    before = state(model)
    with model[0].register_forward_hook(spring), pytest.raises(Trap):
        backend.input_gradients(batch, Objective.of_channels("2", [0] * 4))
    assert state(model) == before


def test_frozen_weights_are_no_hindrance(seeded, plainly, batch):
    model = seeded(small).requires_grad_(False)
    objective = Objective.of_channels("2", [5, 1, 1, 2])
    found = opened(model).input_gradients(batch, objective)
    near(found.gradients, plainly(model, lambda m, x: m[:4](x), batch, objective)[1])


@pytest.mark.parametrize("mode", ["no_grad", "inference_mode"])
def test_the_callers_gradients_may_be_off(torch, seeded, batch, mode):
    backend = opened(seeded(small))
    objective = Objective.of_channels("2", [5, 1, 1, 2])
    with getattr(torch, mode)():
        found = backend.input_gradients(batch, objective, leak=0.1)
        assert not torch.is_grad_enabled()
    again = backend.input_gradients(batch, objective, leak=0.1)
    np.testing.assert_array_equal(found.gradients, again.gradients)


def test_gradients_that_the_user_gathered_stay(torch, seeded, batch):
    model = seeded(small)
    model(torch.from_numpy(batch)).sum().backward()
    before = [parameter.grad.clone() for parameter in model.parameters()]
    opened(model).input_gradients(batch, Objective.of_channels("2", [0] * 4))
    assert all(torch.equal(one, other.grad) for one, other in zip(before, model.parameters(), strict=True))


# ---------------------------------------------------------------- inputs


def test_a_network_that_writes_into_its_input_is_differentiated(torch, seeded, plainly, batch):
    class Scaling(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(2, 6, 3)

        def forward(self, x):
            x *= 2
            return self.conv(x)

    model = seeded(lambda _: Scaling())
    backend = opened(model)
    before = batch.copy()
    objective = Objective.of_channels("conv", [5, 1, 1, 2])
    found = backend.input_gradients(batch, objective)
    near(found.gradients, plainly(model, lambda m, x: m.conv(2 * x), batch, objective)[1])
    backend.predict(batch)
    backend.activations(batch, ["conv"])
    np.testing.assert_array_equal(batch, before)


def test_of_several_inputs_the_image_is_differentiated(torch, seeded, plainly, batch):
    class Named(torch.nn.Module):
        input_shape = {"speed": (6,), "camera": SHAPE}  # noqa: RUF012

        def __init__(self):
            super().__init__()
            self.conv, self.fast, self.both = torch.nn.Conv2d(2, 6, 3), torch.nn.Linear(6, 6), torch.nn.ReLU()

        def forward(self, given):
            return self.both(self.conv(given["camera"] / 255) * self.fast(given["speed"])[:, :, None, None])

    model = seeded(lambda _: Named())
    frames = np.random.default_rng(0).integers(0, 256, (4, *SHAPE), dtype=np.uint8)
    speeds = np.random.default_rng(1).random((4, 6), dtype=np.float32)
    backend = open_backend(model)
    given = {"camera": frames, "speed": speeds}
    objective = Objective.of_channels("both", [5, 1, 1, 2])
    found = backend.input_gradients(given, objective)

    def activations(m, x):
        return m({"camera": x, "speed": torch.from_numpy(speeds).to(x)})

    scores, gradients = plainly(model, activations, frames, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)
    with pytest.raises(
        ValueError, match=r"layer 'fast' does not depend on the image; choose one that is comp"
    ):
        backend.input_gradients(given, Objective.of_channels("fast", [0] * 4))


def test_a_forward_without_gradients_is_an_error(torch, seeded, batch):
    class Deaf(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.net = small(torch.nn)

        def forward(self, x):
            with torch.no_grad():
                return self.net(x)

    with pytest.raises(ValueError, match=r"layer 'net.2' does not depend on the image"):
        opened(seeded(lambda _: Deaf())).input_gradients(batch, Objective.of_channels("net.2", [0] * 4))


def test_a_network_of_vectors_is_differentiated_and_cannot_be_resized(seeded, plainly):
    batch = np.random.default_rng(0).standard_normal((3, 5)).astype(np.float32)
    model = seeded(lambda nn: nn.Sequential(nn.Linear(5, 4), nn.Tanh(), nn.Linear(4, 2)))
    backend = open_backend(model, input_shape=(5,))
    objective = Objective.of_channels("0", [3, 0, 0])
    found = backend.input_gradients(batch, objective)
    near(found.gradients, plainly(model, lambda m, x: m[:2](x), batch, objective)[1])
    assert not backend.is_resizable("0")


@pytest.mark.parametrize("first", ["samples", "steps"])
def test_a_layer_of_several_rows_per_sample_is_averaged_over_its_own_rows(torch, seeded, plainly, first):
    class OverTime(torch.nn.Module):
        input_shape = (3, 2, 9, 8)

        def __init__(self):
            super().__init__()
            self.conv, self.relu = torch.nn.Conv2d(2, 6, 3), torch.nn.ReLU()

        def forward(self, x):
            frames = (x if first == "samples" else x.transpose(0, 1)).flatten(0, 1)
            grid = self.relu(self.conv(frames))
            return grid.unflatten(0, (len(x), 3) if first == "samples" else (3, len(x)))

    model = seeded(lambda _: OverTime())
    backend = open_backend(model)
    batch = np.random.default_rng(0).standard_normal((4, 3, 2, 9, 8)).astype(np.float32)
    objective = Objective.of_channels("conv", [5, 1, 1, 2])
    found = backend.input_gradients(batch, objective)

    def activations(m, x):
        grid = m(x)
        return grid.transpose(1, 2) if first == "samples" else grid.permute(1, 2, 0, 3, 4)

    scores, gradients = plainly(model, activations, batch, objective)
    near(found.scores, scores)
    near(found.gradients, gradients)
    assert backend.is_resizable("conv")


def test_an_output_that_does_not_tell_its_channels_is_an_error(seeded):
    model = seeded(lambda nn: nn.Sequential(nn.Conv1d(2, 6, 3), nn.ReLU()))
    backend = open_backend(model, input_shape=(2, 9))
    with pytest.raises(ValueError, match=r"layer '1' returns \(6, 7\) for an image, .* choose a convolution"):
        backend.input_gradients(np.zeros((1, 2, 9), dtype=np.float32), Objective.of_channels("1", [0]))


# ---------------------------------------------------------------- images of another size


def test_behind_an_adaptive_pooling_a_dense_layer_takes_every_size(seeded, plainly):
    model = seeded(
        lambda nn: nn.Sequential(
            nn.Conv2d(2, 6, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(24, 3)
        )
    )
    backend = opened(model)
    assert backend.is_resizable("4")
    larger = np.random.default_rng(0).standard_normal((2, 2, 13, 20)).astype(np.float32)
    objective = Objective.of_channels("4", [2, 0])
    near(
        backend.input_gradients(larger, objective).gradients,
        plainly(model, lambda m, x: m(x), larger, objective)[1],
    )


def test_a_reshape_to_a_fixed_length_does_not_take_larger_images_for_more_samples(torch, seeded):
    class Fixed(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.pool, self.dense = torch.nn.MaxPool2d(3, 2, 1), torch.nn.Linear(2 * 5 * 4, 3)

        def forward(self, x):
            return self.dense(self.pool(x).view(-1, 2 * 5 * 4))

    backend = open_backend(seeded(lambda _: Fixed()), input_shape=(2, 10, 8))
    assert not backend.is_resizable("dense")
    with pytest.raises(ValueError, match=r"shape \(2, 20, 16\), but the network expects \(2, 10, 8\)"):
        backend.input_gradients(np.zeros((1, 2, 20, 16), np.float32), Objective.of_channels("dense", [0]))


def test_a_network_that_insists_on_its_size_is_not_resizable(torch, seeded):
    class Strict(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(2, 6, 3)

        def forward(self, x):
            assert x.shape[2:] == (9, 8)
            return self.conv(x)

    assert not opened(seeded(lambda _: Strict())).is_resizable("conv")


def test_another_size_is_tried_once_per_layer(seeded, computed):
    backend = opened(seeded(small))
    backend.layers()
    computed.clear()
    assert [backend.is_resizable("0") for _ in range(3)] == [True] * 3
    assert computed == [6]


def test_in_several_images_none_can_have_another_size(torch, seeded, batch):
    class Two(torch.nn.Module):
        input_shape = {"left": SHAPE, "right": SHAPE}  # noqa: RUF012

        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(2, 6, 3)

        def forward(self, given):
            return self.conv(given["left"] + given["right"])

    backend = open_backend(seeded(lambda _: Two()))
    given = {"left": batch, "right": batch[:, :, 1:]}
    with pytest.raises(ValueError, match=r"each sample has shape .*, but the network expects"):
        backend.predict(given)
    both = {"left": batch, "right": batch}
    assert backend.activations(both, ["conv"])["conv"].shape == (4, 6, 7, 6)
    with pytest.raises(ValueError, match=r"the network takes 2 images \(C, H, W\), expected one"):
        backend.input_gradients(both, Objective.of_channels("conv", [0] * 4))


# ---------------------------------------------------------------- large batches


@pytest.mark.parametrize("call", ["input_gradients", "activations"])
def test_a_batch_whose_tensors_would_be_large_is_cut(seeded, computed, call):
    shape = (1, 256, 256)  # 64 channels of it are 16 MB
    model = seeded(lambda nn: nn.Sequential(nn.Conv2d(1, 64, 1), nn.ReLU(), nn.Conv2d(64, 2, 3)))
    backend = open_backend(model, device="cpu", input_shape=shape)
    batch = np.random.default_rng(0).standard_normal((3, *shape)).astype(np.float32)
    backend.layers()
    computed.clear()
    if call == "activations":
        found = backend.activations(batch, ["0"])["0"]
        assert computed == [64] * 3
        np.testing.assert_array_equal(found[1:2], backend.activations(batch[1:2], ["0"])["0"])
        return
    objective = Objective.of_channels("2", [1, 0, 1])
    found = backend.input_gradients(batch, objective)
    assert computed == [64, 1, 64, 1, 64, 1]
    alone = backend.input_gradients(batch[1:2], objective.part(1, 2))
    np.testing.assert_array_equal(found.gradients[1], alone.gradients[0])
    assert found.scores[1] == alone.scores[0]


def test_a_batch_whose_tensors_are_small_is_one_pass(seeded, computed):
    backend = opened(seeded(small))
    backend.layers()
    computed.clear()
    backend.input_gradients(np.zeros((64, *SHAPE), np.float32), Objective.of_channels("0", [0] * 64))
    assert computed == [1]


# ---------------------------------------------------------------- a trained agent


@pytest.mark.shared
def test_the_agents_convolutions_are_differentiated_by_its_frames(torch, trained_dqn, plainly):
    model, observations = trained_dqn
    frames = observations[8:11]
    backend = open_backend(model)

    for number, channels in ((0, (31, 2, 2)), (2, (0, 63, 5)), (4, (40, 41, 1))):
        objective = Objective.of_channels(f"features_extractor.cnn.{number}", channels)

        def activations(m, x, number=number):
            return m.features_extractor.cnn[: number + 2](x / 255)

        scores, gradients = plainly(model, activations, frames, objective)
        found = backend.input_gradients(frames, objective)
        near(found.scores, scores)
        near(found.gradients, gradients)
        assert backend.is_resizable(objective.layer)
    assert not backend.is_resizable("features_extractor.linear.0")
