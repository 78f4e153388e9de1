import numpy as np
import pytest
from donkey_gradcam.drives.config import KEYS
from donkey_gradcam.drives.transformations import TRANSFORMATIONS, make_transformations, transformation_names


def apply(picture, *names, **values):
    config = {name: key.default for name, key in KEYS.items()} | {"TRANSFORMATIONS": list(names)} | values
    return make_transformations(config)(picture)


def plain(height=120, width=160, colour=(200, 100, 50)):
    return np.full((height, width, 3), colour, np.uint8)


def noise(height=24, width=32, channels=3):
    return np.random.default_rng(0).integers(0, 256, (height, width, channels), dtype=np.uint8)


def test_crop_blacks_out_the_borders_and_keeps_the_edges_and_the_size():
    picture = noise(120, 160)
    cropped = apply(picture, "CROP", ROI_CROP_TOP=45, ROI_CROP_BOTTOM=10, ROI_CROP_LEFT=20, ROI_CROP_RIGHT=30)
    kept = np.zeros((120, 160, 1), bool)
    kept[45 : 120 - 10 + 1, 20 : 160 - 30 + 1] = True  # as OpenCV fills: the polygon's edges included
    assert np.array_equal(cropped, picture * kept)


def test_crop_by_default_blacks_out_the_upper_45_rows():
    cropped = apply(plain(), "CROP")
    assert not cropped[:45].any()
    assert cropped[45:].all()


def test_crop_of_nothing_leaves_the_picture():
    sides = dict.fromkeys(("ROI_CROP_TOP", "ROI_CROP_BOTTOM", "ROI_CROP_LEFT", "ROI_CROP_RIGHT"))
    picture = noise()
    assert np.array_equal(apply(picture, "CROP", **sides), picture)


def test_trapeze_keeps_what_lies_between_its_corners():
    picture = plain()
    masked = apply(
        picture,
        "TRAPEZE",
        ROI_TRAPEZE_UL=20,
        ROI_TRAPEZE_UR=140,
        ROI_TRAPEZE_LL=0,
        ROI_TRAPEZE_LR=159,
        ROI_TRAPEZE_MIN_Y=60,
        ROI_TRAPEZE_MAX_Y=119,
    )
    kept = np.asarray(masked.any(axis=2))
    assert not kept[:60].any()
    assert np.flatnonzero(kept[60]).tolist() == list(range(20, 141))
    assert np.flatnonzero(kept[119]).tolist() == list(range(160))
    widths = kept[60:].sum(axis=1)
    assert (np.diff(widths) >= 0).all()


def test_trapeze_edge_measures_from_the_right_and_lower_edges():
    corners = {"ROI_TRAPEZE_UL": 20, "ROI_TRAPEZE_LL": 5, "ROI_TRAPEZE_MIN_Y": 60}
    at_edges = {"ROI_TRAPEZE_UR": 30, "ROI_TRAPEZE_LR": 10, "ROI_TRAPEZE_MAX_Y": 15}
    absolute = {"ROI_TRAPEZE_UR": 160 - 30, "ROI_TRAPEZE_LR": 160 - 10, "ROI_TRAPEZE_MAX_Y": 120 - 15}
    picture = noise(120, 160)
    expected = apply(picture, "TRAPEZE", **corners, **absolute)
    assert np.array_equal(apply(picture, "TRAPEZE_EDGE", **corners, **at_edges), expected)
    assert expected.any()


@pytest.mark.parametrize("name", ["CROP", "TRAPEZE", "TRAPEZE_EDGE"])
def test_masks_keep_grey_pictures_grey(name):
    grey = noise(120, 160, 1)
    assert apply(grey, name).shape == (120, 160, 1)
    assert apply(grey[:, :, 0], name).shape == (120, 160)


def test_a_mask_follows_the_size_of_each_picture():
    config = {name: key.default for name, key in KEYS.items()} | {"TRANSFORMATIONS": ["CROP"]}
    transform = make_transformations(config)
    for height in (120, 60, 120):
        assert transform(plain(height)).any(axis=(1, 2)).tolist() == [False] * 45 + [True] * (height - 45)


def test_canny_marks_a_step_as_one_line_of_white():
    step = plain()
    step[:, 80:] = 0
    edges = apply(step, "CANNY")
    assert edges.shape == (120, 160)
    columns = np.flatnonzero(edges.any(axis=0))
    assert len(columns) == 1
    assert columns[0] in {79, 80}
    assert (edges[:, columns[0]] == 255).all()


def test_canny_sees_no_step_below_its_thresholds():
    step = plain()
    step[:, 80:] += 10
    assert not apply(step, "CANNY").any()
    assert apply(step, "CANNY", CANNY_LOW_THRESHOLD=10, CANNY_HIGH_THRESHOLD=20).any()


def test_a_simple_blur_is_the_mean_over_its_kernel():
    picture = np.zeros((9, 9, 3), np.uint8)
    picture[4, 4] = 150
    blurred = apply(picture, "BLUR", BLUR_GAUSSIAN=False, BLUR_KERNEL=5, BLUR_KERNEL_Y=3)
    expected = np.zeros((9, 9, 3), np.uint8)
    expected[3:6, 2:7] = 10
    assert np.array_equal(blurred, expected)


def test_a_gaussian_blur_of_5_has_binomial_weights():
    picture = np.zeros((9, 9, 3), np.uint8)
    picture[4, 4] = 255
    weights = np.array([1, 4, 6, 4, 1]) / 16  # OpenCV's own for a kernel of 5 without a sigma
    expected = np.zeros((9, 9))
    expected[2:7, 2:7] = 255 * np.outer(weights, weights)
    blurred = apply(picture, "BLUR")
    assert np.allclose(blurred, expected[:, :, None], atol=0.51)


