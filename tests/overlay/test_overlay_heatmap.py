import numpy as np
import pytest
from rlviz_overlay import (
    COLORMAPS,
    OPENCV_COLORMAPS,
    Blender,
    Picture,
    Rect,
    Size,
    blend,
    colorize,
    colormap,
    new_canvas,
    resize_frame,
    resize_heatmap,
)
from rlviz_overlay.opencv import cv2

RNG = np.random.default_rng(1)
FRAME = RNG.integers(0, 256, (21, 16, 3), dtype=np.uint8)
HEAT = RNG.random((21, 16), dtype=np.float32)


@pytest.mark.parametrize("name", COLORMAPS)
def test_a_colour_table_is_256_rgb_colours_that_cannot_be_changed(name):
    table = colormap(name)
    assert table.shape == (256, 3)
    assert table.dtype == np.uint8
    assert not table.flags.writeable


@pytest.mark.parametrize(("number", "name"), enumerate(OPENCV_COLORMAPS))
def test_opencv_s_tables_have_its_names_and_numbers(number, name):
    assert getattr(cv2, f"COLORMAP_{name.upper()}") == number
    levels = np.arange(256, dtype=np.uint8).reshape(256, 1)
    assert (cv2.applyColorMap(levels, number)[:, 0, ::-1] == colormap(name)).all()


def test_opencv_s_tables_are_all_there():
    assert len(OPENCV_COLORMAPS) == 22
    assert list(COLORMAPS) == [*OPENCV_COLORMAPS, "diverging"]


@pytest.mark.parametrize("name", COLORMAPS)
def test_a_table_is_said_to_have_the_same_ends_exactly_where_it_has(name):
    low, high = colormap(name)[[0, 255]].astype(int)
    assert ("look the same" in COLORMAPS[name]) == (np.abs(low - high).max() < 30)


def test_the_ends_of_jet_are_blue_and_red():
    low, high = colormap("jet")[[0, 255]].tolist()
    assert low[2] > 100 > low[0]
    assert high[0] > 100 > high[2]


def test_inferno_ends_in_yellow():
    red, green, blue = colormap("inferno")[240].tolist()
    assert min(red, green) > blue


@pytest.mark.parametrize("name", ["inferno", "magma", "viridis", "cividis"])
def test_even_tables_grow_lighter_from_low_to_high(name):
    light = colormap(name) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(light[::16]) > 0).all()


def test_the_diverging_table_is_blue_below_dark_at_and_orange_above_zero():
    low, middle, high = colormap("diverging")[[0, 128, 255]].astype(int).tolist()
    assert low[2] > low[0] + 50
    assert high[0] > high[2] + 50
    assert max(middle) < 40


def test_an_unknown_table_names_those_there_are():
    with pytest.raises(ValueError, match=r"no colormap 'jett'.*jet.*viridis"):
        colormap("jett")


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", COLORMAPS)
@pytest.mark.parametrize("opacity", [0, 0.3, 1])
def test_no_heat_changes_no_pixel(name, signed, opacity):
    zero = np.zeros(HEAT.shape, np.float32)
    assert (blend(FRAME, zero, colormap(name), opacity=opacity, signed=signed) == FRAME).all()


@pytest.mark.parametrize("name", COLORMAPS)
def test_full_heat_at_full_opacity_is_the_tables_last_colour(name):
    full = np.ones(HEAT.shape, np.float32)
    assert (blend(FRAME, full, colormap(name), opacity=1) == colormap(name)[255]).all()


def test_full_negative_heat_at_full_opacity_is_the_other_end_of_the_table():
    full = -np.ones(HEAT.shape, np.float32)
    table = colormap("diverging")
    assert (blend(FRAME, full, table, opacity=1, signed=True) == table[1]).all()


