"""Occlusion, and agreement with it."""

import numpy as np
import pytest
from rlviz_cam import (
    Covering,
    PatchGrid,
    PlacementChoice,
    Target,
    calibrate,
    choose_placement,
    occlusion,
    open_backend,
)

pytestmark = pytest.mark.torch


@pytest.fixture
def linear(torch):
    """S = <w, x>: a backend of two units over an image (1, 6, 6), and w as (unit, row, column)."""
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(36, 2, bias=False))
    weights = np.random.default_rng(0).standard_normal((2, 36)).astype(np.float32)
    with torch.no_grad():
        model[1].weight.copy_(torch.from_numpy(weights))
    return open_backend(model, input_shape=(1, 6, 6)), weights.reshape(2, 6, 6)


@pytest.fixture
def frames():
    return np.random.default_rng(1).standard_normal((3, 1, 6, 6)).astype(np.float32)


def patches(values, size, stride):
    """Sum (N, 6, 6) in every patch."""
    firsts = range(0, 6 - size + 1, stride)
    return np.array(
        [[[one[y : y + size, x : x + size].sum() for x in firsts] for y in firsts] for one in values]
    )


def test_covering_with_zero_takes_the_patchs_contribution_away(linear, frames):
    backend, weights = linear
    effects = occlusion(backend, frames, Target.unit(0), patch=2, stride=2, fill=0)
    np.testing.assert_allclose(effects, patches(weights[0] * frames[:, 0], 2, 2), rtol=1e-3, atol=1e-5)


def test_covering_with_the_mean_takes_away_what_differs_from_the_frames_mean(linear, frames):
    backend, weights = linear
    effects = occlusion(backend, frames, Target.unit(0), patch=3, stride=1)
    centred = frames[:, 0] - frames.mean(axis=(2, 3))[:, :, None]
    np.testing.assert_allclose(effects, patches(weights[0] * centred, 3, 1), rtol=1e-3, atol=1e-4)


def test_covering_with_the_median_takes_away_what_differs_from_the_scene(linear, frames):
    backend, weights = linear
    effects = occlusion(backend, frames, Target.unit(1), patch=2, stride=2, fill="median")
    moving = frames[:, 0] - np.median(frames[:, 0], axis=0)
    np.testing.assert_allclose(effects, patches(weights[1] * moving, 2, 2), rtol=1e-3, atol=1e-4)


def test_covering_with_the_frame_itself_changes_nothing(linear, frames):
    effects = occlusion(linear[0], frames, Target.unit(0), patch=2, stride=2, fill=frames)
    np.testing.assert_allclose(effects, 0, atol=1e-5)  # batches of another size round otherwise


def test_the_size_of_the_batches_does_not_matter(linear, frames):
    small, large = (
        occlusion(linear[0], frames, Target(), patch=2, stride=1, batch_size=size) for size in (4, 1000)
    )
    np.testing.assert_allclose(small, large, rtol=1e-4, atol=1e-5)


def test_the_highest_unit_stays_the_one_of_the_uncovered_frame(linear, frames):
    backend, _ = linear
    highest = backend.predict(frames)["output"].argmax(axis=1)
    free = occlusion(backend, frames, Target.advantage(), patch=2, stride=2, fill=0)
    fixed = occlusion(backend, frames, Target.advantage(highest), patch=2, stride=2, fill=0)
    np.testing.assert_array_equal(free, fixed)


def test_a_frames_own_sign_stays_the_one_of_the_uncovered_frame(linear, frames):
    backend, _ = linear
    signs = np.sign(backend.predict(frames)["output"][:, 0])
    own = occlusion(backend, frames, Target(index=0, sign="own"), patch=3, stride=3, fill=0)
    plain = occlusion(backend, frames, Target(index=0), patch=3, stride=3, fill=0)
    np.testing.assert_allclose(own, plain * signs[:, None, None], rtol=1e-6)


def test_effects_of_a_contrast_turn_when_its_units_change_places(linear, frames):
    there, back = (
        occlusion(linear[0], frames, Target.contrast(a, b), patch=2, stride=2) for a, b in [(0, 1), (1, 0)]
    )
    np.testing.assert_array_equal(there, -back)


def test_the_last_patches_end_at_the_border():
    assert PatchGrid.over((10, 7), patch=4, stride=4) == PatchGrid(4, (0, 4, 6), (0, 3))


def test_the_frames_are_left_alone(linear, frames):
    before = frames.copy()
    occlusion(linear[0], frames, Target(), patch=2, stride=2)
    np.testing.assert_array_equal(frames, before)


@pytest.mark.parametrize(("patch", "stride"), [(7, 1), (0, 1), (2, 0)])
def test_patches_that_do_not_fit_are_an_error(linear, frames, patch, stride):
    with pytest.raises(ValueError, match=r"do not fit 6 x 6 pixels; give a patch of 1 to 6"):
        occlusion(linear[0], frames, Target(), patch=patch, stride=stride)


def test_an_unknown_fill_is_an_error_that_lists_the_choices(linear, frames):
    with pytest.raises(ValueError, match=r"unknown fill 'black'; choose one of: mean, median, or give"):
        occlusion(linear[0], frames, Target(), patch=2, stride=2, fill="black")


def test_a_fill_of_another_shape_is_an_error(linear, frames):
    with pytest.raises(
        ValueError, match=r"fill of shape \(5, 5\) does not fit images of shape \(3, 1, 6, 6\)"
    ):
        occlusion(linear[0], frames, Target(), patch=2, stride=2, fill=np.zeros((5, 5)))