def test_a_blur_keeps_plain_pictures():
    assert np.array_equal(apply(plain(), "BLUR"), plain())


def test_a_gaussian_blur_of_an_even_kernel_is_one_line():
    with pytest.raises(
        ValueError, match="BLUR_KERNEL 4 and BLUR_KERNEL_Y 4: a Gaussian blur takes odd numbers"
    ):
        apply(plain(), "BLUR", BLUR_KERNEL=4)


def test_resize_brings_to_its_size():
    assert apply(noise(), "RESIZE", RESIZE_WIDTH=20, RESIZE_HEIGHT=10).shape == (10, 20, 3)


def test_scale_multiplies_the_size_by_one_factor_or_two():
    assert apply(noise(24, 32), "SCALE", SCALE_WIDTH=0.5).shape == (12, 16, 3)
    assert apply(noise(24, 32), "SCALE", SCALE_WIDTH=0.5, SCALE_HEIGHT=2.0).shape == (48, 16, 3)


def test_halving_takes_the_mean_of_two_by_two_pixels():
    picture = noise(24, 32)
    means = picture.reshape(12, 2, 16, 2, 3).mean(axis=(1, 3))
    assert np.abs(apply(picture, "SCALE", SCALE_WIDTH=0.5).astype(float) - means).max() <= 0.5


@pytest.mark.parametrize("name", ["RGB2BGR", "BGR2RGB"])
def test_rgb_and_bgr_are_each_others_mirror(name):
    picture = noise()
    assert np.array_equal(apply(picture, name), picture[:, :, ::-1])


@pytest.mark.parametrize(
    ("name", "colour", "hue"),
    [
        ("RGB2HSV", (255, 0, 0), 0),
        ("RGB2HSV", (0, 255, 0), 60),
        ("RGB2HSV", (0, 0, 255), 120),
        ("BGR2HSV", (255, 0, 0), 120),
        ("BGR2HSV", (0, 0, 255), 0),
    ],
)
def test_hue_is_half_its_degrees(name, colour, hue):
    assert apply(plain(colour=colour), name)[0, 0].tolist() == [hue, 255, 255]


@pytest.mark.parametrize(("there", "back"), [("RGB2HSV", "HSV2RGB"), ("BGR2HSV", "HSV2BGR")])
def test_hsv_and_back_gives_the_colour_again(there, back):
    picture = plain(colour=(255, 255, 0))
    assert np.allclose(apply(picture, there, back), picture, atol=1)


@pytest.mark.parametrize(
    ("name", "weights"), [("RGB2GRAY", (0.299, 0.587, 0.114)), ("BGR2GRAY", (0.114, 0.587, 0.299))]
)
def test_grey_is_the_luma_of_rec_601(name, weights):
    picture = noise()
    grey = apply(picture, name)
    assert grey.shape == (24, 32)
    assert np.abs(grey - picture @ np.array(weights)).max() <= 0.51


@pytest.mark.parametrize("name", ["GRAY2RGB", "GRAY2BGR"])
def test_grey_is_repeated_to_three_channels(name):
    grey = noise(channels=1)
    assert np.array_equal(apply(grey, name), np.repeat(grey, 3, axis=2))


def test_both_lists_are_applied_in_order():
    picture = noise(120, 160)
    names = {"TRANSFORMATIONS": ["RGB2GRAY", "CROP"], "POST_TRANSFORMATIONS": ["GRAY2RGB", "BLUR"]}
    config = {name: key.default for name, key in KEYS.items()} | names
    assert transformation_names(config) == ("RGB2GRAY", "CROP", "GRAY2RGB", "BLUR")
    one_by_one = picture
    for name in transformation_names(config):
        one_by_one = apply(one_by_one, name)
    assert np.array_equal(make_transformations(config)(picture), one_by_one)


def test_no_transformation_leaves_the_picture():
    picture = noise()
    assert apply(picture) is picture


def test_the_camera_picture_is_never_changed_in_place():
    for name in TRANSFORMATIONS:
        picture = noise(120, 160, 1 if name.startswith("GRAY2") else 3)
        before = picture.copy()
        assert apply(picture, name).dtype == np.uint8
        assert np.array_equal(picture, before), name


def test_custom_code_is_not_run_and_says_so():
    with pytest.raises(ValueError, match="CUSTOM_CROP is code of your own, which is not run here"):
        apply(plain(), "CUSTOM_CROP")


def test_a_conversion_that_never_worked_says_so():
    with pytest.raises(ValueError, match="HSV2GRAY: OpenCV has no such conversion"):
        apply(plain(), "HSV2GRAY")


def test_an_unknown_transformation_lists_the_known():
    with pytest.raises(
        ValueError, match="'CROPP' is not a transformation of donkeycar; choose from: CROP, TRAPEZE"
    ):
        apply(plain(), "CROPP")


def test_a_transformation_that_does_not_fit_names_the_one_before():
    with pytest.raises(
        ValueError, match="RGB2HSV cannot be applied to the 160x120 grey picture that CANNY made"
    ):
        apply(plain(), "CANNY", "RGB2HSV")
    with pytest.raises(
        ValueError, match="GRAY2RGB cannot be applied to the 160x120 colour picture of the camera"
    ):
        apply(plain(), "GRAY2RGB")
