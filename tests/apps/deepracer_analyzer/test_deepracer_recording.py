"""Facts about playing and recording, with a screen and a clock that do as they are told."""

from collections.abc import Callable, Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from deepracer_analyzer.playing.pacing import Pacer
from deepracer_analyzer.playing.player import AT_END, Player
from deepracer_analyzer.playing.recorder import Recorder, free_name
from deepracer_analyzer.playing.screen import key_name
from deepracer_fake_replay import FakeReplay, read
from rlviz_overlay import Frame
from rlviz_video import SeekableVideo

NOON = datetime(2024, 1, 31, 12, 0, 0)
NAME = "deepracer_analysis_20240131_120000"


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class ScriptedScreen:
    """Waits as long as it is told, on the clock; `script` gives keys by the number of the turn."""

    def __init__(self, clock: Clock, script: dict[int, str], drawing: float = 0.0) -> None:
        self.clock, self.script, self.drawing = clock, script, drawing
        self.turn = 0
        self.closed = False
        self.frames: list[Frame] = []

    def show(self, frame: Frame) -> None:
        self.clock.seconds += self.drawing
        self.frames.append(frame)

    def key(self, seconds: float) -> str | None:
        self.turn += 1
        pressed = self.script.get(self.turn)
        if pressed == "close":
            self.closed = True
        if pressed is None:
            self.clock.seconds += max(seconds, 0.001)
        return pressed


class Played:
    """A replay played for some turns."""

    def __init__(self, folder: Path, turns: int, script: dict[int, str] | None = None, **settings) -> None:
        clock = Clock()
        self.replay = FakeReplay(folder, settings.get("frames", 600), settings.get("size", (320, 250)))
        self.replay.damaged = settings.get("damaged", set())
        self.screen = ScriptedScreen(clock, script or {}, settings.get("drawing", 0.0))
        self.said: list[str] = []
        self.recorder = Recorder(folder, self.replay.size, lambda: NOON)
        player = Player(self.replay, self.screen, self.recorder, self.said.append, clock)
        for _ in range(turns):
            if self.replay.state.quit:
                break
            player.turn()
        self.seconds = clock.seconds
        player.finish()

    @property
    def shown(self) -> list[int]:
        return [read(frame)["frame_number"] for frame in self.screen.frames]


def numbers_in(path: Path) -> list[int]:
    with SeekableVideo(path) as video:
        return [read(video.frame(i))["frame_number"] for i in range(video.frames)]


def turns_of(keys: str, start: int = 1, every: int = 1) -> dict[int, str]:
    return {start + i * every: key for i, key in enumerate(keys)}


def test_pictures_come_at_the_rate_of_the_replay(tmp_path):
    played = Played(tmp_path, 200)
    assert played.shown == list(range(len(played.shown)))
    assert played.seconds * 15 == pytest.approx(played.replay.state.frame_number, abs=1)


@pytest.mark.parametrize("drawing", [0.01, 0.06])
def test_the_time_that_drawing_takes_does_not_make_it_slower(tmp_path, drawing):
    played = Played(tmp_path, 200, drawing=drawing)
    assert played.shown == list(range(len(played.shown)))
    assert played.seconds * 15 == pytest.approx(played.replay.state.frame_number, abs=1.1)


def test_where_drawing_is_too_slow_pictures_are_left_out_and_the_time_is_kept(tmp_path):
    played = Played(tmp_path, 100, drawing=0.2)
    assert set(np.diff(played.shown[1:])) == {3, 4}
    assert played.seconds * 15 == pytest.approx(played.replay.state.frame_number, abs=4)


def test_while_recording_no_picture_is_left_out(tmp_path):
    played = Played(tmp_path, 40, {1: "r"}, drawing=0.2)
    recorded = numbers_in(tmp_path / f"{NAME}.mp4")
    assert recorded == list(range(len(recorded)))
    assert len(recorded) >= played.replay.state.frame_number


def test_after_a_long_stop_it_goes_on_where_it_was():
    clock = Clock()
    pacer = Pacer(clock)
    clock.seconds = 3600.0
    assert pacer.due(15) == 1
    assert pacer.due(15) == 0
    assert pacer.remaining(15) == pytest.approx(1 / 15)


