"""Facts about figures of activation maps."""

from typing import Any

import numpy as np
import pytest
from network_analyzer.figures import maps as module
from network_analyzer.figures.maps import BANDS, maps_figure
from network_figure_spy import Drawn, spy_on_sheets
from rlviz_overlay import ContourBands, Size, colormap, gray_frame, resize_frame, tone, without_color

RNG = np.random.default_rng(0)
PICTURE = RNG.integers(0, 256, (60, 90, 3), dtype=np.uint8)
POSITIVE = RNG.random((6, 9, 14), dtype=np.float32) * np.arange(1, 7, dtype=np.float32)[:, None, None]


@pytest.fixture
def drawn(monkeypatch) -> list[Drawn]:
    return spy_on_sheets(monkeypatch, module)


def draw(maps, mode: Any = "gray", scale: Any = "layer", features=None, picture=PICTURE):
    return maps_figure(
        maps, picture, "net . conv: activations", features or range(len(maps)), mode=mode, scale=scale
    )


def shrunk(tile, size: Size):
    return resize_frame(tile, size)


@pytest.mark.parametrize("mode", ["gray", "heat"])
@pytest.mark.parametrize("scale", ["layer", "channel"])
def test_channels_stand_in_the_order_that_is_given_under_their_numbers(drawn, mode, scale):
    features = [5, 0, 3, 100, 511, 2]
    draw(POSITIVE, mode, scale, features)
    assert [int(tile.captions[0].split()[0]) for tile in drawn[0].tiles] == features


def test_gray_tiles_are_the_maps_on_one_scale(drawn):
    draw(POSITIVE)
    for tile, one in zip(drawn[0].tiles, POSITIVE, strict=True):
        expected = gray_frame(tone(one, (0, float(POSITIVE.max()))))
        assert (shrunk(tile.picture, Size.of(one)) == expected).all()
    assert drawn[0].limits == (0, pytest.approx(float(POSITIVE.max())))
    assert f"{POSITIVE.max():.3g}" in drawn[0].words


def test_gray_tiles_of_scale_channel_each_reach_white_and_say_at_which_value(drawn):
    draw(POSITIVE, scale="channel")
    for tile, one in zip(drawn[0].tiles, POSITIVE, strict=True):
        assert (tile.picture.min() < 20) & (tile.picture.max() == 255)
        assert f"{one.max():.3g}" in tile.captions[0]
    assert "own scale" in drawn[0].words


def test_zero_is_mid_grey_where_activations_have_both_signs(drawn):
    maps = np.zeros((2, 4, 4), np.float32)
    maps[0, 0, 0], maps[1, 3, 3] = -2, 1
    draw(maps)
    first, second = (shrunk(tile.picture, Size(4, 4)) for tile in drawn[0].tiles)
    assert first[0, 0].tolist() == [0, 0, 0]
    assert first[1, 1].tolist() == [128, 128, 128]
    assert second[3, 3].tolist() == [191, 191, 191]
    assert drawn[0].limits == (-2, 2)
    assert "mid-grey is 0" in drawn[0].words


@pytest.mark.parametrize("scale", ["layer", "channel"])
def test_heat_tiles_are_contours_of_the_map_over_the_grey_picture(drawn, scale):
    draw(POSITIVE, "heat", scale)
    size = Size.of(drawn[0].tiles[0].picture)
    below = without_color(resize_frame(PICTURE, size))
    paint = ContourBands(colormap("turbo"), bands=BANDS)
    for tile, one in zip(drawn[0].tiles, POSITIVE, strict=True):
        top = POSITIVE.max() if scale == "layer" else one.max()
        assert (tile.picture == paint(below, one / top)).all()


def test_heat_says_bands_limits_and_what_zero_is(drawn):
    draw(POSITIVE, "heat")
    assert f"{BANDS} bands from 0 to {POSITIVE.max():.3g}" in drawn[0].words
    assert "0 and below is left as it is" in drawn[0].words
    assert drawn[0].limits == (0, pytest.approx(float(POSITIVE.max())))


