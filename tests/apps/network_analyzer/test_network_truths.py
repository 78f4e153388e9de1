"""What a picture of a network must not get wrong; each with a network whose answer is known."""

import numpy as np
import pytest
from network_analyzer import NetworkAnalyzer
from rlviz_cam import Recipe

PLAIN = Recipe(
    parameterisation="pixels",
    decorrelate=False,
    jitter=0,
    zoom=0.0,
    rotate=0.0,
    scales=(1.0,),
    steps=300,
    rate=0.5,
)


def eye_of(size: tuple[int, int], channels: int, filters: int, seed: int = 3):
    """Kernels as large as the picture: each filter answers with one cell, <w, x> + b."""
    random = np.random.default_rng(seed)
    kernel = random.standard_normal((*size, channels, filters)).astype(np.float32)
    return kernel, np.full(filters, 0.25, np.float32)


def test_the_preferred_picture_of_a_linear_filter_is_white_where_its_weight_is_positive(build):
    kernel, bias = eye_of((8, 6), 3, 5)
    model = build((3, 8, 6), (5,), weights={"conv1": (kernel, bias)})
    analyzer = NetworkAnalyzer(model, mode="return")
    pictures = analyzer.visualize_max_filter_respondence("conv1", recipe=PLAIN)
    weights = np.moveaxis(kernel, -1, 0)
    matters = np.abs(weights) > 0.1
    np.testing.assert_array_equal((pictures > 127)[matters], (weights > 0)[matters])


def test_the_highest_answer_a_linear_filter_can_give_is_nearly_reached(build):
    kernel, bias = eye_of((8, 6), 3, 5)
    model = build((3, 8, 6), (5,), weights={"conv1": (kernel, bias)})
    ascent = NetworkAnalyzer(model, mode="return").maximize("conv1", recipe=PLAIN)
    best = np.maximum(kernel, 0).sum(axis=(0, 1, 2)) + bias
    np.testing.assert_array_less(ascent.scores, best * 1.0001)
    np.testing.assert_array_less(0.97 * best, ascent.scores)


def test_the_answer_that_is_told_is_that_to_the_picture_that_is_shown(build):
    model = build((1, 20, 16), (6, 4))
    analyzer = NetworkAnalyzer(model, mode="return")
    ascent = analyzer.maximize("conv2")
    for feature, picture in enumerate(ascent.pictures):
        maps = analyzer.visualize_activation_map("conv2", np.moveaxis(picture, 0, -1))
        assert maps[feature].mean() == pytest.approx(ascent.scores[feature], rel=1e-4, abs=1e-6)


def test_every_live_feature_answers_more_than_to_plain_noise(build):
    model = build((4, 24, 20), (8, 16), (6,))
    analyzer = NetworkAnalyzer(model, mode="return")
    for layer in ("conv1", "conv2", "fc1"):
        ascent = analyzer.maximize(layer)
        assert not ascent.dead.any()
        assert (ascent.scores > ascent.noise).all()


def test_a_dead_feature_is_told_and_not_drawn(build):
    kernel = np.random.default_rng(0).standard_normal((3, 3, 3, 4)).astype(np.float32)
    kernel[..., 2] = -np.abs(kernel[..., 2])
    bias = np.array([0, 0, -0.5, 0], np.float32)
    model = build((3, 16, 16), (4,), weights={"conv1": (kernel, bias)})
    ascent = NetworkAnalyzer(model, mode="return").maximize("conv1")
    assert ascent.dead.tolist() == [False, False, True, False]
    assert ascent.scores[2] == 0
    assert np.ptp(ascent.pictures[2]) == 0


def test_a_feature_that_noise_cannot_wake_is_found_alive(build):
    kernel = np.ones((3, 3, 1, 2), np.float32)
    kernel[..., 1] = np.random.default_rng(1).standard_normal((3, 3, 1))
    bias = np.array([-8.5, 0], np.float32)  # 9 pixels of white in a square: 0.5
    model = build((1, 12, 12), (2,), weights={"conv1": (kernel, bias)})
    ascent = NetworkAnalyzer(model, mode="return").maximize("conv1")
    assert not ascent.dead.any()
    assert ascent.scores[0] > 0.2


def test_the_same_seed_gives_the_same_picture_to_the_byte(build):
    model = build((3, 16, 12), (4,))
    analyzer = NetworkAnalyzer(model, mode="return")
    first, again, other = (
        analyzer.visualize_max_filter_respondence("conv1", seed=seed).tobytes() for seed in (5, 5, 6)
    )
    assert first == again
    assert first != other


def test_total_variation_makes_a_preferred_picture_smoother(build):
    model = build((1, 24, 24), (4,))
    analyzer = NetworkAnalyzer(model, mode="return")

    def roughness(weight: float) -> float:
        found = analyzer.maximize("conv1", [1, 3], recipe=Recipe(total_variation=weight))
        return float(np.abs(np.diff(found.pictures.astype(float), axis=-1)).mean())

    assert roughness(10.0) < 0.8 * roughness(0.0)


