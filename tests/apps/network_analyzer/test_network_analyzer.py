"""`NetworkAnalyzer`: its methods, modes and names, in each framework."""

import json
from pathlib import Path

import numpy as np
import pytest
from network_analyzer import NetworkAnalyzer

FIGURES = Path("docs/analysis/figures")


def picture(seed: int = 0, size: tuple[int, int, int] = (14, 10, 3)) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


@pytest.fixture
def model(build):
    """(3, 14, 10) -> conv1 (4) -> conv2 (6) -> fc1 (5) -> fc2 (3)."""
    return build((3, 14, 10), (4, 6), (5, 3))


def test_layers_are_listed_in_order_by_kind(model):
    analyzer = NetworkAnalyzer(model, mode="return")
    assert analyzer.list_layer_names(only_para_layers=True) == ["conv1", "conv2", "fc1", "fc2"]
    assert analyzer.list_convolutional_layer_names() == ["conv1", "conv2"]
    every, others = analyzer.list_layer_names(), analyzer.list_non_convolutional_layer_names()
    assert [name for name in every if name not in {"conv1", "conv2"}] == others
    assert {"flat", "fc1", "fc2"} <= set(others)
    assert [analyzer.numb_features_in_layer(name) for name in ("conv1", "conv2", "fc1")] == [4, 6, 5]


def test_an_unknown_layer_is_an_error_that_lists_the_layers(model):
    analyzer = NetworkAnalyzer(model, mode="return")
    for method in (
        analyzer.numb_features_in_layer,
        analyzer.visualize_layer_weights,
        analyzer.visualize_max_filter_respondence,
        lambda layer: analyzer.visualize_activation_map(layer, picture()),
        lambda layer: analyzer.saliency_map(picture(), layer),
    ):
        with pytest.raises(ValueError, match=r"conv9.*conv1"):
            method("conv9")


@pytest.mark.parametrize("features", [[4], [-1], [0, 7], []])
def test_a_feature_that_is_not_there_is_an_error_that_says_how_many_there_are(model, features):
    analyzer = NetworkAnalyzer(model, mode="return")
    with pytest.raises(ValueError, match="numbered 0 to 3"):
        analyzer.visualize_max_filter_respondence("conv1", features)


def test_return_mode_writes_nothing(model, here):
    analyzer = NetworkAnalyzer(model, mode="return")
    analyzer.visualize_layer_weights("conv1")
    analyzer.visualize_activation_map("conv1", picture())
    assert list(here.iterdir()) == []


def test_a_saved_figure_has_a_descriptive_name_and_a_manifest(model, here):
    analyzer = NetworkAnalyzer(model, mode="save")
    assert not FIGURES.exists()
    analyzer.visualize_layer_weights("conv1")
    analyzer.visualize_max_filter_respondence("conv2", [5, 2], optimization_steps=2)
    analyzer.visualize_activation_map("conv1", picture(), mode="heat")
    names = sorted(path.name for path in FIGURES.glob("*.png"))
    assert names == [
        "feature_maps_conv1_heat.png",
        "feature_maximization_conv2_5_2.png",
        "weights_conv1.png",
    ]
    facts = json.loads((FIGURES / "feature_maximization_conv2_5_2.manifest.json").read_text())
    assert [row["feature"] for row in facts["features"]] == [5, 2]
    assert facts["preprocessing"].startswith("unit")
    assert len(facts["model_sha256"]) == 64


def test_a_saved_figure_is_never_overwritten(model, here):
    analyzer = NetworkAnalyzer(model, mode="save", figure_directory=here / "mine")
    analyzer.visualize_layer_weights("conv1")
    first = (here / "mine" / "weights_conv1.png").read_bytes()
    analyzer.visualize_layer_weights("conv1")
    assert sorted(path.name for path in (here / "mine").glob("*.png")) == [
        "weights_conv1.png",
        "weights_conv1_2.png",
    ]
    assert (here / "mine" / "weights_conv1.png").read_bytes() == first


def test_the_mode_can_be_changed_and_is_checked(model, here):
    analyzer = NetworkAnalyzer(model, mode="return")
    analyzer.set_mode("save")
    analyzer.visualize_layer_weights("conv1")
    assert (FIGURES / "weights_conv1.png").is_file()
    with pytest.raises(ValueError, match="show, save"):
        analyzer.set_mode("print")  # type: ignore[arg-type] - what the test is about
    with pytest.raises(ValueError, match="show, save"):
        NetworkAnalyzer(model, mode="draw")  # type: ignore[arg-type] - what the test is about


