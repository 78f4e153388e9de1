"""Facts about numbers as pictures, and about pictures as files."""

import numpy as np
import pytest
from rlviz_overlay import Size, encode_png, gray_frame, strongest, tone, without_color
from rlviz_overlay.opencv import cv2

RNG = np.random.default_rng(3)


def test_the_limits_are_black_and_white_and_what_is_outside_is_clipped():
    values = np.array([-9, -2, 1, 4, 99], np.float32)
    assert tone(values, (-2, 4)).tolist() == [0, 0, 128, 255, 255]


def test_zero_between_equal_limits_is_mid_grey():
    assert tone(np.zeros((2, 3, 3)), (-0.07, 0.07)).tolist() == np.full((2, 3, 3), 128).tolist()


def test_the_tiniest_numbers_have_their_levels_too():
    assert tone(np.array([0, 1e-44, 2e-44], np.float32), (0, 2e-44)).tolist() == [0, 128, 255]


def test_levels_are_rounded_to_the_nearest():
    values = RNG.random(1000, dtype=np.float32)
    assert np.abs(tone(values, (0, 1)) - 255 * values).max() <= 0.5 + 1e-4


def test_numbers_that_are_given_are_not_changed():
    values = np.array([0.5], np.float32)
    tone(values, (0, 1))
    assert values.tolist() == [0.5]


@pytest.mark.parametrize("limits", [(0, 0), (1, -1), (0, np.nan), (-np.inf, 0)])
def test_limits_that_are_none_are_refused(limits):
    with pytest.raises(ValueError, match=r"^limits [^\n]*; give a lower and a higher number$"):
        tone(np.zeros(3), limits)


def test_a_grey_frame_has_three_equal_channels():
    levels = RNG.integers(0, 256, (5, 7), dtype=np.uint8)
    assert (gray_frame(levels[:, ::2]) == levels[:, ::2, None]).all()


def test_a_picture_in_its_greys_has_the_luma_of_its_colours():
    frame = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    luma = frame @ np.array([0.299, 0.587, 0.114])
    assert np.abs(without_color(frame) - luma[..., None]).max() <= 1


def test_a_matrix_that_has_room_stays_as_it_is():
    values = RNG.standard_normal((4, 6)).astype(np.float32)
    assert (strongest(values, Size(6, 4)) == values).all()
    assert (strongest(values, Size(100, 100)) == values).all()


def test_of_each_block_the_number_farthest_from_zero_is_kept_with_its_sign():
    values = np.array([[1, -3, 0, 2], [2, 2, 0, -1]], np.float32)
    assert strongest(values, Size(2, 1)).tolist() == [[-3, 2]]


@pytest.mark.parametrize("size", [Size(1, 1), Size(7, 3), Size(13, 16)])
def test_no_number_of_a_matrix_is_lost_however_it_is_cut_into_blocks(size):
    values = np.zeros((17, 29), np.float32)
    for place in np.ndindex(values.shape):
        values[place] = -5
        made = strongest(values, size)
        assert made.shape == (size.height, size.width)
        assert np.count_nonzero(made) == 1
        assert made.min() == -5
        values[place] = 0


@pytest.mark.parametrize("colored", [False, True])
def test_a_png_file_gives_the_same_pixels_back(colored):
    frame = RNG.integers(0, 256, (9, 12, 3), dtype=np.uint8)
    frame = frame if colored else gray_frame(frame[..., 0])
    read = cv2.imdecode(np.frombuffer(encode_png(frame), np.uint8), cv2.IMREAD_COLOR)
    assert read is not None
    assert (read[..., ::-1] == frame).all()


def test_a_picture_without_colour_is_stored_in_grey():
    frame = gray_frame(RNG.integers(0, 256, (9, 12), dtype=np.uint8))
    stored = cv2.imdecode(np.frombuffer(encode_png(frame), np.uint8), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    assert stored.shape == (9, 12)


def test_one_coloured_pixel_is_kept():
    frame = np.full((9, 12, 3), 7, np.uint8)
    frame[-1, -1, 2] = 8
    stored = cv2.imdecode(np.frombuffer(encode_png(frame), np.uint8), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    assert stored[-1, -1].tolist() == [8, 7, 7]


def test_a_part_of_a_canvas_is_encoded_as_well():
    canvas = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    assert encode_png(canvas[3:9, 4:15]) == encode_png(canvas[3:9, 4:15].copy())
