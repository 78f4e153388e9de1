"""The sample's HUD is read and its rows are found as those of a real video."""

import numpy as np
import pytest
from deepracer_analyzer.logs.laps import find_laps
from deepracer_analyzer.logs.reading import parse_log
from deepracer_analyzer.sample.driving import drive_laps
from deepracer_analyzer.sample.filming import picture_rows, said_at
from deepracer_analyzer.sample.hud import Hud
from deepracer_analyzer.sample.trace import log_text
from deepracer_analyzer.sample.track import make_track
from deepracer_analyzer.sync.alignment import align
from deepracer_analyzer.sync.glyphs import drawn_glyphs
from deepracer_analyzer.sync.hud import cut_window
from deepracer_analyzer.sync.reading import Reading, find_place, read_strips
from deepracer_analyzer.sync.step_odds import expected_odds, find_breaks
from rlviz_overlay.opencv import cv2


@pytest.fixture(scope="module")
def steps():
    return drive_laps(make_track())


@pytest.fixture(scope="module")
def log(steps):
    return parse_log(log_text(steps).encode(), "sample")


@pytest.fixture(scope="module")
def windows(steps):
    """Where the speed is shown, in every picture of the video: the HUD over noise, without codec."""
    hud, said = Hud(make_track()), said_at(steps)
    noise = np.random.default_rng(0).integers(60, 130, (480, 640, 1), np.uint8)
    cuts = []
    for row in picture_rows(steps):
        canvas = np.repeat(noise, 3, axis=2)
        hud.draw(canvas, said[max(row, 0)])
        cuts.append(cut_window(np.asarray(cv2.cvtColor(canvas, cv2.COLOR_RGB2GRAY), np.uint8)))
    return np.stack(cuts)


@pytest.fixture(scope="module")
def reading(windows) -> Reading:
    place = find_place(windows[:40], drawn_glyphs(), share=0.5)
    assert place is not None
    return read_strips(place.cut(windows), drawn_glyphs())


def test_the_speed_lies_where_real_videos_have_it(windows):
    place = find_place(windows[:40], drawn_glyphs(), share=0.5)
    assert place is not None
    assert (place.layout.name, place.dx, place.dy) == ("evaluation", 0, 0)


def test_what_is_read_is_the_logs_speed(steps, log, reading):
    speed = log.frame["speed"].to_numpy(np.float64)
    shown = np.array([speed[max(row, 0)] for row in picture_rows(steps)])
    assert (np.abs(reading.shown - shown) < 0.0051).mean() >= 0.999


def test_alignment_finds_the_row_of_each_picture(steps, log, reading):
    breaks = find_breaks(log, find_laps(log, None))
    found = align(
        reading.shown, log.frame["speed"].to_numpy(np.float64), expected_odds(len(steps), breaks, 1.0)
    )
    assert (found.rows == picture_rows(steps)).mean() >= 0.99