@pytest.fixture
def tiled(torch):
    """A network whose cells see separate 4 x 4 tiles and add up: S = sum_cells w mean(tile)."""
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(1, 1, 4, 4, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(25, 2, bias=False)
    )
    with torch.no_grad():
        model[0].weight.fill_(1 / 16)
        model[3].weight.copy_(torch.from_numpy(np.random.default_rng(0).standard_normal((2, 25))))
    return open_backend(model, input_shape=(1, 20, 20))


@pytest.fixture
def scenes():
    return np.random.default_rng(3).random((24, 1, 20, 20), dtype=np.float32)


TILES = Covering(patch=4, stride=4, fill=0)


def test_a_map_that_is_the_effect_agrees_wholly(tiled, scenes):
    found = calibrate(
        tiled, scenes, Target.unit(0), methods=["hirescam"], evidences=["absolute", "signed"], covering=TILES
    )
    for evidence in ("absolute", "signed"):
        row = found.best("hirescam", evidence)
        assert row.placement == "field"
        assert row.agreement == pytest.approx(1, abs=1e-5)


def test_noise_does_not_agree(tiled, scenes):
    found = calibrate(tiled, scenes, Target.unit(0), methods=["hirescam"], covering=TILES)
    control = [row for row in found.rows if row.method == "random"]
    assert len(control) == 6
    assert all(abs(row.agreement) < 4 * row.spread for row in control)


def test_the_best_row_is_never_a_control(tiled, scenes):
    found = calibrate(tiled, scenes, Target.unit(0), methods=["eigencam"], covering=TILES)
    assert found.best().method == "eigencam"


def test_there_is_a_row_for_every_method_evidence_and_placement(tiled, scenes):
    found = calibrate(
        tiled, scenes, Target(), methods=["gradcam", "layercam"], evidences=["positive"], placements=["field"]
    )
    assert [(r.method, r.evidence, r.placement) for r in found.rows] == [
        ("gradcam", "positive", "field"),
        ("layercam", "positive", "field"),
        ("random", "positive", "field"),
    ]
    assert (found.layer, found.target, found.frames) == ("0", "output[highest]", 24)


def test_a_method_that_was_not_calibrated_is_an_error(tiled, scenes):
    found = calibrate(tiled, scenes, Target(), methods=["gradcam"])
    with pytest.raises(
        ValueError, match=r"nothing was calibrated for layercam None; there are: gradcam absolute"
    ):
        found.best("layercam")


def test_a_flat_map_agrees_with_nothing(tiled, scenes):
    def flat(record):
        return np.ones((len(record.activations), 5, 5), dtype=np.float32)

    found = calibrate(tiled, scenes, Target(), methods=[flat], placements=["stretch"])
    assert [row.agreement for row in found.rows if row.method == "flat"] == [0, 0]


def test_frames_that_covering_does_not_change_do_not_count(tiled, scenes):
    scenes[5:] = 0
    assert calibrate(tiled, scenes, Target.unit(0), methods=["gradcam"], covering=TILES).frames == 5


def test_covering_that_changes_nothing_at_all_is_an_error(tiled, scenes):
    with pytest.raises(ValueError, match=r"changes the score on none of the frames"):
        calibrate(tiled, np.zeros_like(scenes), Target.unit(0), methods=["gradcam"])


def choose(backend, scenes, evidence="absolute"):
    return choose_placement(backend, scenes, Target.unit(0), layer="0", method="gradcam", evidence=evidence)


def test_the_placement_chosen_is_the_one_that_agrees_best_on_patches_side_by_side(tiled, scenes):
    covering = Covering(patch=2, stride=2)  # a seventh of 20 pixels
    table = calibrate(
        tiled, scenes, Target.unit(0), methods=["gradcam"], evidences=["absolute"], covering=covering
    )
    best = table.best()
    assert choose(tiled, scenes) == PlacementChoice(best.placement, best.agreement, table.frames)


def test_where_covering_changes_nothing_the_choice_says_that_nothing_was_measured(tiled, scenes):
    assert choose(tiled, np.zeros_like(scenes)) == PlacementChoice("stretch", None, 0)


def test_the_table_has_a_line_per_method_and_evidence(tiled, scenes):
    lines = calibrate(tiled, scenes, Target(), methods=["gradcam"]).table().splitlines()
    assert lines[0].split() == ["method", "evidence", "stretch", "center", "field"]
    assert [line.split()[:2] for line in lines[1:]] == [
        ["gradcam", "positive"],
        ["gradcam", "absolute"],
        ["random", "positive"],
        ["random", "absolute"],
    ]


def test_calibration_is_the_same_twice(tiled, scenes):
    assert calibrate(tiled, scenes, Target()).rows == calibrate(tiled, scenes, Target()).rows


@pytest.mark.shared
def test_on_the_trained_agent_absolute_evidence_agrees_best_and_field_centres_worst(trained_dqn):
    model, observations = trained_dqn
    found = calibrate(open_backend(model), observations, Target(), methods=["gradcam", "hirescam"])
    agreement = {(row.method, row.evidence, row.placement): row.agreement for row in found.rows}
    for placement in ("stretch", "center", "field"):
        assert agreement["gradcam", "absolute", placement] > agreement["gradcam", "positive", placement]
    for method, evidence in [("gradcam", "positive"), ("gradcam", "absolute"), ("hirescam", "absolute")]:
        stretch, center, field = (agreement[method, evidence, one] for one in ("stretch", "center", "field"))
        assert center < stretch < field