@pytest.mark.parametrize("opacity", [0.2, 0.7, 1])
def test_blending_is_the_weighted_mean_of_picture_and_colour(opacity):
    table = colormap("inferno")
    alpha = opacity * np.sqrt(HEAT[..., None].astype(float))
    expected = (1 - alpha) * FRAME + alpha * table[np.rint(HEAT * 255).astype(int)]
    assert np.abs(blend(FRAME, HEAT, table, opacity=opacity) - expected).max() <= 2.5


@pytest.mark.parametrize("signed", [False, True])
def test_a_blender_blends_picture_after_picture_of_any_size_alike(signed):
    table, blender = colormap("jet"), Blender(colormap("jet"), signed=signed)
    pictures = [(FRAME, HEAT), (FRAME[:9], HEAT[:9]), (FRAME[::-1], -HEAT), (FRAME, HEAT)]
    made = [blender(frame, heat) for frame, heat in pictures]
    for one, (frame, heat) in zip(made, pictures, strict=True):
        assert (one == blend(frame, heat, table, signed=signed)).all()


def test_blending_leaves_its_inputs_alone():
    frame, heat = FRAME.copy(), HEAT.copy()
    blend(frame, heat, colormap("jet"))
    assert (frame == FRAME).all()
    assert (heat == HEAT).all()


def test_heat_outside_the_range_is_clipped():
    table = colormap("turbo")
    wild = np.array([[-3, 9]], np.float32)
    assert (colorize(wild, table) == table[[[0, 255]]]).all()
    assert (colorize(wild, table, signed=True) == table[[[0, 255]]]).all()


def test_heat_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="resize_heatmap"):
        blend(FRAME, HEAT[1:], colormap("jet"))


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_an_opacity_outside_zero_to_one_is_an_error(opacity):
    with pytest.raises(ValueError, match="from 0 to 1"):
        blend(FRAME, HEAT, colormap("jet"), opacity=opacity)


def test_colorize_takes_each_level_from_the_table():
    levels = np.linspace(0, 1, 256, dtype=np.float32).reshape(16, 16)
    table = colormap("viridis")
    assert (colorize(levels, table).reshape(256, 3) == table).all()


def test_resizing_a_heatmap_interpolates_between_half_pixel_centres():
    ramp = np.array([[0, 1]], np.float32)
    assert resize_heatmap(ramp, Size(4, 1)).tolist() == [[0, 0.25, 0.75, 1]]


def test_a_constant_heatmap_stays_constant_at_any_size():
    heat = resize_heatmap(np.full((7, 7), 0.5, np.float32), Size(160, 210))
    assert heat.shape == (210, 160)
    assert (heat == 0.5).all()


def test_a_game_is_enlarged_by_repeating_pixels():
    assert (resize_frame(FRAME, Size(48, 63)) == FRAME.repeat(3, 0).repeat(3, 1)).all()


def test_a_picture_draws_the_frame_in_its_aspect_ratio():
    picture, canvas = Picture(background=(1, 2, 3)), new_canvas(Size(100, 50), (9, 9, 9))
    picture.update(FRAME)
    picture.draw(canvas, Rect(10, 4, 80, 42))
    assert (canvas[4:46, 34:66] == resize_frame(FRAME, Size(32, 42))).all()
    assert (canvas[4:46, 10:34] == (1, 2, 3)).all()
    assert (canvas[:4] == 9).all()


def test_a_picture_without_a_frame_is_its_background():
    canvas = new_canvas(Size(10, 10), (9, 9, 9))
    Picture(background=(1, 2, 3)).draw(canvas, Rect(0, 0, 10, 10))
    assert (canvas == (1, 2, 3)).all()


def test_a_little_larger_a_game_is_interpolated_so_that_no_pixel_counts_twice():
    stripes = np.zeros((10, 10, 3), np.uint8)
    stripes[:, ::2] = 200
    assert len(np.unique(resize_frame(stripes, Size(13, 13)))) > 2
    assert len(np.unique(resize_frame(stripes, Size(53, 53)))) == 2
