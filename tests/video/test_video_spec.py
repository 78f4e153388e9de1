from fractions import Fraction
from typing import Any, cast

import numpy as np
import pytest
from rlviz_video import VideoSpec, frame_rate
from rlviz_video.spec import check_frame


@pytest.mark.parametrize(
    ("value", "rate"),
    [
        (30, Fraction(30)),
        (29.97, Fraction(2997, 100)),
        ("30000/1001", Fraction(30000, 1001)),
        (Fraction(1, 2), Fraction(1, 2)),
    ],
)
def test_a_frame_rate_is_the_number_as_it_is_written(value: Any, rate: Fraction):
    assert frame_rate(value) == rate


@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf"), "fast", "1/0", Fraction(1, 2**40)])
def test_an_impossible_frame_rate_is_refused_by_its_value(value: Any):
    with pytest.raises(ValueError, match=r"frame rate .* is not usable; give a number above 0"):
        frame_rate(value)


def test_a_spec_takes_no_float_rate_and_names_the_function_that_makes_one_exact():
    with pytest.raises(TypeError, match=r"use frame_rate\(29.97\)"):
        VideoSpec(80, 48, cast("Any", 29.97))


@pytest.mark.parametrize("size", [(0, 48), (80, -2)])
def test_a_spec_without_pixels_is_refused(size: tuple[int, int]):
    with pytest.raises(ValueError, match="has no picture"):
        VideoSpec(*size, Fraction(30))


def test_the_shape_of_a_frame_is_height_width_three():
    assert VideoSpec(160, 210, Fraction(30)).shape == (210, 160, 3)


@pytest.mark.parametrize("frame", [np.zeros((48, 80, 3)), [[0]], None])
def test_a_frame_that_is_no_uint8_array_is_a_type_error_naming_the_frame(frame: Any):
    with pytest.raises(TypeError, match=r"frame 7 .*uint8"):
        check_frame(frame, (48, 80, 3), 7)


@pytest.mark.parametrize("shape", [(48, 80), (48, 80, 4), (80, 48, 3), (0, 80, 3)])
def test_a_frame_of_another_shape_is_a_value_error_giving_both_shapes(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match=r"frame 7 has shape .*expected .*\(48, 80, 3\)"):
        check_frame(np.zeros(shape, np.uint8), (48, 80, 3), 7)