@pytest.mark.parametrize("scale", ["layer", "channel"])
def test_where_nothing_is_above_zero_heat_leaves_the_grey_picture(drawn, scale):
    maps = -RNG.random((3, 5, 5), dtype=np.float32)
    draw(maps, "heat", scale)
    size = Size.of(drawn[0].tiles[0].picture)
    for tile in drawn[0].tiles:
        assert (tile.picture == without_color(resize_frame(PICTURE, size))).all()
        assert tile.captions[0].endswith("≤ 0")
    assert "None is above 0" in drawn[0].words
    assert drawn[0].key is None


def test_one_channel_above_zero_and_one_below_keep_their_meaning_on_a_scale_of_their_own(drawn):
    maps = np.stack([np.full((4, 4), -1), np.full((4, 4), 0.25)]).astype(np.float32)
    draw(maps, "heat", "channel")
    size = Size.of(drawn[0].tiles[0].picture)
    below = without_color(resize_frame(PICTURE, size))
    assert (drawn[0].tiles[0].picture == below).all()
    assert (drawn[0].tiles[1].picture != below).any()
    assert [tile.captions[0] for tile in drawn[0].tiles] == ["0  ≤ 0", "1  ≤ 0.25"]


@pytest.mark.parametrize("mode", ["gray", "heat"])
@pytest.mark.parametrize("scale", ["layer", "channel"])
@pytest.mark.parametrize("value", [0.0, 3.5, -3.5, 1e-30, 1e30])
def test_constant_maps_are_drawn(drawn, mode, scale, value):
    draw(np.full((3, 4, 5), value, np.float32), mode, scale)
    pictures = [tile.picture for tile in drawn[0].tiles]
    assert all((picture == pictures[0]).all() for picture in pictures)
    if mode == "gray":
        assert np.unique(pictures[0]).tolist() == [255 if value > 0 else 0]


def test_maps_that_are_zero_everywhere_say_so(drawn):
    draw(np.zeros((3, 4, 5), np.float32))
    assert "All are 0." in drawn[0].words
    assert [tile.captions[0] for tile in drawn[0].tiles] == ["0  all 0", "1  all 0", "2  all 0"]
    assert drawn[0].key is None


@pytest.mark.parametrize("mode", ["gray", "heat"])
@pytest.mark.parametrize(
    "shape", [(1, 1, 1), (512, 1, 1), (1, 58, 78), (64, 3, 40), (512, 14, 14), (7, 200, 3)]
)
def test_all_counts_and_shapes_of_maps_make_a_figure(mode, shape):
    figure = draw(RNG.random(shape, dtype=np.float32), mode)
    assert figure.dtype == np.uint8
    assert figure.ndim == 3
    assert max(figure.shape) < 8000


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (1080, 1920), (3000, 20)])
def test_heat_takes_pictures_of_any_size(size):
    picture = RNG.integers(0, 256, (*size, 3), dtype=np.uint8)
    assert draw(POSITIVE, "heat", picture=picture).dtype == np.uint8


def test_a_gray_figure_has_no_colour_and_a_heat_figure_has():
    gray, heat = draw(POSITIVE), draw(POSITIVE, "heat")
    assert (gray == gray[..., :1]).all()
    assert (heat != heat[..., :1]).any()


def test_the_same_maps_give_the_same_pixels_and_are_not_changed():
    before = POSITIVE.copy()
    for mode in ("gray", "heat"):
        assert (draw(POSITIVE, mode) == draw(POSITIVE, mode)).all()
    assert (before == POSITIVE).all()


@pytest.mark.parametrize(
    ("maps", "features"),
    [
        (POSITIVE, range(5)),
        (POSITIVE[0], range(9)),
        (POSITIVE[:0], ()),
        (np.full((2, 3, 3), np.nan, np.float32), (0, 1)),
        (np.array([[[1.0]], [[np.inf]]], np.float32), (0, 1)),
    ],
)
def test_maps_that_do_not_fit_are_refused_in_one_line(maps, features):
    with pytest.raises(ValueError, match=r"^[^\n]+; (give|check) [^\n]+$"):
        maps_figure(maps, PICTURE, "t", features, mode="gray", scale="layer")


@pytest.mark.parametrize(("mode", "scale"), [("grau", "layer"), ("gray", "each")])
def test_modes_and_scales_that_there_are_not_are_refused(mode, scale):
    with pytest.raises(ValueError, match=r"^mode [^\n]+; choose the mode gray or heat[^\n]+$"):
        draw(POSITIVE, mode, scale)
