"""The patches of a channel are its highest activations, one per picture, and what those cells saw."""

import numpy as np
import pytest
from network_analyzer.report.patches import LARGEST, TopPatches, field_box
from rlviz_cam import Box, ReceptiveField, WindowOp

SIZE = (10, 12)
FIELD = ReceptiveField.from_windows([WindowOp((3, 3), (2, 2))], cells=(4, 5), pixels=SIZE)
PADDED = ReceptiveField.from_windows([WindowOp((5, 5), (3, 3), (2, 2))], cells=(4, 4), pixels=SIZE)
BATCHES = (4, 1, 7, 8)


def drawn(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def pictures(count: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (count, *shape), dtype=np.uint8)


def filled(top: TopPatches, responses: np.ndarray, levels: np.ndarray, batches=None) -> TopPatches:
    names = tuple(f"p{number}" for number in range(len(levels)))
    start = 0
    for size in batches or (len(levels),):
        end = start + size
        top.add(responses[start:end], names[start:end], levels[start:end])
        start = end
    return top


@pytest.mark.parametrize("batches", [BATCHES, (20,), (1,) * 20])
def test_the_patches_are_the_highest_activations_one_per_picture(batches):
    responses, levels = drawn(20, 6, 20), pictures(20, 3, *SIZE)
    top = filled(TopPatches(6, 5, (4, 5), FIELD), responses, levels, batches)
    for channel in range(6):
        best = responses[:, channel].max(axis=1)
        order = np.argsort(-best)[:5]
        found = top.of_channel(channel)
        assert [patch.number for patch in found] == list(order)
        assert [patch.picture for patch in found] == [f"p{number}" for number in order]
        assert [patch.activation for patch in found] == [float(one) for one in best[order]]
        cells = [responses[number, channel].reshape(4, 5) for number in order]
        assert [patch.cell for patch in found] == [np.unravel_index(one.argmax(), one.shape) for one in cells]


def test_a_patch_is_exactly_what_its_cell_saw():
    responses, levels = drawn(20, 6, 20), pictures(20, 3, *SIZE)
    top = filled(TopPatches(6, 5, (4, 5), FIELD), responses, levels, BATCHES)
    for channel in range(6):
        for patch in top.of_channel(channel):
            y, x = patch.cell
            assert patch.box == Box(2 * y, 2 * x, 2 * y + 3, 2 * x + 3)
            assert patch.inside == Box(0, 0, 3, 3)
            seen = levels[patch.number][:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
            np.testing.assert_array_equal(patch.levels, seen)


def test_of_equal_activations_those_that_came_first_are_kept():
    responses, levels = np.ones((20, 1, 20), np.float32), pictures(20, 1, *SIZE)
    top = filled(TopPatches(1, 3, (4, 5), FIELD), responses, levels, BATCHES)
    assert [(patch.number, patch.cell) for patch in top.of_channel(0)] == [
        (0, (0, 0)),
        (1, (0, 0)),
        (2, (0, 0)),
    ]


def test_a_field_that_leaves_the_picture_has_no_pixels_there():
    responses, levels = np.zeros((1, 1, 16), np.float32), pictures(1, 1, *SIZE)
    responses[0, 0, 0] = 1
    (patch,) = filled(TopPatches(1, 2, (4, 4), PADDED), responses, levels).of_channel(0)
    assert patch.box == Box(-2, -2, 3, 3)
    assert patch.inside == Box(2, 2, 5, 5)
    np.testing.assert_array_equal(patch.levels, levels[0, :, :3, :3])


def test_a_field_larger_than_the_picture_is_cut_to_what_it_sees_of_it():
    wide = ReceptiveField((31, 5), (2, 2), (-1.0, 2.0), (5, 4), SIZE)
    assert field_box(wide, (0, 0)) == Box(0, 0, 10, 5)
    assert field_box(wide, (0, 3)) == Box(0, 6, 10, 11)


def test_a_field_in_the_padding_alone_gives_a_patch_without_pixels():
    outside = ReceptiveField((3, 3), (2, 2), (-3.0, 1.0), (4, 4), SIZE)
    responses, levels = np.zeros((1, 1, 16), np.float32), pictures(1, 1, *SIZE)
    responses[0, 0, 0] = 1
    (patch,) = filled(TopPatches(1, 1, (4, 4), outside), responses, levels).of_channel(0)
    assert patch.levels.size == 0
    assert patch.box == Box(-4, 0, -1, 3)


def test_behind_a_rectifier_an_activation_of_0_is_no_answer():
    responses, levels = np.zeros((4, 2, 20), np.float32), pictures(4, 1, *SIZE)
    responses[2, 1, 7] = 0.5
    top = filled(TopPatches(2, 3, (4, 5), FIELD, above=0.0), responses, levels)
    assert top.of_channel(0) == ()
    assert [patch.number for patch in top.of_channel(1)] == [2]


def test_activations_below_0_are_answers_where_nothing_is_rectified():
    responses, levels = -1 - np.abs(drawn(4, 1, 20)), pictures(4, 1, *SIZE)
    top = filled(TopPatches(1, 3, (4, 5), FIELD), responses, levels)
    assert len(top.of_channel(0)) == 3


def test_more_patches_than_pictures_are_as_many_as_there_are_pictures():
    top = filled(TopPatches(2, 50, (4, 5), FIELD), drawn(4, 2, 20), pictures(4, 1, *SIZE), (3, 1))
    assert [len(top.of_channel(channel)) for channel in range(2)] == [4, 4]


def test_a_unit_without_cells_shows_whole_pictures():
    levels = pictures(3, 3, *SIZE)
    (patch,) = filled(TopPatches(1, 1, (), None), np.arange(3.0).reshape(3, 1, 1), levels).of_channel(0)
    assert (patch.cell, patch.box) == ((), Box(0, 0, *SIZE))
    np.testing.assert_array_equal(patch.levels, levels[2])


def test_over_time_steps_a_patch_is_cut_from_the_picture_of_its_step():
    responses, levels = np.zeros((1, 1, 60), np.float32), pictures(1, 3, 2, *SIZE)
    responses[0, 0, 20 + 7] = 1
    (patch,) = filled(TopPatches(1, 1, (3, 4, 5), FIELD), responses, levels).of_channel(0)
    assert patch.cell == (1, 1, 2)
    np.testing.assert_array_equal(patch.levels, levels[0, 1, :, 2:5, 4:7])


def test_steps_before_the_first_one_asked_for_are_not_looked_at():
    responses, levels = np.zeros((1, 1, 60), np.float32), pictures(1, 3, 2, *SIZE)
    responses[0, 0, [3, 45]] = 5, 1
    top = TopPatches(1, 1, (3, 4, 5), FIELD, first=40)
    assert [patch.cell for patch in filled(top, responses, levels).of_channel(0)] == [(2, 1, 0)]


def test_large_patches_are_kept_small_and_hold_no_picture():
    levels = pictures(2, 3, 400, 200)
    (patch,) = filled(TopPatches(1, 1, (), None), drawn(2, 1, 1), levels).of_channel(0)
    assert patch.levels.shape == (3, LARGEST, LARGEST // 2)
    assert patch.box == Box(0, 0, 400, 200)


def test_a_patch_does_not_keep_the_batch_that_it_was_cut_from():
    responses, levels = drawn(20, 6, 20), pictures(20, 3, *SIZE)
    top = filled(TopPatches(6, 5, (4, 5), FIELD), responses, levels)
    assert not any(np.shares_memory(patch.levels, levels) for patch in top.of_channel(0))


def test_no_patches_at_all_cannot_be_asked_for():
    with pytest.raises(ValueError, match="give 1 or more"):
        TopPatches(1, 0, (4, 5), FIELD)
