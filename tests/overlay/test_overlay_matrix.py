"""Facts about matrices as pictures."""

import numpy as np
import pytest
from rlviz_overlay import matrix_picture, new_canvas
from rlviz_overlay.geometry import Size

RNG = np.random.default_rng(5)


def blocks(levels: np.ndarray, picture: np.ndarray) -> tuple[int, int]:
    """Where the matrix begins in its picture, when each number is a block of `across` x `down` pixels."""
    height, width = picture.shape[:2]
    across = max(1, min(24, 1400 // levels.shape[1]))
    down = max(1, min(24, 900 // levels.shape[0]))
    whole = levels.repeat(down, axis=0).repeat(across, axis=1)
    top, left = height - 1 - whole.shape[0], width - 1 - whole.shape[1]
    assert (picture[top:-1, left:-1] == whole[..., None]).all()
    return left, top


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (4, 512), (100, 50), (600, 1500)])
def test_every_number_is_a_block_of_pixels_in_its_own_place(shape):
    levels = RNG.integers(0, 256, shape, dtype=np.uint8)
    picture = matrix_picture(levels, [str(n) for n in range(shape[0])], [str(n) for n in range(shape[1])])
    left, top = blocks(levels, picture)
    assert (picture[:, : left - 1] != picture[-1, 0]).any()  # the rows' names
    assert (picture[: top - 1] != picture[-1, 0]).any()  # the columns' names


def words(strip: np.ndarray) -> int:
    """How many groups of inked columns there are with eight columns or more between them."""
    inked = np.flatnonzero((strip != strip[0, 0]).any(axis=(0, 2)))
    return 1 + int((np.diff(inked) > 8).sum())


@pytest.mark.parametrize(("name", "fewest", "most"), [("1", 25, 35), ("123456", 8, 13)])
def test_names_are_only_written_as_far_as_they_have_room(name, fewest, most):
    picture = matrix_picture(np.zeros((600, 600), np.uint8), ["1"] * 600, [name] * 600)
    assert fewest <= words(picture[:14]) <= most


def test_more_names_than_rows_are_spread_over_them():
    picture = matrix_picture(np.zeros((10, 10), np.uint8), [str(n) for n in range(1000)], ["0"])
    assert picture.shape[0] < 300


def test_around_the_matrix_there_is_a_line_so_that_black_has_an_edge():
    picture = matrix_picture(np.zeros((2, 2), np.uint8), ["0", "1"], ["0", "1"])
    empty = new_canvas(Size.of(picture), tuple(picture[-1, 0].tolist()))
    assert (picture[-1, -1] != empty[-1, -1]).any()
