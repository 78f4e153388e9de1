"""Facts about figures of preferred stimuli and of saliency."""

import numpy as np
import pytest
from network_analyzer.figures import saliency as saliency_module
from network_analyzer.figures import stimuli as stimuli_module
from network_analyzer.figures.saliency import saliency_figure
from network_analyzer.figures.stimuli import stimuli_figure
from network_analyzer.references import Reference
from network_figure_spy import Drawn, spy_on_sheets
from rlviz_cam import Ascent
from rlviz_overlay import Size, blend, colormap, montage, resize_frame, resize_heatmap, without_color

RNG = np.random.default_rng(3)
PICTURE = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)


@pytest.fixture
def drawn(monkeypatch) -> list[Drawn]:
    spy_on_sheets(monkeypatch, saliency_module)
    return spy_on_sheets(monkeypatch, stimuli_module)


@pytest.fixture
def salient(monkeypatch) -> list[Drawn]:
    return spy_on_sheets(monkeypatch, saliency_module)


def found(count: int, *shape: int, dead: tuple[int, ...] = (), resized_to=None) -> Ascent:
    is_dead = np.isin(np.arange(count), dead)
    pictures = RNG.integers(0, 256, (count, *shape), dtype=np.uint8)
    pictures[is_dead] = 128
    scores = np.where(is_dead, -0.5, np.arange(count) + 1.25).astype(np.float32)
    noise = np.where(is_dead, -0.5, np.arange(count) + 0.125).astype(np.float32)
    return Ascent(pictures, scores, noise, is_dead, ((shape[-2], shape[-1]),), resized_to)


def test_each_stimulus_stands_under_its_features_number_with_what_it_reached_and_what_noise_did(drawn):
    stimuli_figure(found(3, 3, 8, 9), "t", [57, 24, 89])
    captions = [tile.captions for tile in drawn[0].tiles]
    assert captions == [
        ("57  1.25", "noise 0.125"),
        ("24  2.25", "noise 1.12"),
        ("89  3.25", "noise 2.12"),
    ]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_stimulus_of_one_or_three_channels_is_one_picture(drawn, channels):
    ascent = found(2, channels, 8, 9)
    stimuli_figure(ascent, "t", [0, 1])
    for tile, levels in zip(drawn[0].tiles, ascent.pictures, strict=True):
        assert (resize_frame(tile.picture, Size(9, 8)) == np.moveaxis(levels, 0, -1)).all()


@pytest.mark.parametrize(("channels", "columns"), [(2, 2), (4, 4), (64, 8)])
def test_a_stimulus_of_other_numbers_of_channels_is_a_grey_picture_each(drawn, channels, columns):
    ascent = found(2, channels, 84, 84)
    stimuli_figure(ascent, "t", [0, 1])
    for tile, levels in zip(drawn[0].tiles, ascent.pictures, strict=True):
        whole = montage(np.repeat(levels[..., None], 3, axis=-1), columns, gap=2, color=12)
        assert (tile.picture[..., 0] == resize_frame(whole, Size.of(tile.picture))[..., 0]).all()
    assert f"{channels} channels each in grey" in drawn[0].words


def test_a_stimulus_over_time_steps_is_a_picture_each(drawn):
    ascent = found(1, 3, 3, 120, 160)
    stimuli_figure(ascent, "t", [0])
    assert drawn[0].tiles[0].picture.shape == (120, 3 * 160 + 4, 3)
    assert "3 frames each" in drawn[0].words


def test_a_dead_feature_is_an_empty_tile_that_says_so_and_what_it_always_answers(drawn):
    stimuli_figure(found(4, 3, 64, 64, dead=(1, 3)), "t", range(4))
    for number, tile in enumerate(drawn[0].tiles):
        assert tile.is_warning == (number in {1, 3})
    empty = drawn[0].tiles[1]
    assert empty.captions == ("1", "always −0.5")
    corners = empty.picture[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert len(np.unique(empty.picture[..., 0])) > 5  # letters
    assert (corners == corners[0]).all()
    assert "2 of 4 are dead" in drawn[0].words


def test_no_feature_is_called_dead_where_none_is(drawn):
    stimuli_figure(found(4, 3, 64, 64), "t", range(4))
    assert "dead" not in drawn[0].words


def test_pictures_that_the_network_takes_at_another_size_are_said_to_be_resized(drawn):
    stimuli_figure(found(1, 3, 96, 96, resized_to=(84, 60)), "t", [0])
    assert "The network takes 60 x 84" in drawn[0].words


@pytest.mark.parametrize(
    "shape", [(1, 1, 8, 8), (512, 3, 32, 32), (9, 3, 224, 224), (2, 3, 600, 20), (1, 4, 1, 1)]
)
@pytest.mark.parametrize("dead", [(), (0,)])
def test_all_counts_and_shapes_of_stimuli_make_a_figure(shape, dead):
    figure = stimuli_figure(found(*shape, dead=dead), "t", range(shape[0]))
    assert figure.dtype == np.uint8


def test_another_number_of_features_than_of_stimuli_is_refused():
    with pytest.raises(ValueError, match=r"^values of shape [^\n]+; give [^\n]+$"):
        stimuli_figure(found(3, 3, 8, 8), "t", [0, 1])


def reference(picture=PICTURE, notes=()) -> Reference:
    return Reference(np.zeros((3, 20, 30), np.uint8), picture, {"input": np.zeros((1, 3, 20, 30))}, notes)


def test_saliency_stands_between_its_picture_and_both(salient):
    saliency = RNG.random((20, 30), dtype=np.float32)
    saliency_figure(saliency, reference(), "t")
    tiles = salient[0].tiles
    size = Size.of(tiles[0].picture)
    heat, table = saliency / saliency.max(), colormap("inferno")
    assert [tile.captions[0] for tile in tiles] == ["picture", "saliency", "both"]
    assert (tiles[0].picture == resize_frame(PICTURE, size)).all()
    seen = resize_frame(tiles[1].picture, Size(30, 20))
    assert (seen == table[np.floor(heat * 255 + 0.5).astype(int)]).mean() > 0.999
    below = without_color(resize_frame(PICTURE, size))
    assert (tiles[2].picture == blend(below, resize_heatmap(heat, size), table)).all()


def test_saliency_says_its_scale_and_what_was_done_to_the_picture(salient):
    saliency = np.zeros((20, 30), np.float32)
    saliency[3, 4] = 0.03125
    saliency_figure(saliency, reference(notes=("It was resized.",)), "t")
    assert salient[0].limits == (0, 0.03125)
    assert "black is 0, the brightest is 0.0312" in salient[0].words
    assert "It was resized." in salient[0].words


def test_a_single_salient_pixel_is_not_lost_in_a_smaller_picture(salient):
    saliency = np.zeros((84, 84), np.float32)
    saliency[40, 41] = 1
    saliency_figure(saliency, reference(PICTURE[:10, :10]), "t")
    assert (salient[0].tiles[1].picture == colormap("inferno")[255]).all(axis=2).any()


def test_saliency_that_is_zero_everywhere_is_said_to_be(salient):
    saliency_figure(np.zeros((20, 30), np.float32), reference(), "t")
    assert salient[0].key is None
    assert "it is 0 everywhere" in salient[0].words


def test_saliency_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match=r"^[^\n]+no finite numbers; check [^\n]+$"):
        saliency_figure(np.full((20, 30), np.nan, np.float32), reference(), "t")
