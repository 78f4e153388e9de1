"""Facts about reading the speed from pictures of the HUD."""

import numpy as np
import pytest
from deepracer_analyzer.sync.glyphs import drawn_glyphs, normalized
from deepracer_analyzer.sync.hud import LAYOUTS, WINDOW_SHAPE, Place, cut_window, known_aspect
from deepracer_analyzer.sync.reading import find_place, learn, read_strips
from deepracer_hud import TOP, picture
from rlviz_overlay.opencv import cv2

EVALUATION, LEAGUE = LAYOUTS
USUAL = Place(EVALUATION)
TEXTS = [f"{value:05.2f}" for value in np.random.default_rng(9).uniform(0, 30, 60)]


def windows(texts=TEXTS, **how):
    """Windows of pictures that show these texts."""
    size = how.pop("size", (640, 480))
    cuts = []
    for number, text in enumerate(texts):
        luma = picture(text, moved=37.0 * number, **how)[..., 1]
        if size != (640, 480):
            luma = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
        cuts.append(cut_window(luma))
    return np.stack(cuts)


def read(cuts, place=USUAL, glyphs=None):
    return read_strips(place.cut(cuts), glyphs or drawn_glyphs())


def truth(texts=TEXTS):
    return np.array([float(text) for text in texts])


def test_every_speed_is_read():
    np.testing.assert_array_equal(read(windows()).shown, truth())


def test_every_digit_fits_itself_best():
    glyphs = drawn_glyphs().digits
    likeness = glyphs @ glyphs.T
    np.testing.assert_allclose(np.diag(likeness), 1, atol=1e-5)
    assert (likeness - 2 * np.eye(10)).max() < 0.8


@pytest.mark.parametrize(("layout", "top"), [(EVALUATION, TOP), (LEAGUE, TOP - 10)])
@pytest.mark.parametrize("off", [-2, 0, 1])
def test_the_place_of_the_text_is_found(layout, top, off):
    place = find_place(windows(TEXTS[:8], top=top + off), drawn_glyphs(), share=0.5)
    assert place == Place(layout, 0, off)


@pytest.mark.parametrize("size", [(320, 240), (480, 360), (800, 600), (1280, 960)])
def test_videos_of_another_size_are_read_by_scaling(size):
    cuts = windows(size=size)
    assert cuts.shape[1:] == WINDOW_SHAPE
    place = find_place(cuts[:20], drawn_glyphs(), share=0.5)
    assert place is not None
    np.testing.assert_array_equal(read(cuts, place).shown, truth())


def test_noise_does_not_matter():
    cuts = windows().astype(float) + np.random.default_rng(1).normal(0, 25, (60, *WINDOW_SHAPE))
    np.testing.assert_array_equal(read(np.clip(cuts, 0, 255).astype(np.uint8)).shown, truth())


@pytest.mark.parametrize(
    "change",
    [lambda v: v // 3, lambda v: 120 + v // 2, lambda v: np.minimum(v, 150)],
    ids=["darker", "pale", "clipped"],
)
def test_brightness_and_contrast_do_not_matter(change):
    np.testing.assert_array_equal(read(change(windows())).shown, truth())


def test_a_picture_without_a_hud_shows_no_speed():
    reading = read(windows(["", ""]))
    assert np.isnan(reading.shown).all()
    assert reading.share == 0


def test_blank_pictures_show_no_speed():
    assert np.isnan(read(np.full((3, *WINDOW_SHAPE), 90, np.uint8)).shown).all()


def test_noise_shows_no_speed():
    noise = np.random.default_rng(0).integers(0, 255, (500, *WINDOW_SHAPE), np.uint8)
    assert np.isnan(read(noise).shown).all()
    assert find_place(noise[:100], drawn_glyphs(), share=0.01) is None


@pytest.mark.parametrize("text", ["100.00", "123.45", "111.11", "808.08", "999.99"])
def test_a_speed_of_three_digits_is_not_read_as_another(text):
    assert np.isnan(read(windows([text])).shown).all()


def test_no_pictures_give_an_empty_reading():
    reading = read(np.zeros((0, *WINDOW_SHAPE), np.uint8))
    assert len(reading.shown) == len(reading.fit) == len(reading.digits) == 0


def test_digits_of_another_font_are_learned_from_known_speeds():
    cuts = windows(font="other")
    assert (read(cuts).shown == truth()).mean() < 0.5
    strips = USUAL.cut(cuts)
    learned = learn(strips, truth(), np.ones(len(cuts), bool), drawn_glyphs())
    others = [f"{value:05.2f}" for value in np.random.default_rng(4).uniform(0, 30, 40)]
    reading = read(windows(others, font="other"), glyphs=learned)
    np.testing.assert_array_equal(reading.shown, truth(others))


def test_learning_from_nothing_changes_nothing():
    cuts = USUAL.cut(windows())
    assert learn(cuts, truth(), np.zeros(60, bool), drawn_glyphs()) is drawn_glyphs()


def test_a_digit_that_does_not_occur_stays_as_it_was():
    texts = ["11.11", "11.12", "12.21", "22.11"]
    learned = learn(USUAL.cut(windows(texts)), truth(texts), np.ones(4, bool), drawn_glyphs())
    same = (learned.digits == drawn_glyphs().digits).all(axis=1)
    assert same.tolist() == [True, False, False, *[True] * 7]


def test_speeds_at_the_edge_of_rounding_teach_nothing():
    cuts = USUAL.cut(windows())
    assert learn(cuts, truth() + 0.005, np.ones(60, bool), drawn_glyphs()) is drawn_glyphs()


def test_normalized_cells_have_mean_0_and_length_1():
    cells = normalized(np.random.default_rng(0).normal(3, 9, (5, 40)).astype(np.float32))
    np.testing.assert_allclose(cells.mean(axis=1), 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(cells, axis=1), 1, atol=1e-5)
    assert not normalized(np.full((1, 40), 7, np.float32)).any()


@pytest.mark.parametrize(
    ("size", "known"), [((640, 480), True), ((322, 240), True), ((640, 360), False), ((1280, 720), False)]
)
def test_the_grid_fits_videos_of_its_own_aspect(size, known):
    assert known_aspect(*size) is known
