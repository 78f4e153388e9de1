import numpy as np
import pytest
from donkey_gradcam.drives.config import KEYS
from donkey_gradcam.drives.sight import Sight, resize_picture
from PIL import Image


def config(**values):
    return {name: key.default for name, key in KEYS.items()} | values


def noise(height=120, width=160):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def resized(frame, width, height):
    return np.asarray(Image.fromarray(frame).resize((width, height), Image.Resampling.BICUBIC))


def test_a_picture_that_fits_is_seen_as_it_is_and_nothing_is_said():
    frame = noise()
    for values in (None, config()):
        sight = Sight(values, (120, 160, 3))
        assert np.array_equal(sight(frame), frame)
        assert sight.note == ""
        assert sight.steps == ()


def test_without_a_config_the_networks_input_decides_the_size_and_it_is_said_once():
    frame = noise(240, 320)
    sight = Sight(None, (66, 200, 3))
    for _ in range(2):
        assert np.array_equal(sight(frame), resized(frame, 200, 66))
        assert sight.note == "the pictures are 320x240 and the network takes 200x66: resized"


def test_without_a_config_a_grey_network_gets_pillows_grey():
    frame = noise()
    seen = Sight(None, (120, 160, 1))(frame)
    assert np.array_equal(seen, np.asarray(Image.fromarray(frame).convert("L"))[:, :, None])


def test_grey_is_taken_after_resizing_as_donkeycar_does():
    frame = noise(240, 320)
    expected = np.asarray(Image.fromarray(frame).resize((160, 120)).convert("L"))[:, :, None]
    assert np.array_equal(Sight(config(IMAGE_DEPTH=1), (120, 160, 1))(frame), expected)


def test_a_grey_picture_repeated_to_three_channels_becomes_the_same_grey():
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    seen = Sight(None, (16, 16, 1))(np.repeat(grey[:, :, None], 3, axis=2))
    assert np.array_equal(seen[:, :, 0], grey)


def test_the_configs_size_is_that_of_the_camera_and_another_is_said():
    frame = noise(240, 320)
    sight = Sight(config(IMAGE_W=160, IMAGE_H=120), (120, 160, 3))
    assert np.array_equal(sight(frame), resized(frame, 160, 120))
    assert sight.note == "the pictures are 320x240 and the config says 160x120: resized"


def test_transformations_come_after_the_size():
    frame = noise(240, 320)
    sight = Sight(config(TRANSFORMATIONS=["CROP"], POST_TRANSFORMATIONS=["RGB2BGR"]), (120, 160, 3))
    expected = resized(frame, 160, 120)[:, :, ::-1].copy()
    expected[:45] = 0
    assert np.array_equal(sight(frame), expected)
    assert sight.steps == ("CROP", "RGB2BGR")


def test_a_transformation_to_grey_fits_a_grey_network():
    seen = Sight(config(TRANSFORMATIONS=["CANNY"]), (120, 160, 1))(noise())
    assert seen.shape == (120, 160, 1)
    assert set(np.unique(seen)) == {0, 255}


def test_a_config_of_another_size_than_the_networks_is_resized_and_questioned():
    frame = noise()
    sight = Sight(config(TRANSFORMATIONS=["RESIZE"], RESIZE_WIDTH=80, RESIZE_HEIGHT=60), (66, 200, 3))
    assert sight.note == (
        "the config makes pictures of 80x60 and the network takes 200x66: resized; is it this pilot's config?"
    )
    assert sight(frame).shape == (66, 200, 3)


def test_grey_pictures_are_resized_too():
    sight = Sight(config(IMAGE_DEPTH=1), (66, 200, 1))
    assert sight(noise()).shape == (66, 200, 1)


@pytest.mark.parametrize(
    ("values", "channels"), [({"IMAGE_DEPTH": 1}, 3), ({}, 1), ({"TRANSFORMATIONS": ["RGB2GRAY"]}, 3)]
)
def test_a_config_of_other_channels_than_the_networks_is_one_line_before_any_picture(values, channels):
    made = 4 - channels
    expected = (
        f"the config makes pictures of {made} channels and the network takes {channels}; give the pilot's own"
    )
    with pytest.raises(ValueError, match=expected):
        Sight(config(**values), (120, 160, channels))


def test_a_transformation_that_does_not_fit_is_one_line_before_any_picture():
    with pytest.raises(ValueError, match="GRAY2RGB cannot be applied"):
        Sight(config(TRANSFORMATIONS=["GRAY2RGB"]), (120, 160, 3))


def test_a_network_of_other_channels_is_one_line():
    with pytest.raises(ValueError, match=r"takes pictures of 4 channels; expected 1 \(grey\) or 3 \(RGB\)"):
        Sight(None, (120, 160, 4))


def test_later_pictures_of_another_size_say_nothing_more():
    sight = Sight(None, (120, 160, 3))
    sight(noise())
    assert sight(noise(30, 40)).shape == (120, 160, 3)
    assert sight.note == ""


def test_the_cameras_picture_is_never_changed():
    frame = noise()
    before = frame.copy()
    frame.setflags(write=False)
    Sight(config(TRANSFORMATIONS=["CROP", "BLUR", "RGB2HSV"]), (120, 160, 3))(frame)
    assert np.array_equal(frame, before)


def test_a_picture_of_the_wanted_size_is_not_resized():
    frame = noise()
    assert resize_picture(frame, (160, 120)) is frame
