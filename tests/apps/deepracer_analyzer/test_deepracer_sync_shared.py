"""Facts about real HUD frames, a real log, and a video whose rows are known."""

import numpy as np
import pandas as pd
import pytest
from deepracer_analyzer.logs.laps import find_laps
from deepracer_analyzer.logs.reading import parse_log, read_log
from deepracer_analyzer.sync.alignment import align
from deepracer_analyzer.sync.cache import write_with_speed
from deepracer_analyzer.sync.footage import watch
from deepracer_analyzer.sync.glyphs import drawn_glyphs
from deepracer_analyzer.sync.hud import LAYOUTS, Place, cut_window
from deepracer_analyzer.sync.lap_starts import estimate_delay
from deepracer_analyzer.sync.matching import match_video
from deepracer_analyzer.sync.reading import find_place, read_strips
from deepracer_analyzer.sync.step_odds import expected_odds, find_breaks, measured_odds
from deepracer_analyzer.views import BEFORE
from rlviz_overlay.opencv import cv2

pytestmark = pytest.mark.shared

SHOWN = {0: 0.63, 6: 0.18, 7: 0.49, 9: 0.54, 13: 0.72}
LOG = "model_A/evaluation_job_logs/sim-trace/evaluation/0-iteration.csv"


@pytest.fixture
def log(shared):
    return read_log(shared / LOG)


def test_real_frames_are_read(shared):
    files = [shared / "hud_frames" / f"out{number}.png" for number in SHOWN]
    pictures = [cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), 0) for file in files]
    windows = np.stack([cut_window(np.asarray(one, np.uint8)) for one in pictures])
    place = find_place(windows, drawn_glyphs(), share=1)
    usual = Place(LAYOUTS[0])
    assert place == usual
    reading = read_strips(usual.cut(windows), drawn_glyphs())
    assert reading.shown.tolist() == list(SHOWN.values())
    assert reading.fit.min() > 0.8
    assert reading.margin.min() > 0.1


def test_nothing_else_in_real_frames_is_read(shared):
    file = shared / "hud_frames" / "out6.png"
    luma = np.asarray(cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), 0), np.uint8)
    places = [(y, x) for y in range(0, 462, 7) for x in range(0, 586, 7) if abs(y - 423) > 4 or x > 20]
    strips = np.stack([luma[y : y + 18, x : x + 54] for y, x in places])
    assert np.isnan(read_strips(strips, drawn_glyphs()).shown).all()


def test_the_synthetic_video_is_read_and_in_step(shared, log):
    video = shared / "synthetic_video" / "model_A_first450.mp4"
    truth = pd.read_csv(shared / "synthetic_video" / "model_A_first450_gt.csv")
    said = []
    sync = match_video(log, find_laps(log, None), video, say=said.append)
    rows = truth["csv_row"].to_numpy()
    shown = truth["hud_text"].str[:5].astype(float).to_numpy()
    assert sync.method == "hud"
    assert said == []
    assert (sync.shown == shown).mean() >= 0.999
    assert (sync.rows == rows).mean() >= 0.99
    wrong = sync.rows != rows
    assert sync.confidence[wrong].max(initial=0) < 0.9  # a row was lost somewhere in a pause of zeros
    assert (np.diff(sync.rows) >= 0).all()


def test_the_lags_of_a_real_video_are_found_from_its_speeds(log):
    """The column `speed` of this log was read from its real video, picture by picture."""
    frames = np.arange(len(log.frame))
    speed, shown = (log.frame[name].to_numpy(np.float64) for name in ("speed", "speed_logged"))
    breaks = find_breaks(log, find_laps(log, None))
    first = align(shown, speed, expected_odds(len(speed), breaks, 1.0))
    second = align(shown, speed, measured_odds(len(speed), breaks, first.rows))
    lag = 3 + (frames >= 56) + (frames >= 710) + (frames >= 1373)
    for found in (first, second):
        assert (found.rows == np.maximum(frames - lag, BEFORE)).all()
        assert (found.confidence > 0.9).mean() > 0.99


def test_the_lag_is_found_from_motion_alone(shared, log):
    footage = watch(shared / "synthetic_video" / "model_A_first450.mp4")
    delay = estimate_delay(footage.motion, log.frame["speed"].to_numpy(np.float64)[:700])
    assert delay is not None
    assert delay.decisive
    assert abs(delay.lag - 3) <= 1


def test_motion_of_nothing_in_particular_is_not_decisive(log):
    motion = np.random.default_rng(0).random(450)
    delay = estimate_delay(motion, log.frame["speed"].to_numpy(np.float64))
    assert delay is None or not delay.decisive


def test_copies_of_real_logs_hold_the_speed_and_every_other_byte(shared, tmp_path):
    for number, file in enumerate(sorted(shared.rglob("*-iteration.csv"))):
        data = file.read_bytes()
        log = parse_log(data, file.name)
        copy = write_with_speed(log, data, tmp_path / f"{number}.csv")
        if "speed_logged" in log.frame:
            assert copy is None
            continue
        assert copy is not None
        lines = copy.read_bytes().split(b"\n")
        without = [b",".join(cells[:5] + cells[6:]) for cells in (line.split(b",") for line in lines)]
        assert b"\n".join(without) == data
        again = read_log(copy).frame
        np.testing.assert_array_equal(again["speed_logged"].to_numpy(), log.frame["speed"].to_numpy())
