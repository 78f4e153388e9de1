"""Facts about the window itself, on a screen in memory, with keys pressed from outside."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from deepracer_analyzer.simulation.keys import COMMANDS
from deepracer_fake_replay import FakeReplay, picture, read
from rlviz_overlay import Frame
from rlviz_video import SeekableVideo
from x_desktop import PATIENCE, Desktop, new_desktop

WIDTH, HEIGHT = 640, 500
FRAMES = 600


class Playing:
    """`play` in a process of its own."""

    def __init__(self, desktop: Desktop, folder: Path, frames: int) -> None:
        self.desktop = desktop
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "deepracer_fake_replay", str(folder), str(frames)],
            env=desktop.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.until(lambda shown: shown["gaussian_size"] == 60)
        self.window = int(desktop.do("search", "--name", "^fake: vid").split()[0])
        desktop.do("windowfocus", "--sync", str(self.window))

    def shown(self) -> dict[str, int]:
        """What the picture on the screen says of itself."""
        return read(self.desktop.picture())

    def until(self, is_so: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        """Wait until the picture on the screen says so."""
        ends = time.monotonic() + PATIENCE
        while not is_so(shown := self.shown()):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < ends, shown
            time.sleep(0.01)
        return shown

    def until_it_stands(self) -> dict[str, int]:
        """Wait until no other picture comes for as long as six take."""
        shown = self.shown()
        while True:
            time.sleep(0.4)
            before, shown = shown, self.shown()
            if shown == before:
                return shown

    def press(self, *keys: str) -> None:
        """Press keys one after the other; of those pressed at once Qt keeps the last."""
        self.desktop.do("key", "--delay", "80", *keys)

    def end(self) -> tuple[int, str, str]:
        """Wait for its end: status, stdout, stderr."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with new_desktop(tmp_path_factory.mktemp("screen"), WIDTH, HEIGHT) as desktop:
        yield desktop


@pytest.fixture
def start(desktop: Desktop, tmp_path: Path) -> Iterator[Callable[..., Playing]]:
    started: list[Playing] = []

    def play(frames: int = FRAMES) -> Playing:
        started.append(Playing(desktop, tmp_path, frames))
        return started[-1]

    yield play
    for playing in started:
        playing.process.kill()
        playing.process.communicate()


def test_every_key_of_the_table_does_in_the_window_what_the_table_says(start):
    playing = start()
    expected = FakeReplay(Path())
    for key in (",", "5", *sorted(set(COMMANDS) - set("pqr"))):
        playing.press({",": "comma", ".": "period"}.get(key, key))
        if key == ",":  # it played so far
            expected.state = expected.state.at(playing.until_it_stands()["frame_number"] + 1)
        expected.press(key)
        wanted = read(picture(expected.state.frame_number, expected.state.view))
        playing.until(wanted.__eq__)
    playing.press("q")
    assert playing.end() == (0, "", "")


def test_p_stops_and_goes_on(start):
    playing = start()
    playing.press("p")
    stands_at = playing.until_it_stands()["frame_number"]
    playing.press("p")
    playing.until(lambda shown: shown["frame_number"] > stands_at + 5)


def test_space_escape_and_arrows_stand_for_keys(start):
    playing = start()
    playing.press("space")
    playing.press("3")
    playing.until(lambda shown: shown["frame_number"] == 3 * FRAMES // 10)
    playing.press("Right", "Right", "Right")
    playing.until(lambda shown: shown["frame_number"] == 3 * FRAMES // 10 + 3)
    playing.press("Left")
    playing.until(lambda shown: shown["frame_number"] == 3 * FRAMES // 10 + 2)
    playing.press("Escape")
    assert playing.end() == (0, "", "")


def test_it_plays_and_at_the_end_enter_quits(start):
    playing = start(20)
    playing.until(lambda shown: shown["frame_number"] == 19)
    playing.press("Return")
    assert playing.end() == (0, "", "")


def test_a_window_closed_by_its_frame_quits_and_finishes_the_recording(start, desktop):
    playing = start()
    playing.press("r")
    first = playing.until(lambda shown: any(playing.folder.iterdir()))["frame_number"]
    playing.until(lambda shown: shown["frame_number"] > first + 3)
    desktop.close_window(playing.window)
    status, out, err = playing.end()
    (recording,) = playing.folder.iterdir()
    assert (status, out, err) == (0, f"Recording saved to: {recording}\n", "")
    assert_whole(recording)


def test_control_c_finishes_the_recording_and_is_status_130(start):
    playing = start()
    playing.press("r")
    first = playing.until(lambda shown: any(playing.folder.iterdir()))["frame_number"]
    playing.until(lambda shown: shown["frame_number"] > first + 3)
    playing.process.send_signal(signal.SIGINT)
    status, out, err = playing.end()
    (recording,) = playing.folder.iterdir()
    assert (status, out, err) == (130, f"Recording saved to: {recording}\n", "")
    assert_whole(recording)


def test_while_it_records_the_window_says_so_and_the_video_does_not(start, desktop):
    playing = start()
    playing.press("p", "5", "r")
    playing.until(lambda shown: is_red(desktop.picture()))
    playing.press("period", "r")
    playing.until(lambda shown: not is_red(desktop.picture()))
    playing.press("q")
    playing.end()
    (recording,) = playing.folder.iterdir()
    with SeekableVideo(recording) as video:
        frames = [video.frame(i) for i in range(video.frames)]
    assert [read(frame)["frame_number"] for frame in frames] == [FRAMES // 2, FRAMES // 2 + 1]
    assert not any(is_red(frame) for frame in frames)


def is_red(frame: Frame) -> bool:
    """Whether the sign of a recording is on it."""
    red, green, blue = np.moveaxis(frame[:60, WIDTH // 2 :].astype(int), 2, 0)
    return bool((red - green - blue > 60).any())


def assert_whole(recording: Path) -> None:
    assert recording.name.startswith("deepracer_analysis_")
    assert ".part" not in recording.name
    with SeekableVideo(recording) as video:
        numbers = [read(video.frame(i))["frame_number"] for i in range(video.frames)]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(numbers) > 3