def test_no_time_is_lost_between_pictures():
    clock = Clock()
    pacer = Pacer(clock)
    taken = 0
    for _ in range(1000):
        clock.seconds += 0.021
        taken += pacer.due(15)
    assert taken == 21 * 15


def test_at_one_picture_a_second_each_comes_after_a_second():
    clock = Clock()
    pacer = Pacer(clock)
    clock.seconds = 1.0
    assert (pacer.due(1), pacer.remaining(1)) == (1, pytest.approx(1.0))


def test_a_pause_shows_no_other_picture_and_ends_without_a_jump(tmp_path):
    played = Played(tmp_path, 200, {40: "p", 140: "p"})
    assert played.shown == list(range(len(played.shown)))


def test_holding_a_key_does_not_stop_the_replay(tmp_path):
    clock_turns = {turn: "x" for turn in range(1, 400) if turn % 2}
    played = Played(tmp_path, 400, clock_turns)
    assert played.replay.state.frame_number > 50


def test_steps_show_each_picture(tmp_path):
    played = Played(tmp_path, 12, {1: "5", **turns_of("..,,,", start=2)})
    assert played.shown == [0, 300, 301, 302, 301, 300, 299]


def test_a_closed_window_quits(tmp_path):
    played = Played(tmp_path, 20, {5: "close"})
    assert played.replay.state.quit
    assert played.screen.turn == 5


def test_the_end_says_so_and_keys_still_work(tmp_path):
    played = Played(tmp_path, 300, {250: "0"}, frames=10)
    assert played.shown[:11] == [*range(10), 0]
    assert read(played.screen.frames[9])["frame_number"] == 9
    last, before = played.screen.frames[9], played.screen.frames[8]
    assert (last[6, 200:] != last[-1, 200:]).any()
    assert not (before[6, 200:] != before[-1, 200:]).any()
    assert "Esc" in AT_END


@pytest.mark.parametrize(("turn", "quits"), [(5, False), (290, True)])
def test_enter_quits_at_the_end_alone(tmp_path, turn, quits):
    assert Played(tmp_path, 300, {turn: "enter"}, frames=10).replay.state.quit is quits


def test_a_picture_is_drawn_once_for_each_change(tmp_path):
    played = Played(tmp_path, 60, {1: "p", 20: "a"})
    assert played.replay.drawn == [0, 0]
    assert len(played.screen.frames) == 2


def test_a_damaged_picture_is_told_of_and_playing_goes_on(tmp_path):
    played = Played(tmp_path, 100, {1: "r"}, damaged={3, 4})
    assert played.said[:2] == ["frame 3 is damaged", "frame 4 is damaged"]
    assert numbers_in(tmp_path / f"{NAME}.mp4") == [0, 1, 2, *range(5, played.replay.state.frame_number + 1)]


def test_a_recording_has_every_step_once_in_order_and_no_pauses(tmp_path):
    script = {1: "p", 2: "5", 10: "r", **turns_of("..,,,a3", start=20, every=3), 60: "r"}
    played = Played(tmp_path, 80, script)
    assert numbers_in(tmp_path / f"{NAME}.mp4") == [300, 301, 302, 301, 300, 299, 180]
    assert played.said == [f"Recording saved to: {tmp_path / f'{NAME}.mp4'}"]


def test_a_recording_has_the_rate_it_was_begun_with(tmp_path):
    Played(tmp_path, 60, {1: "m", 2: "m", 3: "r", 10: "n", 40: "r"})
    with SeekableVideo(tmp_path / f"{NAME}.mp4") as video:
        assert video.spec.fps == Fraction(17)


def test_the_window_alone_says_that_it_records(tmp_path):
    played = Played(tmp_path, 30, {1: "p", 2: "r", 20: "r"})
    red = [(frame.astype(int) @ (1, -1, -1)).max() > 60 for frame in played.screen.frames]
    assert red == [False, True, False]
    with SeekableVideo(tmp_path / f"{NAME}.mp4") as video:
        assert (video.frame(0).astype(int) @ (1, -1, -1)).max() < 60