def test_the_later_names_are_the_same_methods():
    assert NetworkAnalyzer.layer_weights_plot is NetworkAnalyzer.visualize_layer_weights
    assert NetworkAnalyzer.preferred_stimulus is NetworkAnalyzer.visualize_max_filter_respondence
    assert NetworkAnalyzer.feature_map is NetworkAnalyzer.visualize_activation_map
    assert NetworkAnalyzer.obtain_saliency_map is NetworkAnalyzer.saliency_map


@pytest.mark.parametrize("mode", ["gray", "grey", "heat", "plot"])
def test_activation_maps_are_those_of_the_network_in_every_mode(model, mode):
    analyzer = NetworkAnalyzer(model, mode="return")
    maps = analyzer.visualize_activation_map("conv2", picture(), mode=mode)
    assert maps.shape == (6, 10, 6)
    np.testing.assert_array_equal(maps, analyzer.visualize_activation_map("conv2", picture()))


def test_an_unknown_way_to_draw_maps_is_an_error_that_lists_them(model):
    analyzer = NetworkAnalyzer(model, mode="return")
    with pytest.raises(ValueError, match="gray, grey, heat, plot"):
        analyzer.visualize_activation_map("conv1", picture(), mode="colour")  # type: ignore[arg-type] - on purpose


def test_the_preprocessing_is_stated_and_can_be_chosen(model):
    plain, raw = NetworkAnalyzer(model, mode="return"), NetworkAnalyzer(model, "return", preprocessing="raw")
    assert "the default" in plain.preprocessing
    assert raw.preprocessing.startswith("raw")
    maps = raw.visualize_activation_map("conv1", picture())
    np.testing.assert_allclose(maps, 255 * plain.visualize_activation_map("conv1", picture()), rtol=1e-4)


def test_saliency_is_that_of_the_most_active_output_where_nothing_is_named(model):
    analyzer = NetworkAnalyzer(model, mode="return")
    units = analyzer.visualize_activation_map("fc2", picture(), mode="plot")
    named = analyzer.saliency_map(picture(), "fc2", int(units.argmax()))
    np.testing.assert_array_equal(analyzer.saliency_map(picture()), named)
    assert named.shape == (14, 10)
    assert named.min() >= 0 < named.max()


def test_pictures_of_one_kind_lie_together(model, here):
    random = np.random.default_rng(0)
    dark = random.integers(0, 40, (12, 14, 10, 3), dtype=np.uint8)
    light = random.integers(215, 256, (12, 14, 10, 3), dtype=np.uint8)
    classes = ["dark"] * 12 + ["light"] * 12
    analyzer = NetworkAnalyzer(model, mode="save")
    points = analyzer.cluster_inputs("conv1", np.concatenate([dark, light]), classes)
    assert points.shape == (24, 2)
    middle = points[:12].mean(axis=0), points[12:].mean(axis=0)
    near = [np.linalg.norm(points - one, axis=1) for one in middle]
    assert ((near[0] < near[1]) == (np.array(classes) == "dark")).all()
    assert (FIGURES / "clusters_conv1.png").is_file()


@pytest.mark.parametrize(("count", "classes"), [(2, 2), (5, 4)])
def test_clusters_need_three_pictures_and_a_class_each(model, count, classes):
    pictures = np.stack([picture(seed) for seed in range(count)])
    with pytest.raises(ValueError, match="classes"):
        NetworkAnalyzer(model, mode="return").cluster_inputs("conv1", pictures, range(classes))


def test_the_report_of_a_layer_is_a_page_and_a_document(model, here):
    pictures = np.stack([picture(seed) for seed in range(20)])
    analyzer = NetworkAnalyzer(model, mode="save")
    report = analyzer.filter_report("conv1", pictures, top=3)
    assert len(report.rows) == 4
    assert (FIGURES / "filter_report_conv1.html").read_text().startswith("<!doctype html>")
    assert (FIGURES / "filter_report_conv1.pdf").read_bytes().startswith(b"%PDF")


def test_something_that_is_no_network_is_an_error_that_says_what_to_give():
    with pytest.raises(TypeError, match="give a"):
        NetworkAnalyzer({"layers": 3}, mode="return")


def test_the_weights_of_a_module_whose_input_nobody_told_can_be_seen(here):
    torch = pytest.importorskip("torch")
    analyzer = NetworkAnalyzer(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3)), mode="save")
    assert analyzer.visualize_layer_weights("0").shape == (3, 3, 3, 4)
    facts = json.loads((FIGURES / "weights_0.manifest.json").read_text())
    assert facts["inputs"] is None
    with pytest.raises(ValueError, match="input_shape="):
        analyzer.list_layer_names()
