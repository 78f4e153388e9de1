"""Whatever is given as a picture becomes what the network takes, and what was done is said."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from network_analyzer.opened import Opened
from network_analyzer.references import picture_levels, reference_of
from rlviz_cam import PREPROCESSINGS

SHARED = Path(__file__).parents[3] / "../shared"
SIZE = (24, 32)
"""Height and width of what the networks here take."""


def network(*shape: int, preprocessing: str = "unit", **further: tuple[int, ...]) -> Opened:
    """A network of which only its inputs are asked."""
    backend: Any = SimpleNamespace(inputs=lambda: {"image": shape, **further})
    return Opened(backend, "any", PREPROCESSINGS[preprocessing], "given")


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


COLOUR, GREY, STACK = network(3, *SIZE), network(1, *SIZE), network(4, *SIZE)
STEPS = network(3, 3, *SIZE)


# ---------------------------------------------------------------------- what is taken as it is


def test_a_picture_of_the_networks_own_size_is_not_touched():
    picture = noise(*SIZE, 3)
    reference = reference_of(COLOUR, picture)
    np.testing.assert_array_equal(reference.levels, picture.transpose(2, 0, 1))
    np.testing.assert_array_equal(reference.picture, picture)
    assert reference.notes == ()


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("channels", [1, 2, 3, 4, 12, 64])
def test_an_observation_is_taken_as_it_is_with_its_channels_first_or_last(channels: int, first: bool):
    stack = noise(channels, *SIZE)
    given = stack if first else stack.transpose(1, 2, 0)
    reference = reference_of(network(channels, *SIZE), given)
    np.testing.assert_array_equal(reference.levels, stack)
    assert reference.notes == ()


def test_of_a_stack_the_last_frame_is_shown():
    stack = noise(4, *SIZE)
    np.testing.assert_array_equal(reference_of(STACK, stack).picture, np.repeat(stack[3, :, :, None], 3, 2))


@pytest.mark.parametrize("given", [(3, *SIZE), (*SIZE, 3)])
def test_steps_over_time_are_taken_in_their_order(given: tuple[int, ...]):
    steps = noise(3, *given)
    reference = reference_of(STEPS, steps)
    for step, levels in zip(steps, reference.levels, strict=True):
        np.testing.assert_array_equal(levels, step if given[0] == 3 else step.transpose(2, 0, 1))
    assert reference.notes == ()


@pytest.mark.parametrize("net", [COLOUR, GREY, STACK, STEPS])
def test_a_batch_of_one_is_the_picture_in_it(net: Opened):
    shape = net.backend.inputs()["image"]
    np.testing.assert_array_equal(
        reference_of(net, noise(1, *shape)).levels, reference_of(net, noise(*shape)).levels
    )


@pytest.mark.parametrize("side", [3, 4])
def test_the_networks_own_shape_goes_before_what_looks_like_colours_last(side: int):
    tiny = network(4, 5, side)
    given = noise(4, 5, side)
    np.testing.assert_array_equal(reference_of(tiny, given).levels, given)


# ---------------------------------------------------------------------- types and ranges


@pytest.mark.parametrize("kind", [np.int16, np.int64, np.uint16, np.float32, np.float64])
def test_levels_of_any_type_are_the_same_levels(kind: Any):
    picture = noise(*SIZE, 3)
    reference = reference_of(COLOUR, picture.astype(kind))
    np.testing.assert_array_equal(reference.levels, picture.transpose(2, 0, 1))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_a_float_picture_up_to_one_is_stretched_and_that_is_said(kind: Any):
    picture = noise(*SIZE, 3)
    reference = reference_of(COLOUR, (picture / 255).astype(kind))
    np.testing.assert_array_equal(reference.levels, picture.transpose(2, 0, 1))
    assert reference.notes == ("none of its values is above 1, so they are taken to go from 0 to 1",)


def test_a_float_picture_above_one_is_not_stretched_and_that_is_said():
    reference = reference_of(COLOUR, np.full((*SIZE, 3), 2.0))
    assert (reference.levels == 2).all()
    assert reference.notes == ("some of its values are above 1, so they are taken to go from 0 to 255",)


def test_false_and_true_are_black_and_white():
    reference = reference_of(GREY, noise(*SIZE) > 127)
    np.testing.assert_array_equal(reference.levels[0], np.where(noise(*SIZE) > 127, 255, 0))


@pytest.mark.parametrize("level", [0, 1, 128, 255])
@pytest.mark.parametrize("net", [COLOUR, GREY, STACK, STEPS])
def test_a_constant_picture_stays_constant(net: Opened, level: int):
    assert (reference_of(net, np.full((7, 50, 3), level, np.uint8)).levels == level).all()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.full((*SIZE, 3), np.nan), "not finite"),
        (np.full((*SIZE, 3), np.inf), "not finite"),
        (np.full((*SIZE, 3), -1.0), "from -1 to -1; give levels of 0 to 255"),
        (np.full((*SIZE, 3), 300.0), "from 300 to 300; give levels"),
        (np.full((*SIZE, 3), 65535, np.uint16), "from 65535 to 65535; give levels of 0 to 255"),
        (np.full((*SIZE, 3), -1), "from -1 to -1; give levels"),
        (np.zeros((0, 32, 3), np.uint8), "empty"),
        (np.zeros((*SIZE, 0)), "empty"),
    ],
)
def test_values_that_no_picture_has_are_one_line(given: np.ndarray, said: str):
    with pytest.raises(ValueError, match=rf"^[^\n]*{said}[^\n]*$"):
        reference_of(COLOUR, given)


@pytest.mark.parametrize("given", [None, {"a": 1}, b"picture", object(), np.zeros((2, 2), complex)])
def test_what_is_no_picture_at_all_is_one_line(given: object):
    with pytest.raises(TypeError, match=r"^a [^\n]* is no picture; give an array of numbers or a path$"):
        reference_of(COLOUR, given)


@pytest.mark.parametrize("shape", [(5,), (*SIZE, 2), (7, *SIZE), (2, *SIZE, 3), (1, 1, 1, *SIZE)])
def test_axes_that_cannot_be_told_are_one_line_with_what_the_network_takes(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match=r"^[^\n]*expected one picture: [^\n]* or \(3, 24, 32\) as the netw"):
        reference_of(COLOUR, noise(*shape))


def test_what_was_given_is_never_changed_nor_held():
    for given in (noise(*SIZE, 3), noise(3, *SIZE), noise(60, 80, 3), noise(*SIZE)):
        before = given.copy()
        reference = reference_of(COLOUR, given)
        for made in (reference.levels, reference.picture, reference.inputs["image"]):
            assert not np.shares_memory(made, given)
            made[...] = 0
        np.testing.assert_array_equal(given, before)


# ---------------------------------------------------------------------- sizes and channels


def test_a_larger_picture_is_averaged_over_areas():
    picture = noise(48, 64, 3)
    reference = reference_of(COLOUR, picture)
    means = picture.reshape(24, 2, 32, 2, 3).mean(axis=(1, 3)).transpose(2, 0, 1)
    assert np.abs(reference.levels - means).max() <= 0.5
    assert reference.notes == ("resized from 64x48 to 32x24",)
    np.testing.assert_array_equal(reference.picture, picture)


def test_a_smaller_picture_is_interpolated():
    ramp = np.repeat(np.linspace(0, 240, 16).astype(np.uint8)[None, :], 12, axis=0)
    levels = reference_of(GREY, ramp).levels[0].astype(int)
    assert (np.diff(levels, axis=1) >= 0).all()
    assert np.diff(levels, axis=1).max() <= 8 + 1


def test_the_frames_of_a_stack_are_resized_one_by_one():
    stack = np.broadcast_to(np.array([10, 90, 170, 250], np.uint8)[:, None, None], (4, 60, 70))
    reference = reference_of(STACK, stack)
    np.testing.assert_array_equal(np.unique(reference.levels.reshape(4, -1), axis=1).T, [[10, 90, 170, 250]])


def test_grey_is_repeated_for_colours():
    reference = reference_of(COLOUR, noise(*SIZE))
    np.testing.assert_array_equal(reference.levels, np.repeat(noise(*SIZE)[None], 3, axis=0))
    assert reference.notes == ("grey repeated in three colours",)


def test_colours_become_grey_by_their_brightness():
    picture = noise(*SIZE, 3)
    reference = reference_of(GREY, picture)
    brightness = picture @ np.array([0.299, 0.587, 0.114])
    assert np.abs(reference.levels[0] - brightness).max() < 0.51
    assert reference.notes == ("turned grey",)
    np.testing.assert_array_equal(reference.picture, picture)


def test_one_picture_for_a_stack_is_every_frame_of_it():
    reference = reference_of(STACK, noise(210, 160, 3))
    assert all((frame == reference.levels[0]).all() for frame in reference.levels)
    assert reference.notes == (
        "turned grey",
        "resized from 160x210 to 32x24",
        "one picture for 4 frames: repeated",
    )


def test_one_picture_for_steps_over_time_is_every_step():
    reference = reference_of(STEPS, noise(*SIZE, 3))
    np.testing.assert_array_equal(reference.levels, np.repeat(noise(*SIZE, 3).transpose(2, 0, 1)[None], 3, 0))
    assert reference.notes == ("one picture for 3 steps over time: repeated",)


def test_transparency_is_left_out_and_that_is_said():
    picture = noise(30, 40, 4)
    reference = reference_of(COLOUR, picture)
    np.testing.assert_array_equal(reference.picture, picture[..., :3])
    assert "its transparency is left out" in reference.notes


def test_four_channels_of_another_size_than_the_stacks_are_colours_with_transparency():
    assert reference_of(STACK, noise(210, 160, 4)).notes[0] == "its transparency is left out"


# ---------------------------------------------------------------------- files


def test_a_file_is_read_as_red_green_blue(tmp_path: Path):
    picture = noise(*SIZE, 3)
    cv2.imwrite(str(tmp_path / "a.png"), picture[..., ::-1])
    for path in (tmp_path / "a.png", str(tmp_path / "a.png")):
        np.testing.assert_array_equal(reference_of(COLOUR, path).levels, picture.transpose(2, 0, 1))


def test_matplotlibs_floats_of_a_file_are_the_file(tmp_path: Path):
    image = pytest.importorskip("matplotlib.image")
    cv2.imwrite(str(tmp_path / "a.png"), noise(*SIZE, 3))
    np.testing.assert_array_equal(
        reference_of(COLOUR, image.imread(tmp_path / "a.png")).levels,
        reference_of(COLOUR, tmp_path / "a.png").levels,
    )


def test_a_missing_file_is_one_line(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"^cannot read .*none\.png: No such file or directory$"):
        reference_of(COLOUR, tmp_path / "none.png")


def test_a_file_that_is_no_picture_is_one_line(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(b"text")
    with pytest.raises(ValueError, match=r"^.*a\.png is not a picture that can be read[^\n]*$"):
        reference_of(COLOUR, tmp_path / "a.png")


@pytest.mark.shared
def test_a_picture_of_a_tub_fits_the_pilots_that_drove_there():
    path = SHARED / "data" / "donkey" / "tub" / "images" / "100_cam_image_array_.jpg"
    if not path.is_file():
        pytest.skip("there is no donkey data beside the checkout")
    reference = reference_of(network(3, 120, 160), path)
    assert (reference.levels.shape, reference.notes) == ((3, 120, 160), ())
    assert reference.levels.std() > 20


# ---------------------------------------------------------------------- what the network gets


def test_the_network_gets_what_the_preprocessing_makes_of_the_levels():
    reference = reference_of(network(3, *SIZE, preprocessing="caffe"), noise(*SIZE, 3))
    blue_first = noise(*SIZE, 3).transpose(2, 0, 1)[::-1]
    expected = blue_first - np.array([103.939, 116.779, 123.68])[:, None, None]
    np.testing.assert_allclose(reference.inputs["image"], expected[None], rtol=1e-5, atol=1e-4)
    assert reference.inputs["image"].dtype == np.float32


def test_further_inputs_are_zeros_and_that_is_said():
    reference = reference_of(network(3, *SIZE, memory=(6,)), noise(*SIZE, 3))
    np.testing.assert_array_equal(reference.inputs["memory"], np.zeros((1, 6)))
    assert reference.notes == ("the network's further input memory is all zeros",)


def test_a_preprocessing_for_other_channels_is_one_line():
    with pytest.raises(ValueError, match="'caffe' is for 3 channels, the network takes 4"):
        reference_of(network(4, *SIZE, preprocessing="caffe"), noise(*SIZE, 3))


@pytest.mark.parametrize("given", [[0.5, -3, 1e6], np.array([[0.5, -3, 1e6]])])
def test_numbers_go_in_as_they_are(given: object):
    reference = reference_of(network(3), given)
    np.testing.assert_array_equal(reference.inputs["image"], np.array([[0.5, -3, 1e6]], np.float32))
    assert reference.levels.tolist() == [[[0, 0, 255]]]
    assert "shown from -3 (black) to 1e+06 (white)" in reference.notes[0]


@pytest.mark.parametrize("given", [[1, 2], [1, 2, float("nan")], np.zeros((3, 3))])
def test_numbers_that_do_not_fit_are_one_line(given: object):
    with pytest.raises(ValueError, match=r"the network takes 3 finite ones, \(3,\)"):
        reference_of(network(3), given)


@pytest.mark.parametrize("net", [network(3, *SIZE, rear=(3, 8, 8)), network(4, state=(2,))])
def test_a_network_without_one_picture_among_its_inputs_is_one_line(net: Opened):
    with pytest.raises(
        ValueError, match=r"^the network takes image [^\n]*a picture needs one input of shape"
    ):
        reference_of(net, noise(*SIZE, 3))


# ---------------------------------------------------------------------- levels as pictures


def test_three_channels_are_one_picture_in_colour():
    (picture,) = picture_levels(noise(3, *SIZE))
    np.testing.assert_array_equal(picture, noise(3, *SIZE).transpose(1, 2, 0))
    assert picture.flags.c_contiguous


@pytest.mark.parametrize("channels", [1, 2, 4, 64])
def test_other_channels_are_grey_pictures_in_order(channels: int):
    pictures = picture_levels(noise(channels, *SIZE))
    assert len(pictures) == channels
    for picture, channel in zip(pictures, noise(channels, *SIZE), strict=True):
        np.testing.assert_array_equal(picture, np.repeat(channel[:, :, None], 3, axis=2))


def test_steps_follow_each_other():
    steps = noise(5, 3, *SIZE)
    np.testing.assert_array_equal(np.stack(picture_levels(steps)), steps.transpose(0, 2, 3, 1))
