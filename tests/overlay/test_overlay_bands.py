"""Facts about filled contours over a picture."""

import numpy as np
import pytest
from rlviz_overlay import ContourBands, Size, colormap, resize_heatmap

RNG = np.random.default_rng(2)
FRAME = RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)
TABLE = colormap("turbo")


def ramp(low: float, high: float, width: int = 100) -> np.ndarray:
    return np.linspace(low, high, width, dtype=np.float32)[None]


def test_zero_and_below_leaves_the_picture_as_it_is():
    heat = -RNG.random((24, 32), dtype=np.float32)
    heat[::2] = 0
    assert (ContourBands(TABLE)(FRAME, heat) == FRAME).all()


def test_the_picture_that_is_given_is_not_changed():
    before = FRAME.copy()
    ContourBands(TABLE)(FRAME, np.ones((24, 32), np.float32))
    assert (before == FRAME).all()


@pytest.mark.parametrize("bands", [1, 2, 8, 255])
def test_band_i_of_n_is_where_the_heat_is_above_the_i_minus_first_nth_and_no_more_than_the_ith(bands):
    heat = ramp(-0.5, 1.5, 2001)
    numbers = ContourBands(TABLE, bands=bands).numbers(heat, Size.of(heat))[0]
    for value, number in zip(heat[0].tolist(), numbers.tolist(), strict=True):
        if value <= 0 or value > 1:
            assert number == (0 if value <= 0 else bands)
        else:
            assert (number - 1) / bands - 1e-6 < value <= number / bands + 1e-6


def test_over_a_plain_picture_there_are_as_many_colours_as_bands_and_none_between_them():
    plain = np.full((50, 400, 3), 90, np.uint8)
    heat = np.array([[0.001, 1.0]], np.float32)  # a few cells, many pixels: colours would be mixed here
    painted = ContourBands(TABLE, bands=5)(plain, heat)
    assert len(np.unique(painted.reshape(-1, 3), axis=0)) == 5


def test_a_pixel_of_band_i_is_mixed_with_the_tables_colour_in_the_middle_of_the_band():
    bands, opacity = 4, 0.8
    paint = ContourBands(TABLE, bands=bands, opacity=opacity)
    for band in range(1, bands + 1):
        heat = np.full((24, 32), (band - 0.5) / bands, np.float32)
        share = opacity * (band / bands) ** 0.5
        color = TABLE[round((band - 0.5) * 255 / bands)]
        assert (paint.colors[band - 1] == color).all()
        expected = (1 - share) * FRAME + share * color
        assert np.abs(paint(FRAME, heat) - expected).max() < 2


def test_full_opacity_shows_the_last_bands_colour_alone():
    painted = ContourBands(TABLE, bands=3, opacity=1)(FRAME, np.ones((3, 4), np.float32))
    assert (painted == TABLE[round(2.5 * 255 / 3)]).all()


def test_heat_is_stretched_over_the_picture_before_it_is_cut_into_bands():
    heat = RNG.random((6, 8), dtype=np.float32)
    paint, size = ContourBands(TABLE, bands=6), Size.of(FRAME)
    assert (paint.numbers(heat, size) == np.ceil(resize_heatmap(heat, size) * np.float32(6))).all()


@pytest.mark.parametrize(("bands", "opacity"), [(0, 0.5), (256, 0.5), (8, -0.1), (8, 1.1)])
def test_bands_and_opacities_that_cannot_be_are_refused(bands, opacity):
    with pytest.raises(ValueError, match=r"^[^\n]*; give [^\n]*$"):
        ContourBands(TABLE, bands=bands, opacity=opacity)
