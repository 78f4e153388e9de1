"""What a layer asks of pictures: the smallest that it can be computed for, and how many fit into one pass."""

import math
from collections.abc import Iterator

from rlviz_cam.backends.base import Backend

_BUDGET = 2**30
_COPIES = 4
_UNKNOWN_SHARE = 4
_UNKNOWN_LEAST = 32


def smallest_size(backend: Backend, layer: str) -> tuple[int, int]:
    """Return the smallest height and width, in pixels, that a resizable layer can be computed for.

    That is where every window below the layer still fits once, padding counted. Where the windows cannot be
    worked out, it is a quarter of the network's own size, but no less than 32 pixels or that size.
    """
    own = backend.input_size
    try:
        windows = backend.windows(_spatial(backend, layer))
    except ValueError:
        height, width = (min(side, max(side // _UNKNOWN_SHARE, _UNKNOWN_LEAST)) for side in own)
        return height, width
    needed = [1, 1]
    for window in reversed(windows):
        for axis in (0, 1):
            extent = window.dilation[axis] * (window.kernel[axis] - 1) + 1
            reach = (needed[axis] - 1) * window.stride[axis] + extent - 2 * window.padding[axis]
            needed[axis] = max(reach, 1)
    return min(needed[0], own[0]), min(needed[1], own[1])


def images_per_pass(backend: Backend, layer: str, size: tuple[int, int]) -> int:
    """Return how many images of a size a pass up to a layer can take in about 1 GiB, at least one.

    An image is taken for four times its activations, up to the layer, as float32: what a convolution makes,
    what the nonlinearity makes of it, the gradient and the framework's own copy.

    Args:
        backend: The network.
        layer: The last layer that is computed.
        size: Height and width of what the network is given, in pixels.
    """
    own = backend.input_size
    numbers = 0
    for info in backend.layers():
        numbers += math.prod(info.output_shape)
        if info.name == layer:
            break
    larger = size[0] * size[1] / (own[0] * own[1])
    return max(int(_BUDGET / max(numbers * larger * 4 * _COPIES, 1)), 1)


def spans(count: int, at_once: int) -> "Iterator[slice[int, int]]":
    """Split ``count`` images into passes of at most ``at_once``, as even as can be."""
    passes = math.ceil(count / at_once)
    for number in range(passes):
        yield slice(count * number // passes, count * (number + 1) // passes)


def _spatial(backend: Backend, layer: str) -> str:
    """Name the layer itself, or the last spatial one below it."""
    if backend.layer(layer).is_spatial:
        return layer
    below = layer
    for info in backend.layers():
        if info.name == layer:
            break
        below = info.name if info.is_spatial else below
    return below
