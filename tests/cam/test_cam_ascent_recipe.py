"""A recipe's fields, and the sizes that a picture passes through."""

import dataclasses

import pytest
from rlviz_cam import Recipe
from rlviz_cam.ascent.recipe import Stage

WRONG = [
    {"steps": 0},
    {"taper": 0.0},
    {"taper": 1.5},
    {"scales": ()},
    {"scales": (0.5,)},
    {"scales": (0.5, 0.25, 1.0)},
    {"scales": (0.0, 1.0)},
    {"size": (0, 5)},
    {"parameterisation": "wavelets"},
    {"jitter": -1},
    {"zoom": 1.0},
    {"zoom": -0.1},
    {"rotate": 200.0},
    {"settle": 1.1},
    {"rate": 0.0},
    {"rate": float("nan")},
    {"l2": -1.0},
    {"total_variation": float("inf")},
]


@pytest.mark.parametrize("fields", WRONG, ids=str)
def test_a_field_that_no_recipe_can_have_is_refused_in_one_line(fields):
    with pytest.raises(ValueError, match=next(iter(fields))) as raised:
        Recipe(**fields)
    assert "\n" not in str(raised.value)


def sizes_of(recipe, *sizes):
    return [stage.size for stage in recipe.stages(*sizes)]


def test_the_original_recipe_has_twelve_sizes_each_a_fifth_larger():
    sizes = [56]
    while len(sizes) < 12:
        sizes.append(int(sizes[-1] * 1.2))
    expected = tuple(Stage((size, size), 30) for size in sizes)
    assert Recipe.original().stages((224, 224)) == expected
    assert sizes[-1] == 408


def test_the_original_recipe_moves_nothing():
    recipe = Recipe.original(steps=7)
    assert (recipe.jitter, recipe.zoom, recipe.rotate, recipe.parameterisation) == (0, 0.0, 0.0, "pixels")
    assert recipe.stages((224, 224))[0] == Stage((56, 56), 7)


def test_sizes_are_shares_of_the_networks_own():
    recipe = Recipe(scales=(0.25, 0.5, 1.0), steps=20, taper=0.5, settle=0.0)
    assert recipe.stages((120, 160)) == (Stage((30, 40), 20), Stage((60, 80), 10), Stage((120, 160), 5))


def test_sizes_are_shares_of_the_size_that_is_asked_for():
    assert sizes_of(Recipe(scales=(0.5, 1.0), size=(40, 60), settle=0.0), (224, 224)) == [(20, 30), (40, 60)]


def test_every_size_has_a_step():
    recipe = Recipe(steps=2, taper=0.1, settle=0.0)
    assert [stage.steps for stage in recipe.stages((64, 64))] == [2, 1, 1]


@pytest.mark.parametrize(("settle", "split"), [(0.0, [(10, False)]), (0.4, [(6, False), (4, True)])])
def test_the_last_steps_settle(settle, split):
    stages = Recipe(steps=10, scales=(1.0,), settle=settle).stages((8, 8))
    assert [(stage.steps, stage.settles) for stage in stages] == split


def test_all_steps_may_settle():
    assert Recipe(steps=10, scales=(1.0,), settle=1.0).stages((8, 8)) == (Stage((8, 8), 10, settles=True),)


def test_a_size_that_is_too_small_for_the_layer_becomes_the_smallest_of_its_shape():
    recipe = Recipe(scales=(0.25, 0.5, 1.0), settle=0.0)
    assert sizes_of(recipe, (120, 160), (61, 61)) == [(61, 81), (120, 160)]


def test_a_picture_that_is_too_small_for_the_layer_is_refused():
    with pytest.raises(ValueError, match="20 x 30 is too small: the layer needs pictures of 36 x 36"):
        Recipe(size=(20, 30)).stages((84, 84), (36, 36))


def test_a_recipe_can_be_changed_by_its_fields():
    assert dataclasses.replace(Recipe(), steps=5).steps == 5
