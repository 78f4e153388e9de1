"""What a configuration's TRANSFORMATIONS do to a picture, as donkeycar's parts/cv.py does it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from rlviz_overlay.opencv import cv2

from donkey_gradcam.drives.config import Config

Pixels = NDArray[np.uint8]
"""uint8 (h, w, 3), (h, w, 1) or (h, w)."""

Transformation = Callable[[Pixels], Pixels]
Corners = Callable[[int, int], list[tuple[int, int]]]
"""Picture height and width -> the corners (x, y) of what a mask keeps."""


def transformation_names(config: Config) -> tuple[str, ...]:
    """The names of what is done to every picture, in order."""
    return (*config["TRANSFORMATIONS"], *config["POST_TRANSFORMATIONS"])


def make_transformations(config: Config) -> Transformation:
    """Everything that the configuration does to a picture, in donkeycar's order.

    Training applies TRANSFORMATIONS, then random augmentations, then POST_TRANSFORMATIONS; driving applies
    both lists, and so does this.

    Returns:
        A function of a uint8 (h, w, 3) or (h, w, 1) picture; like OpenCV it gives grey pictures as (h, w).

    Raises:
        ValueError: a name is unknown, or stands for code of the user's own; the returned function raises it
            where a transformation does not fit the picture that the one before made.
    """
    steps = [(name, _make(name, config)) for name in transformation_names(config)]

    def transform(picture: Pixels) -> Pixels:
        for number, (name, step) in enumerate(steps):
            try:
                picture = step(picture)
            except cv2.error as error:
                before = f"that {steps[number - 1][0]} made" if number else "of the camera"
                shape = _shape_text(picture)
                msg = f"{name} cannot be applied to the {shape} picture {before}; give the pilot's own config"
                raise ValueError(msg) from error
        return picture

    return transform


def _make(name: str, config: Config) -> Transformation:
    maker = TRANSFORMATIONS.get(name)
    if maker is not None:
        return maker(config)
    if name.startswith("CUSTOM"):
        msg = (
            f"{name} is code of your own, which is not run here; take it out of a copy of the config, "
            "or give pictures that it has been applied to"
        )
    elif name == "HSV2GRAY":
        msg = "HSV2GRAY: OpenCV has no such conversion, and donkeycar drives on None; use HSV2RGB, RGB2GRAY"
    else:
        msg = f"{name!r} is not a transformation of donkeycar; choose from: {', '.join(TRANSFORMATIONS)}"
    raise ValueError(msg)


def _shape_text(picture: Pixels) -> str:
    height, width = picture.shape[:2]
    return f"{width}x{height} {'colour' if picture.ndim == 3 and picture.shape[2] == 3 else 'grey'}"


def keep(corners: Corners) -> Transformation:
    """Black out everything outside of a convex polygon; the polygon's own edges are kept."""
    masks: dict[tuple[int, ...], NDArray[np.bool_]] = {}

    def mask(picture: Pixels) -> Pixels:
        shape = picture.shape
        if shape not in masks:
            inside = np.zeros(shape, np.int32)
            points = np.array(corners(shape[0], shape[1]), np.int32)
            cv2.fillConvexPoly(inside, points, (255, 255, 255))
            masks[shape] = inside.astype(bool)
        return np.multiply(picture, masks[shape])

    return mask


def crop(config: Config) -> Transformation:
    """Black out the borders; the picture keeps its size."""
    left, top, right, bottom = (
        config[f"ROI_CROP_{side}"] or 0 for side in ("LEFT", "TOP", "RIGHT", "BOTTOM")
    )
    return keep(
        lambda height, width: [
            (left, top),
            (width - right, top),
            (width - right, height - bottom),
            (left, height - bottom),
        ]
    )


def trapeze(config: Config) -> Transformation:
    """Black out all but a trapeze, whose corners are given from the picture's upper left."""
    upper_left, upper_right, lower_left, lower_right, top, bottom = _trapeze(config)
    return keep(
        lambda _height, _width: [
            (upper_left, top),
            (upper_right, top),
            (lower_right, bottom),
            (lower_left, bottom),
        ]
    )