def test_quitting_ends_a_recording(tmp_path):
    played = Played(tmp_path, 60, {1: "r", 20: "q"})
    assert numbers_in(tmp_path / f"{NAME}.mp4") == list(range(played.replay.state.frame_number + 1))


def test_the_last_picture_ends_a_recording(tmp_path):
    played = Played(tmp_path, 300, {1: "r"}, frames=10)
    assert numbers_in(tmp_path / f"{NAME}.mp4") == list(range(10))
    assert not played.replay.state.recording


def test_a_recording_begins_with_the_picture_that_is_shown(tmp_path):
    played = Played(tmp_path, 60, {30: "r"})
    shown_at_r = numbers_in(tmp_path / f"{NAME}.mp4")[0]
    assert played.replay.drawn[shown_at_r] == shown_at_r
    assert 0 < shown_at_r < 20
    assert numbers_in(tmp_path / f"{NAME}.mp4")[:3] == [shown_at_r, shown_at_r + 1, shown_at_r + 2]


@pytest.mark.parametrize("turn", range(8, 15))
def test_a_recording_begun_just_before_the_end_is_kept(tmp_path, turn):
    Played(tmp_path, 40, {turn: "r"}, frames=6)
    assert numbers_in(tmp_path / f"{NAME}.mp4")[-1] == 5


def test_while_it_lasts_a_recording_is_a_part(tmp_path):
    recorder = Recorder(tmp_path, FakeReplay(tmp_path).size, lambda: NOON)
    recorder.start(15)
    recorder.write(FakeReplay(tmp_path).frame())
    assert [path.name for path in tmp_path.iterdir()] == [f"{NAME}.part.mp4"]
    assert recorder.finish() == tmp_path / f"{NAME}.mp4"


def test_a_second_recording_of_the_same_second_has_another_name(tmp_path):
    Played(tmp_path, 60, {1: "r", 10: "r", 20: "r", 30: "r"})
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{NAME}.mp4", f"{NAME}_2.mp4"]


def test_the_part_of_a_killed_recording_is_not_overwritten(tmp_path):
    (tmp_path / f"{NAME}.part.mp4").write_bytes(b"left")
    assert free_name(tmp_path, NOON) == tmp_path / f"{NAME}_2.mp4"


def test_pictures_of_odd_size_are_recorded_with_one_row_and_column_more(tmp_path):
    Played(tmp_path, 10, {1: "r"}, size=(641, 501))
    with SeekableVideo(tmp_path / f"{NAME}.mp4") as video:
        assert (video.spec.width, video.spec.height) == (642, 502)


def test_where_nothing_can_be_written_a_line_says_so_and_playing_goes_on(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    played = Played(tmp_path / "file", 100, {5: "r"})
    (line,) = played.said
    assert line.startswith("No recording: ")
    assert "\n" not in line
    assert not played.replay.state.recording
    assert played.replay.state.frame_number > 40


def test_a_disk_that_fills_up_ends_the_recording_not_the_replay(tmp_path, monkeypatch):
    writes: Iterator[int] = iter(range(99))

    def write(sink: object, frame: Frame) -> None:
        if next(writes) == 5:
            raise OSError("cannot write: No space left on device")
        original(sink, frame)

    original: Callable[..., None] = Recorder.write
    monkeypatch.setattr(Recorder, "write", write)
    played = Played(tmp_path, 100, {1: "r"})
    assert played.said[0] == "The recording is not whole: cannot write: No space left on device"
    assert not played.replay.state.recording
    assert played.replay.state.frame_number > 40


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (ord("a"), "a"), (ord("A"), "a"), (ord("5"), "5"), (ord(","), ","), (27, "q"), (32, "p"),
        (13, "enter"), (0xFF51, ","), (0xFF53, "."), (0x250000, ","), (0x270000, "."),
        (63234, ","), (0x10FF51, ","),
        (0x100061, "a"), (-1, None), (0, None), (0xFFE1, None), (0xFC, None), (9, None),
    ],
)  # fmt: skip
def test_keys_have_names(code, name):
    assert key_name(code) == name
