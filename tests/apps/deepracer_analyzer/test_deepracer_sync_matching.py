"""Facts about which row each picture of a video shows, from the file to the rows."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from deepracer_analyzer.sync.matching import frame_is_row, match_video
from deepracer_analyzer.views import BEFORE, Log, Sync
from deepracer_hud import make_log, speeds_of, texts_of, write_video

FRAMES = np.arange(52)


@dataclass
class Match:
    """Encodes pictures that show these rows and matches them; `said` is what was said the last time."""

    video: Path
    said: list[str] = field(default_factory=list)

    def __call__(self, log, laps, rows, *, texts=None, **how) -> Sync:
        self.said = []
        write_video(self.video, texts or texts_of(log, rows), **how)
        return match_video(log, laps, self.video, say=self.said.append)


@pytest.fixture
def match(tmp_path):
    return Match(tmp_path / "video.mp4")


@pytest.fixture
def no_ocr(monkeypatch):
    """As where tesseract is not installed."""
    monkeypatch.setattr(shutil, "which", lambda _: None)


@pytest.mark.parametrize(
    "how",
    [{}, {"top": 413}, {"size": (320, 240)}, {"noise": 9, "size": (320, 240)}, {"font": "other"}],
    ids=["evaluation", "league", "half the size", "noise", "another font"],
)
def test_lag_and_its_growth_at_a_reset_are_found(match, how):
    log, laps = make_log(resets=(20,))
    rows = np.maximum(FRAMES - 3 - (FRAMES >= 24), BEFORE)
    sync = match(log, laps, rows, **how)
    assert sync.method == "hud"
    np.testing.assert_array_equal(sync.rows, rows)
    np.testing.assert_array_equal(sync.shown, [float(text) for text in texts_of(log, rows)])
    assert match.said == []


def test_the_note_says_what_was_read_and_how_the_picture_trails(match):
    log, laps = make_log(resets=(20,))
    sync = match(log, laps, np.maximum(FRAMES - 3 - (FRAMES >= 24), BEFORE))
    assert "read in 52 of 52 pictures (evaluation HUD)" in sync.note
    assert "trails the log by 3 to 4 rows" in sync.note
    assert "3 are older than the log" in sync.note
    assert "the video ends at row 47 of 159" in sync.note


def test_a_video_without_a_hud_for_a_while_is_in_step_throughout(match):
    log, laps = make_log()
    rows = FRAMES - 2
    texts = texts_of(log, rows)
    texts[20:40] = [""] * 20
    sync = match(log, laps, rows, texts=texts)
    np.testing.assert_array_equal(sync.rows, np.maximum(rows, BEFORE))
    assert np.isnan(sync.shown[20:40]).all()


def test_a_log_that_ends_early_is_said_and_its_last_row_stays(match):
    log, laps = make_log(40)
    longer, _ = make_log(160)
    sync = match(log, laps, None, texts=[*texts_of(log, range(40)), *texts_of(longer, range(70, 90))])
    np.testing.assert_array_equal(sync.rows, np.minimum(np.arange(60), 39))
    assert not sync.confidence[40:].any()
    assert "20 pictures from after the log's end stay on its last row" in sync.note


def test_the_video_of_another_run_is_not_believed(match):
    log, laps = make_log(seed=5)
    other, _ = make_log(seed=6)
    sync = match(log, laps, None, texts=texts_of(other, FRAMES))
    assert sync.method == "frame = row"
    assert "is the video of another run?" in sync.note
    np.testing.assert_array_equal(sync.rows, FRAMES)


def walls(log, rows):
    """Rows -> how fast the wall passes by in pictures without a HUD."""
    speed = np.where(rows >= 0, speeds_of(log)[np.maximum(rows, 0)], 0)
    return {"texts": [""] * len(rows), "moves": speed}


@pytest.mark.usefixtures("no_ocr")
def test_without_a_readable_speed_the_lag_comes_from_when_the_car_moves(match):
    log, laps = make_log(240, resets=(20, 60, 90))
    rows = np.arange(130) - 5
    sync = match(log, laps, rows, size=(320, 240), **walls(log, rows))
    assert sync.method == "lap starts"
    assert np.abs(sync.rows - np.maximum(rows, BEFORE)).max() <= 1
    assert "no speed could be read" in sync.note
    assert "estimated from when the car moves" in sync.note
    assert sync.confidence.max() <= 0.5
    assert any("no known HUD" in line for line in match.said)
    assert any("tesseract-ocr" in line for line in match.said)


@pytest.mark.usefixtures("no_ocr")
def test_where_nothing_tells_the_lag_picture_i_shows_row_i(match):
    log, laps = make_log(60)
    sync = match(log, laps, None, texts=[""] * 80, size=(320, 240), moves=[0] * 80)
    assert sync.method == "frame = row"
    np.testing.assert_array_equal(sync.rows, np.minimum(np.arange(80), 59))
    assert not sync.confidence.any()
    assert "no speed could be read" in sync.note
    assert "20 pictures from after the log's end" in sync.note


@pytest.mark.usefixtures("no_ocr")
def test_a_check_with_ocr_that_cannot_be_made_is_an_error_that_names_the_packages(tmp_path):
    log, laps = make_log()
    with pytest.raises(OSError, match=r"tesseract-ocr") as raised:
        match_video(log, laps, tmp_path / "none.mp4", say=print, check_ocr=True)
    assert "\n" not in str(raised.value)


def test_frame_is_row_stays_on_the_last_row():
    log, _ = make_log(5)
    sync = frame_is_row(log, 8)
    assert sync.rows.tolist() == [0, 1, 2, 3, 4, 4, 4, 4]
    assert sync.method == "frame = row"
    assert np.isnan(sync.shown).all()


def test_a_log_without_rows_is_an_error(tmp_path):
    log, _ = make_log(3)
    empty = Log(log.frame.iloc[:0], "empty.csv", "B", "")
    with pytest.raises(ValueError, match=r"empty\.csv has no rows"):
        frame_is_row(empty, 3)
    with pytest.raises(ValueError, match=r"empty\.csv has no rows"):
        match_video(empty, (), tmp_path / "none.mp4", say=print)


@pytest.mark.parametrize("data", [b"", b"not a video at all" * 50, b"\0\0\0\x20ftypisom"])
def test_what_is_no_video_is_an_error_in_one_line(tmp_path, data):
    log, laps = make_log()
    path = tmp_path / "broken.mp4"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"broken\.mp4 is not a video") as raised:
        match_video(log, laps, path, say=print)
    assert "\n" not in str(raised.value)


def test_a_video_that_is_not_there_is_an_error(tmp_path):
    log, laps = make_log()
    with pytest.raises(FileNotFoundError, match=r"none\.mp4"):
        match_video(log, laps, tmp_path / "none.mp4", say=print)


def test_what_is_left_of_a_killed_recording_is_matched(tmp_path):
    """A fragmented file that ends anywhere."""
    log, laps = make_log()
    whole = tmp_path / "whole.mp4"
    write_video(whole, texts_of(log, FRAMES - 2))
    fragmented = tmp_path / "fragmented.mp4"
    _remux(whole, fragmented)
    data = fragmented.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 2 // 3])
    said = []
    sync = match_video(log, laps, cut, say=said.append)
    assert 15 < len(sync.rows) < 52
    np.testing.assert_array_equal(sync.rows, np.maximum(np.arange(len(sync.rows)) - 2, BEFORE))


def test_pictures_that_cannot_be_decoded_keep_their_places(tmp_path):
    log, laps = make_log()
    whole = write_video(tmp_path / "whole.mp4", texts_of(log, FRAMES - 2))
    data = bytearray(whole.read_bytes())
    start = data.index(b"mdat") + len(data) // 3
    data[start : start + len(data) // 40] = bytes(len(data) // 40)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data)
    said = []
    sync = match_video(log, laps, damaged, say=said.append)
    assert len(sync.rows) == 52
    read = np.isfinite(sync.shown)
    np.testing.assert_array_equal(sync.rows[read], np.maximum(FRAMES - 2, BEFORE)[read])


def _remux(source, target):
    import av

    with (
        av.open(str(source)) as given,
        av.open(
            str(target),
            "w",
            container_options={"movflags": "frag_keyframe+empty_moov", "frag_duration": "400000"},
        ) as taken,
    ):
        stream = taken.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                taken.mux(packet)
