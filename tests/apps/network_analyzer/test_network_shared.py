"""The borrowed pilots and our own agents: all three visualizations, on real pictures."""

from pathlib import Path

import pytest
from network_analyzer import NetworkAnalyzer

SHARED = Path(__file__).parents[3] / "../shared"
TUB = SHARED / "data" / "donkey" / "tub" / "images"
FIGURES = Path("docs/analysis/figures")

pytestmark = pytest.mark.shared


def shared(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"there is no {path.name} beside the checkout")
    return path


@pytest.mark.parametrize(
    "name",
    [
        "linear.h5",
        "linear.keras",
        "linear.savedmodel",
        "categorical.h5",
        "inferred.h5",
        "memory.h5",
        "rnn.h5",
    ],
)
def test_a_pilots_filters_preferences_and_maps_can_be_seen(here, name):
    pytest.importorskip("tensorflow")
    path = shared(SHARED / "data" / "donkey" / name)
    analyzer = NetworkAnalyzer.from_saved_model(path, mode="save")
    convolutions = analyzer.list_convolutional_layer_names()
    first, last = convolutions[0], convolutions[-1]
    assert analyzer.visualize_layer_weights(first).shape[-2] == 3
    ascent = analyzer.maximize(last, range(8))
    live = ~ascent.dead
    assert live.any()
    assert (ascent.scores[live] > ascent.noise[live]).all()
    analyzer.visualize_max_filter_respondence(last, [int(live.argmax())], optimization_steps=3)
    reference = shared(TUB / "100_cam_image_array_.jpg")
    maps = analyzer.visualize_activation_map(first, reference, mode="heat")
    assert maps.max() > 0
    assert len(list(FIGURES.glob("*.png"))) == 3


@pytest.mark.parametrize("algorithm", ["dqn", "ppo"])
def test_an_agents_filters_preferences_and_maps_can_be_seen(here, algorithm):
    pytest.importorskip("rlviz_agents")
    path = shared(SHARED / "agents" / algorithm / "BreakoutNoFrameskip-v4_1" / "BreakoutNoFrameskip-v4.zip")
    analyzer = NetworkAnalyzer.from_saved_model(path, mode="save")
    convolutions = analyzer.list_convolutional_layer_names()
    assert len(convolutions) == 3
    for layer in convolutions:
        assert analyzer.visualize_layer_weights(layer).ndim == 4
        ascent = analyzer.maximize(layer)
        live = ~ascent.dead
        assert (ascent.scores[live] > ascent.noise[live]).all()
        assert ascent.pictures.shape[1:] == (4, 84, 84)
        frame = ascent.pictures[int(live.argmax())]
        assert analyzer.visualize_activation_map(layer, frame).max() > 0
    assert len(list(FIGURES.glob("*.png"))) == 6