def trapeze_edge(config: Config) -> Transformation:
    """Black out all but a trapeze, whose right and lower corners are given from those edges."""
    upper_left, upper_right, lower_left, lower_right, top, bottom = _trapeze(config)
    return keep(
        lambda height, width: [
            (upper_left, top),
            (width - upper_right, top),
            (width - lower_right, height - bottom),
            (lower_left, height - bottom),
        ]
    )


def _trapeze(config: Config) -> tuple[int, ...]:
    return tuple(config[f"ROI_TRAPEZE_{corner}"] for corner in ("UL", "UR", "LL", "LR", "MIN_Y", "MAX_Y"))


def canny(config: Config) -> Transformation:
    """White edges on black, (h, w)."""
    low, high, aperture = (
        config[f"CANNY_{name}"] for name in ("LOW_THRESHOLD", "HIGH_THRESHOLD", "APERTURE")
    )
    return lambda picture: _pixels(cv2.Canny(picture, low, high, apertureSize=aperture, L2gradient=False))


def blur(config: Config) -> Transformation:
    """Blur by a Gaussian, or by the mean over a box."""
    kernel = (config["BLUR_KERNEL"], config["BLUR_KERNEL_Y"] or config["BLUR_KERNEL"])
    if not config["BLUR_GAUSSIAN"]:
        return lambda picture: _pixels(cv2.blur(picture, kernel))
    if not all(size % 2 for size in kernel):
        msg = f"BLUR_KERNEL {kernel[0]} and BLUR_KERNEL_Y {kernel[1]}: a Gaussian blur takes odd numbers"
        raise ValueError(msg)
    return lambda picture: _pixels(cv2.GaussianBlur(picture, kernel, 0))


def resize(config: Config) -> Transformation:
    """Bring to a size, by bilinear interpolation."""
    size = (config["RESIZE_WIDTH"], config["RESIZE_HEIGHT"])
    return lambda picture: _pixels(cv2.resize(picture, size))


def scale(config: Config) -> Transformation:
    """Make larger or smaller by a factor, by bilinear interpolation."""
    across = config["SCALE_WIDTH"]
    down = across if config["SCALE_HEIGHT"] is None else config["SCALE_HEIGHT"]
    return lambda picture: _pixels(cv2.resize(picture, (0, 0), fx=across, fy=down))


def convert(code: int) -> Callable[[Config], Transformation]:
    """Convert between colours, by OpenCV's number of the conversion."""
    return lambda _config: lambda picture: _pixels(cv2.cvtColor(picture, code))


def _pixels(picture: object) -> Pixels:
    return np.asarray(picture, np.uint8)


TRANSFORMATIONS: Mapping[str, Callable[[Config], Transformation]] = MappingProxyType(
    {
        "CROP": crop,
        "TRAPEZE": trapeze,
        "TRAPEZE_EDGE": trapeze_edge,
        "CANNY": canny,
        "BLUR": blur,
        "RESIZE": resize,
        "SCALE": scale,
        "RGB2BGR": convert(cv2.COLOR_RGB2BGR),
        "BGR2RGB": convert(cv2.COLOR_BGR2RGB),
        "RGB2HSV": convert(cv2.COLOR_RGB2HSV),
        "HSV2RGB": convert(cv2.COLOR_HSV2RGB),
        "BGR2HSV": convert(cv2.COLOR_BGR2HSV),
        "HSV2BGR": convert(cv2.COLOR_HSV2BGR),
        "RGB2GRAY": convert(cv2.COLOR_RGB2GRAY),
        "BGR2GRAY": convert(cv2.COLOR_BGR2GRAY),
        "GRAY2RGB": convert(cv2.COLOR_GRAY2RGB),
        "GRAY2BGR": convert(cv2.COLOR_GRAY2BGR),
    }
)
"""The transformations by donkeycar's names (HSV2GRAY, which it also lists, has never worked)."""
