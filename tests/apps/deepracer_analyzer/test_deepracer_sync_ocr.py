"""Facts about reading the speed with tesseract, where it is installed."""

import shutil
import sys

import numpy as np
import pytest
from deepracer_analyzer.sync.matching import match_video
from deepracer_analyzer.sync.ocr import Box, check_tesseract, find_speed, read_column
from deepracer_analyzer.views import BEFORE
from deepracer_hud import TOP, make_log, picture, texts_of, write_video
from rlviz_video import LumaVideo

pytest.importorskip("pytesseract")
needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")

FRAMES = np.arange(24)


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_THREAD_LIMIT", "1")


@needs_tesseract
def test_a_column_of_crops_is_read():
    texts = [f"{value:05.2f}" for value in np.random.default_rng(3).uniform(0, 9, 16)]
    crops = [picture(text)[TOP - 1 : TOP + 18, 5:68, 1] for text in texts]
    speeds = read_column(crops)
    assert (speeds == np.array(texts, float)).mean() > 0.9


@needs_tesseract
def test_crops_without_a_number_are_not_read():
    crops = [picture("12.34")[TOP - 1 : TOP + 18, 5:68, 1], np.full((19, 63), 40, np.uint8)] * 2
    speeds = read_column(crops)
    assert speeds[[0, 2]].tolist() == [12.34, 12.34]
    assert np.isnan(speeds[[1, 3]]).all()


@needs_tesseract
def test_the_speed_is_found_where_the_layout_is_unknown(tmp_path):
    log, laps = make_log()
    texts = texts_of(log, FRAMES - 4)
    video = write_video(tmp_path / "wide.mp4", texts, size=(640, 360))
    with LumaVideo(video) as source:
        box = find_speed(source)
    assert box is not None
    assert box.left < 12
    assert box.left + box.width > 55
    assert box.top < (TOP + 1) * 3 / 4
    assert box.top + box.height > (TOP + 14) * 3 / 4
    said = []
    sync = match_video(log, laps, video, say=said.append)
    assert sync.method == "ocr"
    assert "read by OCR" in sync.note
    np.testing.assert_array_equal(sync.rows, np.maximum(FRAMES - 4, BEFORE))
    assert said == ["Sync: no known HUD with a speed in the pictures (640x360)"]


@needs_tesseract
def test_a_check_says_how_far_tesseract_agrees(tmp_path):
    log, laps = make_log()
    video = write_video(tmp_path / "video.mp4", texts_of(log, FRAMES[:20]))
    said = []
    match_video(log, laps, video, say=said.append, check_ocr=True)
    assert len(said) == 1
    assert "tesseract reads the same speed in" in said[0]
    assert "of 20 pictures" in said[0]


@needs_tesseract
def test_pictures_without_a_number_have_no_place(tmp_path):
    video = write_video(tmp_path / "none.mp4", [""] * 3, size=(320, 240))
    with LumaVideo(video) as source:
        assert find_speed(source) is None


def test_a_missing_program_and_a_missing_package_are_named_in_one_line(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setitem(sys.modules, "pytesseract", None)
    with pytest.raises(OSError, match="tesseract-ocr") as raised:
        check_tesseract()
    assert "deepracer-analyzer[ocr]" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_box_at_the_border_is_cut_there():
    luma = np.arange(20, dtype=np.uint8).reshape(4, 5)
    np.testing.assert_array_equal(Box(-1, 2, 3, 9).cut(luma), luma[2:, :2])
