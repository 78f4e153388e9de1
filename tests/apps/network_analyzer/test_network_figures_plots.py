"""Facts about bar plots and clusters: what matplotlib is told to draw, and that nothing of it is left."""

import os

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from network_analyzer.figures import bars as bars_module
from network_analyzer.figures.bars import IN_A_ROW, bars_figure, bars_plot
from network_analyzer.figures.clusters import NAMED, clusters_figure, clusters_plot
from network_figure_spy import spy_on_sheets

RNG = np.random.default_rng(2)


def some(*shape: int) -> np.ndarray:
    return RNG.standard_normal(shape).astype(np.float32)


def heights(figure) -> list[float]:
    """What each bar reaches from 0, in order."""
    found: list[float] = []
    for axes in figure.axes:
        for bar in axes.collections[0].get_paths():
            ends = sorted({float(y) for _, y in bar.vertices}, key=abs)
            assert ends[0] == 0
            found.append(ends[-1])
    return found


@pytest.mark.parametrize("count", [1, 2, 24, 128, 129, 512, 2048])
def test_there_is_a_bar_for_each_mean_as_high_as_it_is_in_order(count):
    means = some(count)
    assert heights(bars_plot(means, range(count))) == pytest.approx(means.tolist())


def test_all_rows_of_bars_have_one_scale_that_holds_every_bar_and_zero():
    means = some(300) + 3
    figure = bars_plot(means, range(300))
    limits = {axes.get_ylim() for axes in figure.axes}
    assert len(limits) == 1
    ((low, high),) = limits
    assert low <= 0
    assert low <= means.min() < means.max() <= high


def test_bars_are_as_far_apart_in_every_row_and_under_their_features_number():
    features = list(range(1000, 1300))
    figure = bars_plot(some(300), features)
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    for row, axes in enumerate(figure.axes):
        for place, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True):
            assert label.get_text() == str(features[row * IN_A_ROW + int(place)])
            middle = np.asarray(axes.collections[0].get_paths()[int(place)].vertices)[:-1, 0].mean()
            assert middle == pytest.approx(place)


@pytest.mark.parametrize("value", [0.0, 2.5, -2.5, 1e-30, 1e30])
def test_means_that_are_all_the_same_are_drawn(value):
    means = np.full(5, value, np.float32)
    assert heights(bars_plot(means, range(5))) == pytest.approx(means.tolist())
    assert bars_figure(means, "t", range(5)).ndim == 3


def test_the_words_say_from_where_to_where_which_are_highest_and_how_many_are_zero(monkeypatch):
    drawn = spy_on_sheets(monkeypatch, bars_module)
    bars_figure(np.array([0, -1.5, 4, 0, 2], np.float32), "t", [10, 11, 12, 13, 14])
    assert "from −1.5 to 4" in drawn[0].words
    assert "Highest: 12 (4), 14 (2), 10 (0)" in drawn[0].words
    assert "2 of 5 are 0" in drawn[0].words


def test_means_that_are_all_zero_are_said_to_be(monkeypatch):
    drawn = spy_on_sheets(monkeypatch, bars_module)
    bars_figure(np.zeros(4, np.float32), "t", range(4))
    assert drawn[0].words.endswith("all are 0.")


def test_a_bar_figure_shows_its_bars_to_the_pixel():
    figure = bars_figure(np.array([1, 0.5], np.float32), "t", [0, 1])
    bar = np.array([110, 126, 150])
    columns = (figure == bar).all(axis=2).sum(axis=0)
    full, half = columns.max(), np.median(columns[columns > 0][-20:])
    assert half / full == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(
    ("means", "features"),
    [(some(3), range(4)), (some(0), ()), (some(2, 2), range(2)), (np.array([np.nan], np.float32), [0])],
)
def test_means_that_do_not_fit_are_refused_in_one_line(means, features):
    with pytest.raises(ValueError, match=r"^[^\n]+; (give|check) [^\n]+$"):
        bars_figure(means, "t", features)


def test_every_class_has_its_points_and_a_colour_of_its_own():
    points, classes = some(60, 2), [("left", "right", "straight")[number % 3] for number in range(60)]
    axes = clusters_plot(points, classes).axes[0]
    colors = set()
    for drawn, name in zip(axes.collections, ("left", "right", "straight"), strict=True):
        assert drawn.get_label() == f"{name} (20)"
        assert np.asarray(drawn.get_offsets()) == pytest.approx(points[np.array(classes) == name])
        colors.add(tuple(np.ravel(drawn.get_facecolor()).tolist()))
    assert len(colors) == 3


def test_classes_that_are_numbers_stand_in_their_order():
    axes = clusters_plot(some(12, 2), [10, 9, 1, 2] * 3).axes[0]
    assert [drawn.get_label() for drawn in axes.collections] == ["1 (3)", "2 (3)", "9 (3)", "10 (3)"]


def test_many_numbers_are_colours_on_a_scale():
    values = np.linspace(-1, 1, 50)
    figure = clusters_plot(some(50, 2), values.tolist())
    (drawn,) = figure.axes[0].collections
    assert np.asarray(drawn.get_array()) == pytest.approx(values)
    assert figure.axes[1].get_ylabel() == "class"


def test_of_many_names_the_most_frequent_have_colours_and_the_others_are_counted():
    names = [f"class {number}" for number in range(30)] + [f"class {number}" for number in range(NAMED)]
    axes = clusters_plot(some(50, 2), names).axes[0]
    labels = [str(drawn.get_label()) for drawn in axes.collections]
    assert sorted(labels[:-1]) == sorted(f"class {number} (2)" for number in range(NAMED))
    assert labels[-1] == "10 others (10)"
    assert sum(len(np.asarray(drawn.get_offsets())) for drawn in axes.collections) == 50


@pytest.mark.parametrize("classes", [[1, 2], [True, False, True], ["a", 1, None], [1.5, 2, 2]])
def test_classes_of_any_kind_are_drawn(classes):
    assert clusters_figure(some(len(classes), 2), classes, "t").dtype == np.uint8


def test_another_number_of_classes_than_of_points_is_refused():
    with pytest.raises(ValueError, match=r"^values of shape [^\n]+; give [^\n]+$"):
        clusters_figure(some(3, 2), [1, 2], "t")


@pytest.mark.parametrize("own", ["dark_background", "ggplot"])
def test_no_figure_is_left_open_and_no_setting_changed_nor_heeded(own):
    def draw():
        return bars_figure(means, "t", range(4)), clusters_figure(points, [0, 1, 1], "t")

    means, points = some(4), some(3, 2)
    plain = draw()
    with plt.style.context(own):
        mine = plt.figure()
        try:
            figures, settings, environment = plt.get_fignums(), dict(matplotlib.rcParams), dict(os.environ)
            backend = matplotlib.get_backend()
            styled = draw()
            assert plt.get_fignums() == figures
            assert dict(matplotlib.rcParams) == settings
            assert matplotlib.get_backend() == backend
            assert dict(os.environ) == environment
            assert plt.gcf() is mine
        finally:
            plt.close(mine)
    assert all((one == other).all() for one, other in zip(plain, styled, strict=True))
