"""Receptive fields: analytic, and checked by gradients."""

import numpy as np
import pytest
from rlviz_cam import Box, CamExtractor, ReceptiveField, Target, WindowOp, open_backend, receptive_field


def nature_windows():
    return (WindowOp((8, 8), (4, 4)), WindowOp((4, 4), (2, 2)), WindowOp((3, 3)))


def test_nature_cnns_last_grid_sees_36_pixels_every_8():
    field = ReceptiveField.from_windows(nature_windows(), cells=(7, 7), pixels=(84, 84))
    assert (field.size, field.jump, field.start) == ((36, 36), (8, 8), (17.5, 17.5))


def test_no_window_at_all_is_the_pixel_itself():
    field = ReceptiveField.from_windows((), cells=(3, 3), pixels=(3, 3))
    assert (field.size, field.jump, field.start) == ((1, 1), (1, 1), (0, 0))


def test_dilation_widens_the_field():
    field = ReceptiveField.from_windows((WindowOp((3, 3), dilation=(4, 2)),), cells=(1, 1), pixels=(9, 9))
    assert field.size == (9, 5)


def test_padding_moves_the_first_field_outwards():
    field = ReceptiveField.from_windows((WindowOp((3, 3), padding=(1, 1)),), cells=(5, 5), pixels=(5, 5))
    assert field.start == (0, 0)
    assert field.box((0, 0)) == Box(0, 0, 2, 2)


def test_the_last_cell_of_nature_cnn_ends_at_the_border():
    field = ReceptiveField.from_windows(nature_windows(), cells=(7, 7), pixels=(84, 84))
    assert field.box((6, 0)) == Box(48, 0, 84, 36)


def test_a_field_contains_a_box_only_when_wholly_inside():
    field = ReceptiveField.from_windows(nature_windows(), cells=(7, 7), pixels=(84, 84))
    assert field.contains((0, 0), Box(0, 0, 36, 36))
    assert not field.contains((0, 0), Box(0, 0, 37, 36))


def test_a_cell_that_is_not_there_is_an_error():
    field = ReceptiveField.from_windows(nature_windows(), cells=(7, 7), pixels=(84, 84))
    with pytest.raises(ValueError, match=r"no cell \(7, 0\): the grid has 7 x 7 cells"):
        field.box((7, 0))


def networks(torch):
    nn = torch.nn

    class Skip(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Conv2d(1, 3, 3, padding=1)
            self.branch = nn.Conv2d(3, 3, 3, padding=1)
            self.last = nn.Conv2d(3, 2, 3, stride=2, padding=1)

        def forward(self, x):
            x = torch.tanh(self.first(x))
            return self.last(torch.tanh(x + self.branch(x)))

    return {
        "nature": nn.Sequential(
            nn.Conv2d(1, 4, 8, 4), nn.Softplus(), nn.Conv2d(4, 4, 4, 2), nn.Softplus(), nn.Conv2d(4, 2, 3)
        ),
        "padded": nn.Sequential(
            nn.Conv2d(1, 3, 5, padding=2, stride=2), nn.Tanh(), nn.Conv2d(3, 2, 3, padding=1)
        ),
        "dilated": nn.Sequential(nn.Conv2d(1, 2, 3, dilation=(3, 2)), nn.Tanh(), nn.Conv2d(2, 2, (1, 5))),
        "pooled": nn.Sequential(nn.Conv2d(1, 2, 3), nn.AvgPool2d(3, 2, padding=1), nn.Conv2d(2, 2, 2)),
        "same": nn.Sequential(
            nn.Conv2d(1, 2, 4, padding="same"), nn.Tanh(), nn.Conv2d(2, 2, 2, padding="same")
        ),
        "normalised": nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ELU(), nn.Conv2d(2, 2, 3, 2)),
        "skip": Skip(),
    }


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@pytest.mark.parametrize("name", ["nature", "padded", "dilated", "pooled", "same", "normalised", "skip"])
def test_the_analytic_field_is_where_the_gradient_reaches(torch, name):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = networks(torch)[name].eval()
    pixels = (84, 84) if name == "nature" else (21, 26)
    backend = open_backend(model, input_shape=(1, *pixels))
    field = receptive_field(backend, backend.layers()[-1].name)
    image = torch.rand(1, 1, *pixels, generator=torch.Generator().manual_seed(1), requires_grad=True)
    output = model(image)
    assert tuple(output.shape[2:]) == field.cells
    rows, columns = field.cells
    for cell in {(0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2), (0, columns - 1)}:
        (gradient,) = torch.autograd.grad(output[0, :, cell[0], cell[1]].sum(), image, retain_graph=True)
        y, x = np.nonzero(gradient[0, 0].numpy())
        assert field.box(cell) == Box(y.min(), x.min(), y.max() + 1, x.max() + 1)


@pytest.mark.torch
def test_an_operation_of_unknown_reach_is_an_error_that_names_it(torch):
    nn = torch.nn
    model = nn.Sequential(nn.Upsample(scale_factor=2), nn.Conv2d(1, 2, 3))
    backend = open_backend(model, input_shape=(1, 8, 8))
    with pytest.raises(ValueError, match=r"receptive field through the operation 'UpsampleNearest2D'"):
        receptive_field(backend, "1")


@pytest.mark.torch
@pytest.mark.parametrize(("top", "left"), [(3, 20), (0, 0), (17, 9), (28, 28)])
@pytest.mark.parametrize("method", ["gradcam", "gradcam++", "xgradcam", "hirescam", "layercam"])
def test_the_one_patch_that_counts_lies_in_the_field_of_the_strongest_cell(torch, method, top, left):
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 1, 4, stride=2),
        nn.ReLU(),
        nn.Conv2d(1, 1, 5, stride=2, padding=1),
        nn.ReLU(),
        nn.Flatten(1),
    )
    model.append(nn.Linear(49, 1))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0 if parameter.ndim > 1 else 0.0)
    image = np.zeros((1, 1, 32, 32), dtype=np.float32)
    image[0, 0, top : top + 4, left : left + 4] = 1
    backend = open_backend(model, input_shape=(1, 32, 32))
    extractor = CamExtractor(backend, method=method)
    maps = extractor(image, Target.unit(0)).maps[0]
    strongest = divmod(int(maps.argmax()), maps.shape[1])
    field = receptive_field(backend, extractor.layer)
    assert field.contains(strongest, Box(top, left, top + 4, left + 4))