@pytest.mark.parametrize(("channels", "filters"), [(1, 1), (3, 512), (4, 1), (64, 3)])
def test_any_number_of_channels_and_filters_can_be_seen(build, here, channels, filters):
    model = build((channels, 6, 8), (filters,), nested=True)
    analyzer = NetworkAnalyzer(model, mode="save")
    layer = next(name for name in analyzer.list_convolutional_layer_names())
    assert layer in {"encoder/conv1", "encoder.conv1"}
    assert analyzer.numb_features_in_layer(layer) == filters
    assert analyzer.visualize_layer_weights(layer).shape == (3, 3, channels, filters)
    shown = analyzer.visualize_max_filter_respondence(layer, optimization_steps=2)
    assert shown.shape == (filters, 6, 8, channels)
    reference = np.random.default_rng(0).integers(0, 256, (6, 8, channels), dtype=np.uint8)
    assert analyzer.visualize_activation_map(layer, reference).shape == (filters, 4, 6)
    names = [path.name for path in (here / "docs" / "analysis" / "figures").glob("*.png")]
    assert len(names) == 3
    assert max(len(name) for name in names) < 120


def test_a_dense_layer_behind_a_flatten_can_be_seen(build):
    model = build((3, 12, 10), (4,), (7, 3))
    analyzer = NetworkAnalyzer(model, mode="return")
    assert analyzer.visualize_layer_weights("fc2").shape == (7, 3)
    ascent = analyzer.maximize("fc2")
    assert (ascent.scores > ascent.noise).all()
    units = analyzer.visualize_activation_map("fc2", np.zeros((12, 10, 3), np.uint8), mode="plot")
    assert units.shape == (3,)


def test_a_dense_layer_has_no_maps_and_says_what_it_has(build):
    analyzer = NetworkAnalyzer(build((3, 12, 10), (4,), (7,)), mode="return")
    with pytest.raises(ValueError, match="mode='plot'"):
        analyzer.visualize_activation_map("fc1", np.zeros((12, 10, 3), np.uint8))


@pytest.mark.parametrize("mode", ["gray", "heat", "plot"])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_constant_reference_picture_is_drawn(build, here, mode, level):
    analyzer = NetworkAnalyzer(build((3, 12, 10), (4,)), mode="save")
    analyzer.visualize_activation_map("conv1", np.full((12, 10, 3), level, np.uint8), mode=mode)
    assert len(list((here / "docs/analysis/figures").glob("*.png"))) == 1


@pytest.mark.parametrize("size", [(12, 10), (48, 40), (7, 33)])
@pytest.mark.parametrize("kind", [np.uint8, np.float32, np.float64, np.int64])
def test_a_reference_of_another_size_or_type_is_the_same_picture(build, size, kind):
    analyzer = NetworkAnalyzer(build((3, 12, 10), (4,)), mode="return")
    white = 1 if kind in {np.float32, np.float64} else 255
    given = np.full((*size, 3), white, kind)
    before = given.copy()
    wanted = analyzer.visualize_activation_map("conv1", np.full((12, 10, 3), 255, np.uint8))
    found = analyzer.visualize_activation_map("conv1", given)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(given, before)


def test_no_figure_is_left_open_and_matplotlib_stays_as_it_was(build, here):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    matplotlib = pytest.importorskip("matplotlib")
    figures, settings = pyplot.get_fignums(), dict(matplotlib.rcParams)
    analyzer = NetworkAnalyzer(build((3, 12, 10), (4,)), mode="save")
    reference = np.random.default_rng(0).integers(0, 256, (12, 10, 3), dtype=np.uint8)
    for mode in ("gray", "heat", "plot"):
        analyzer.visualize_activation_map("conv1", reference, mode=mode)
    analyzer.saliency_map(reference)
    analyzer.visualize_layer_weights("conv1")
    assert pyplot.get_fignums() == figures
    assert dict(matplotlib.rcParams) == settings


def test_the_frameworks_agree_on_what_a_filter_prefers(build):
    kernel, bias = eye_of((8, 6), 3, 5)
    model = build((3, 8, 6), (5,), weights={"conv1": (kernel, bias)})
    found = NetworkAnalyzer(model, mode="return").maximize("conv1", [0, 3], recipe=PLAIN)
    weights = np.moveaxis(kernel, -1, 0)[[0, 3]].transpose(0, 3, 1, 2)
    matters = np.abs(weights) > 0.1
    np.testing.assert_array_equal((found.pictures > 127)[matters], (weights > 0)[matters])


def test_saliency_is_the_largest_weight_of_a_pixel(build):
    kernel, bias = eye_of((8, 6), 3, 5)
    model = build((3, 8, 6), (5,), weights={"conv1": (kernel, bias + 100)})
    analyzer = NetworkAnalyzer(model, mode="return")
    saliency = analyzer.saliency_map(np.full((8, 6, 3), 128, np.uint8), "conv1", 2)
    np.testing.assert_allclose(saliency, np.abs(kernel[..., 2]).max(axis=-1) / 255, rtol=1e-4)
