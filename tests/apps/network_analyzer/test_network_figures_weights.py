"""Facts about figures of weights."""

import numpy as np
import pytest
from network_analyzer.figures import weights as module
from network_analyzer.figures.weights import weights_figure
from network_figure_spy import Drawn, spy_on_sheets
from rlviz_overlay import Size, montage, resize_frame, tone

RNG = np.random.default_rng(1)


@pytest.fixture
def drawn(monkeypatch) -> list[Drawn]:
    return spy_on_sheets(monkeypatch, module)


def some(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


def draw(weights, features=None):
    return weights_figure(weights, "net . conv: weights", features or range(weights.shape[-1]))


@pytest.mark.parametrize("inputs", [1, 2, 3, 4, 64])
def test_filters_stand_in_the_order_that_is_given_under_their_numbers(drawn, inputs):
    features = [7, 0, 3]
    draw(some(3, 3, inputs, 8), features)
    assert [int(tile.captions[0].split()[0]) for tile in drawn[0].tiles] == features


def test_filters_of_three_channels_are_red_green_and_blue_each_on_its_own_scale(drawn):
    weights = some(5, 4, 3, 6) * np.arange(1, 7, dtype=np.float32)
    draw(weights)
    for number, tile in enumerate(drawn[0].tiles):
        own = weights[..., number]
        top = float(np.abs(own).max())
        assert (resize_frame(tile.picture, Size(4, 5)) == tone(own, (-top, top))).all()
        assert tile.captions == (f"{number}  ±{top:.3g}",)
    assert "red, green and blue" in drawn[0].words
    assert "mid-grey is 0" in drawn[0].words
    assert f"±{np.abs(weights).max():.3g}" in drawn[0].words


def test_filters_of_one_channel_are_one_grey_picture_each_on_one_scale(drawn):
    weights = some(5, 4, 1, 6)
    draw(weights)
    top = float(np.abs(weights).max())
    for number, tile in enumerate(drawn[0].tiles):
        shown = resize_frame(tile.picture, Size(4, 5))
        assert (shown == tone(weights[:, :, 0, number, None], (-top, top))).all()
    assert drawn[0].limits == (-top, top)
    assert "input channels" not in drawn[0].words


@pytest.mark.parametrize(("inputs", "columns"), [(2, 2), (4, 4), (16, 16), (64, 8)])
def test_filters_of_other_numbers_of_channels_are_one_grey_tile_a_channel_and_say_so(drawn, inputs, columns):
    weights = some(3, 3, inputs, 5)
    draw(weights)
    top = float(np.abs(weights).max())
    for number, tile in enumerate(drawn[0].tiles):
        levels = np.moveaxis(tone(weights[..., number], (-top, top)), -1, 0)
        # each weight a square, and gaps of a quarter of it
        widths = {3 * columns * side + (columns - 1) * max(1, side // 4): side for side in range(2, 100)}
        factor = widths[tile.picture.shape[1]]
        gap = max(1, factor // 4)
        whole = levels.repeat(factor, axis=1).repeat(factor, axis=2)
        assert (tile.picture == montage(whole, columns, gap=gap, color=14)[..., None]).all()
    assert f"one tile for each of the {inputs} input channels" in drawn[0].words
    assert ("side by side" if columns == inputs else f"{columns} a row") in drawn[0].words


def test_the_scale_is_that_of_the_whole_layer_whichever_features_are_shown(drawn):
    weights = some(3, 3, 4, 8)
    weights[0, 0, 0, 7] = -9
    draw(weights, [0, 1])
    assert drawn[0].limits == (-9, 9)
    assert "±9, its largest weight" in drawn[0].words


def test_all_of_512_filters_of_512_channels_are_shown_at_two_pixels_a_weight(drawn):
    figure = draw(some(3, 3, 512, 512))
    assert len(drawn[0].tiles) == 512
    assert drawn[0].tiles[0].picture.shape == (16 * 7 - 1, 32 * 7 - 1, 3)
    assert drawn[0].warnings == ()
    assert max(figure.shape) < 9000


def test_filters_that_have_no_room_are_left_out_and_counted(drawn):
    draw(some(5, 5, 1024, 512))
    shown = len(drawn[0].tiles)
    assert 1 < shown < 512
    assert drawn[0].warnings == (
        f"Only the first {shown} of 512 filters have room; ask for others by their numbers.",
    )


def test_a_dense_layer_is_one_picture_with_a_row_for_each_feature(drawn):
    weights = some(50, 10)
    draw(weights, [9, 2, 0])
    top = float(np.abs(weights).max())
    levels = tone(weights.T[[9, 2, 0]], (-top, top))
    body = drawn[0].body
    assert (body[-1 - 3 * 24 : -1, -1 - 50 * 24 : -1] == levels.repeat(24, 0).repeat(24, 1)[..., None]).all()
    assert "a row for each feature, a column for each input" in drawn[0].words
    assert drawn[0].limits == (-top, top)


def test_a_convolution_of_one_cell_is_drawn_as_the_dense_layer_that_it_is(drawn):
    weights = some(1, 1, 20, 6)
    assert (draw(weights) == draw(weights[0, 0])).all()


@pytest.mark.parametrize("inputs", [1, 3])
def test_a_convolution_of_one_cell_over_a_picture_keeps_its_tiles(drawn, inputs):
    draw(some(1, 1, inputs, 4))
    assert len(drawn[0].tiles) == 4


def test_a_dense_layer_that_has_no_room_shows_the_largest_weights_and_says_so(drawn):
    weights = np.zeros((25088, 4), np.float32)
    weights[12345, 2] = -1
    figure = draw(weights)
    assert (drawn[0].body[:, 100:] == 0).any()
    assert "4 x 25088 weights in 4 x 1600 places" in drawn[0].words
    assert figure.shape[1] < 2000


@pytest.mark.parametrize(
    "shape",
    [(1, 1, 1, 1), (3, 3, 1, 1), (7, 7, 3, 1), (1, 7, 2, 8), (11, 1, 4, 3), (3, 3, 3, 512), (1, 1), (512, 1)],
)
def test_all_counts_and_shapes_of_weights_make_a_figure(shape):
    figure = draw(some(*shape))
    assert figure.dtype == np.uint8
    assert figure.shape[2] == 3


@pytest.mark.parametrize("shape", [(3, 3, 1, 2), (3, 3, 3, 2), (3, 3, 4, 2), (6, 2)])
def test_weights_that_are_zero_are_mid_grey_and_said_to_be(drawn, shape):
    draw(np.zeros(shape, np.float32))
    assert drawn[0].key is None
    body = drawn[0].body
    picture = body if isinstance(body, np.ndarray) else body[0].picture
    assert (picture == 128).all(axis=2).any()
    assert "All are 0." in drawn[0].words or "±0" in drawn[0].words


def test_weights_that_are_given_are_not_changed():
    for shape in ((3, 3, 3, 4), (3, 3, 4, 4), (6, 4)):
        weights = some(*shape)
        before = weights.copy()
        draw(weights)
        assert (before == weights).all()


@pytest.mark.parametrize("weights", [some(3, 3, 4), some(5), np.full((3, 3, 4, 2), np.nan, np.float32)])
def test_weights_that_are_none_are_refused_in_one_line(weights):
    with pytest.raises(ValueError, match=r"^[^\n]+; (expected|check) [^\n]+$"):
        weights_figure(weights, "t", [0, 1])


def test_a_figure_of_no_feature_is_refused():
    with pytest.raises(ValueError, match=r"^values of shape [^\n]+; give [^\n]+$"):
        weights_figure(some(3, 3, 4, 2), "t", [])
