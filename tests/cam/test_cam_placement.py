"""Where a map's cells are drawn."""

import numpy as np
import pytest
from rlviz_cam import PLACEMENTS, Placer, ReceptiveField, pixel_matrix

NATURE = ReceptiveField(size=(36, 36), jump=(8, 8), start=(17.5, 17.5), cells=(7, 7), pixels=(84, 84))
WIDE = ReceptiveField(size=(5, 9), jump=(2, 3), start=(-1.0, 0.0), cells=(6, 8), pixels=(12, 24))


@pytest.mark.parametrize("name", PLACEMENTS)
@pytest.mark.parametrize("field", [NATURE, WIDE])
def test_a_constant_map_stays_constant_where_cells_look(name, field):
    placed = Placer(name, field)(np.full((1, *field.cells), 3, dtype=np.float32))
    np.testing.assert_allclose(placed[placed != 0], 3, rtol=1e-6)


@pytest.mark.parametrize("name", PLACEMENTS)
def test_placement_is_linear(name):
    random = np.random.default_rng(0)
    a, b = random.standard_normal((2, 3, 7, 7)).astype(np.float32)
    placer = Placer(name, NATURE)
    np.testing.assert_allclose(placer(2 * a - b), 2 * placer(a) - placer(b), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", PLACEMENTS)
def test_signs_are_kept(name):
    maps = np.random.default_rng(0).standard_normal((2, 7, 7)).astype(np.float32)
    np.testing.assert_array_equal(Placer(name, NATURE)(-maps), -Placer(name, NATURE)(maps))


def test_stretch_is_a_bilinear_resize_with_half_pixel_centres():
    np.testing.assert_allclose(
        pixel_matrix("stretch", 2, 4, 1, 1, 0), [[1, 0], [0.75, 0.25], [0.25, 0.75], [0, 1]]
    )


@pytest.mark.parametrize("pixels", [(84, 84), (210, 160), (7, 7), (5, 3)])
def test_stretch_equals_opencvs_resize(pixels):
    cv2 = pytest.importorskip("cv2")
    grid = np.random.default_rng(0).standard_normal((7, 7)).astype(np.float32)
    resized = cv2.resize(grid, pixels[::-1], interpolation=cv2.INTER_LINEAR)
    placed = Placer("stretch", NATURE, pixels=pixels)(grid[None])[0]
    np.testing.assert_allclose(placed, resized, atol=1e-5)


def test_center_puts_a_cell_at_its_fields_centre():
    matrix = pixel_matrix("center", 3, 20, 9, 4, 6)
    np.testing.assert_array_equal(matrix[[6, 10, 14]], np.eye(3))


def test_center_interpolates_between_centres_and_holds_the_ends():
    matrix = pixel_matrix("center", 2, 8, 5, 4, 2)
    np.testing.assert_allclose(matrix[:, 1], [0, 0, 0, 0.25, 0.5, 0.75, 1, 1])


def test_field_is_the_mean_of_the_cells_that_see_the_pixel():
    matrix = pixel_matrix("field", 3, 7, 3, 2, 1)  # fields 0-2, 2-4, 4-6
    expected = [[1, 0, 0], [1, 0, 0], [0.5, 0.5, 0], [0, 1, 0], [0, 0.5, 0.5], [0, 0, 1], [0, 0, 1]]
    np.testing.assert_allclose(matrix, expected)


def test_field_shows_nothing_where_no_cell_looks():
    assert not pixel_matrix("field", 2, 8, 2, 2, 0.5)[4:].any()


def test_one_cell_is_drawn_over_its_field_alone():
    field = ReceptiveField((4, 4), (1, 1), (3.5, 3.5), cells=(1, 1), pixels=(10, 10))
    placed = Placer("field", field)(np.ones((1, 1, 1), dtype=np.float32))[0]
    assert placed[2:6, 2:6].all()
    assert placed.sum() == 16


def test_another_size_scales_the_geometry():
    maps = np.random.default_rng(0).standard_normal((1, 7, 7)).astype(np.float32)
    large = Placer("field", NATURE, pixels=(168, 252))(maps)
    np.testing.assert_allclose(large[:, ::2, 1::3], Placer("field", NATURE)(maps), rtol=1e-5)


def test_rows_and_columns_have_their_own_geometry():
    placed = Placer("center", WIDE)(np.arange(48, dtype=np.float32).reshape(1, 6, 8))[0]
    assert placed[1, 3] == 8 * 1 + 1  # row 1 is cell (1 + 1) / 2, column 3 is cell 3 / 3


def test_maps_of_another_grid_are_an_error():
    with pytest.raises(ValueError, match=r"shape \(1, 6, 7\).*expected \(N, 7, 7\)"):
        Placer("stretch", NATURE)(np.zeros((1, 6, 7), dtype=np.float32))


@pytest.mark.parametrize("name", PLACEMENTS)
def test_a_part_of_the_image_holds_what_lies_in_it_when_the_map_is_drawn(name):
    random = np.random.default_rng(0)
    maps, mask = random.standard_normal((1, 6, 8)).astype(np.float32), random.random((12, 24))
    placer = Placer(name, WIDE)
    np.testing.assert_allclose((placer.part(mask) * maps[0]).sum(), (mask * placer(maps)[0]).sum(), rtol=1e-4)


def test_a_part_of_another_image_is_an_error():
    with pytest.raises(ValueError, match=r"shape \(84, 83\) does not fit an image of 84 x 84"):
        Placer("stretch", NATURE).part(np.ones((84, 83)))


def test_an_unknown_placement_is_an_error_that_lists_the_choices():
    with pytest.raises(
        ValueError, match=r"unknown placement 'middle'; choose one of: stretch, center, field"
    ):
        Placer("middle", NATURE)
