"""A report says of every channel what it does, what it prefers and where it was found."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from network_analyzer.opened import Opened
from network_analyzer.opening import open_network
from network_analyzer.report.filter_report import FilterReport, filter_report
from network_analyzer.report.pictures import picture_set
from rlviz_cam import PREPROCESSINGS, Ascent, Box, LayerInfo, Recipe

QUICK = Recipe(steps=12, scales=(1.0,))
SPOT, DEAD, WOKEN = 0, 1, 2


def spot_kernel() -> tuple[np.ndarray, np.ndarray]:
    """Three channels over grey pictures: the level in the middle; nothing, ever; only what is very bright."""
    kernel = np.zeros((3, 3, 1, 3), np.float32)
    kernel[1, 1, 0, SPOT] = 1
    kernel[:, :, 0, DEAD] = -1
    kernel[:, :, 0, WOKEN] = 1
    return kernel, np.array([0, -1, -6], np.float32)


def spotted(count: int, size: tuple[int, int]) -> np.ndarray:
    """Dark pictures with one spot each, which moves on and gets brighter: (N, H, W) uint8."""
    pictures = np.full((count, *size), 10, np.uint8)
    for number in range(count):
        pictures[number, 2 + number % 7, 3 + number % 5] = 60 + number
    return pictures


def ascent_of(report: FilterReport) -> Ascent:
    assert report.ascent is not None
    return report.ascent


@pytest.fixture
def opened(build):
    return open_network(build((1, 12, 16), (3,), weights={"conv1": spot_kernel()}), name="spots")


@pytest.fixture
def pictures(opened):
    return picture_set(spotted(60, (12, 16)), opened)


def test_the_patches_of_a_channel_are_where_its_pictures_have_what_it_looks_for(opened, pictures):
    report = filter_report(opened, "conv1", pictures, top=4, recipe=None)
    found = report.patches[SPOT]
    assert [patch.number for patch in found] == [59, 58, 57, 56]
    for patch in found:
        y, x = 2 + patch.number % 7, 3 + patch.number % 5
        assert patch.box == Box(y - 1, x - 1, y + 2, x + 2)
        assert patch.levels[0, 1, 1] == 60 + patch.number
        assert patch.activation == pytest.approx((60 + patch.number) / 255, rel=1e-5)


def test_figures_are_those_of_the_layers_activations(opened, pictures):
    report = filter_report(opened, "conv1", pictures, recipe=None)
    inputs = np.concatenate([batch.inputs[name] for batch in pictures for name in batch.inputs])
    activations = opened.backend.activations(inputs, ["conv1"])["conv1"]
    assert report.seen == len(inputs) == 60
    for row in report.rows:
        every = activations[:, row.channel].astype(np.float64)
        assert row.mean == pytest.approx(every.mean(), rel=1e-5, abs=1e-9)
        assert row.deviation == pytest.approx(every.std(), rel=1e-4, abs=1e-9)
        assert row.zero_share == (every == 0).mean()
        assert row.highest == every.max()


def test_a_channel_that_answers_to_nothing_is_dead_with_and_without_a_stimulus(opened, pictures):
    report = filter_report(opened, "conv1", pictures, recipe=QUICK)
    assert [row.dead for row in report.rows] == [False, True, True]
    assert [len(patches) for patches in report.patches] == [9, 0, 0]
    assert list(ascent_of(report).dead) == [False, True, False]


def test_a_stimulus_of_a_live_channel_answers_above_noise(opened, pictures):
    ascent = ascent_of(filter_report(opened, "conv1", pictures, recipe=QUICK))
    assert (ascent.scores > ascent.noise)[~ascent.dead].all()


def test_the_rows_are_the_features_that_were_asked_for_in_that_order(opened, pictures):
    whole = filter_report(opened, "conv1", pictures, recipe=None)
    some = filter_report(opened, "conv1", pictures, features=[WOKEN, SPOT], recipe=None)
    assert some.rows == (whole.rows[WOKEN], whole.rows[SPOT])
    assert [patch.number for patch in some.patches[1]] == [patch.number for patch in whole.patches[SPOT]]


def test_the_same_seed_gives_the_same_stimuli(opened, pictures):
    first, second = (
        ascent_of(filter_report(opened, "conv1", pictures, features=[SPOT], recipe=QUICK, seed=5)).pictures
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_fewer_pictures_than_patches_are_told(opened):
    few = picture_set(spotted(4, (12, 16)), opened)
    report = filter_report(opened, "conv1", few, top=9, recipe=None)
    assert len(report.patches[SPOT]) == 4
    assert "the top 9 were asked for, and there are only 4 pictures" in report.notes


def test_what_was_done_to_the_pictures_is_told(opened):
    larger = picture_set(spotted(3, (24, 32)), opened)
    assert "resized from 32x24 to 16x12" in filter_report(opened, "conv1", larger, recipe=None).notes


def test_a_dense_layer_has_figures_of_units_and_whole_pictures(build):
    opened = open_network(build((1, 12, 16), (3,), (5,)))
    report = filter_report(opened, "fc1", picture_set(spotted(6, (12, 16)), opened), recipe=None)
    assert len(report.rows) == 5
    assert report.field is None
    assert report.rows[0].zero_share is None
    assert {patch.box for patches in report.patches for patch in patches} == {Box(0, 0, 12, 16)}


def test_layers_inside_a_nested_model_are_reported_by_their_whole_name(build):
    opened = open_network(build((3, 12, 16), (4, 6), nested=True))
    pictures = picture_set(np.zeros((2, 12, 16, 3), np.uint8), opened)
    layer = opened.backend.layers()[-1].name
    report = filter_report(opened, layer, pictures, recipe=None)
    assert report.layer.name in {"encoder/conv2", "encoder.conv2"}
    assert len(report.rows) == 6


@pytest.mark.parametrize("channels", [1, 3, 4, 64])
def test_any_number_of_input_channels_works(build, channels):
    opened = open_network(build((channels, 12, 16), (3,)))
    levels = np.random.default_rng(0).integers(0, 256, (5, channels, 12, 16), dtype=np.uint8)
    report = filter_report(opened, "conv1", picture_set(levels, opened), top=2, recipe=None)
    shapes = {patch.levels.shape for patches in report.patches for patch in patches}
    assert shapes == {(channels, 3, 3)}


def test_a_layer_that_is_not_there_and_a_feature_it_has_not_are_errors(opened, pictures):
    with pytest.raises(ValueError, match="no layer 'conv7'"):
        filter_report(opened, "conv7", pictures, recipe=None)
    with pytest.raises(ValueError, match="no feature 3"):
        filter_report(opened, "conv1", pictures, features=[3], recipe=None)


# ---------------------------------------------------------------------- networks of which little is asked


def small(info: LayerInfo, activations: Any, shape: tuple[int, ...]) -> Opened:
    """A network of one layer, which is a function of the input."""

    def windows(_layer: str) -> Any:
        msg = "two paths of different geometry join below the layer; choose a layer before they do"
        raise ValueError(msg)

    backend: Any = SimpleNamespace(
        inputs=lambda: {"image": shape},
        layers=lambda: (info,),
        layer=lambda _name: info,
        activations=lambda inputs, layers: {layers[0]: activations(inputs["image"])},
        windows=windows,
        input_size=shape[-2:],
    )
    return Opened(backend, "any", PREPROCESSINGS["unit"], "given")


def test_a_field_that_cannot_be_worked_out_is_told_and_whole_pictures_are_shown():
    info = LayerInfo("join", "conv", (2, 9, 8), is_spatial=True)
    opened = small(info, lambda x: np.stack([x[:, 0], -x[:, 0]], axis=1), (1, 9, 8))
    report = filter_report(opened, "join", picture_set(spotted(3, (9, 8)), opened), recipe=None)
    assert report.patches[0][0].box == Box(0, 0, 9, 8)
    assert any("whole pictures are shown: two paths of different geometry" in note for note in report.notes)


def test_activations_that_are_not_finite_are_an_error():
    info = LayerInfo("bad", "dense", (2,), is_spatial=False)
    opened = small(info, lambda x: np.full((len(x), 2), np.nan, np.float32), (1, 9, 8))
    with pytest.raises(ValueError, match="not all finite"):
        filter_report(opened, "bad", picture_set(spotted(2, (9, 8)), opened), recipe=None)


def test_a_dense_layer_over_time_has_figures_over_its_steps():
    info = LayerInfo("steps", "dense", (3, 2), is_spatial=False)

    def activations(x):
        levels = x.mean(axis=(2, 3, 4))
        return np.stack([levels, -levels], axis=2)

    opened = small(info, activations, (3, 1, 4, 4))
    levels = np.zeros((2, 3, 1, 4, 4), np.uint8)
    levels[1, 2] = 255
    report = filter_report(opened, "steps", picture_set(levels, opened), recipe=None)
    assert [row.mean for row in report.rows] == pytest.approx([1 / 6, -1 / 6])
    assert report.patches[0][0].cell == (2,)
