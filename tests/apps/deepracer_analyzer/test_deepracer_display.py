"""Facts about what is found out of a display before a window is opened."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from deepracer_analyzer.__main__ import main
from deepracer_analyzer.playing import display
from deepracer_analyzer.playing.display import check_display, foreign_library, settle_qt

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")


@pytest.fixture(autouse=True)
def no_wayland(monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_without_a_display_one_line_says_what_to_do(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(OSError, match=r"^no display \(DISPLAY is not set\); [^\n]*ssh -X[^\n]*render"):
        check_display()


@pytest.mark.parametrize("name", [":4711", "nonsense", "localhost:999.0"])
def test_a_display_that_is_not_there_is_named(monkeypatch, name):
    monkeypatch.setenv("DISPLAY", name)
    with pytest.raises(OSError, match=f"^no display answers at DISPLAY={name}; [^\n]*render"):
        check_display()


def test_a_display_that_never_answers_is_not_waited_for_long(monkeypatch):
    monkeypatch.setattr(display, "_ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(display, "_RETRY_SECONDS", (0.0,))
    with socket.create_server(("127.0.0.1", 0)) as server:
        name = f"127.0.0.1:{server.getsockname()[1] - 6000}"
        monkeypatch.setenv("DISPLAY", name)
        with pytest.raises(OSError, match=f"^no display answers at DISPLAY={name}; "):
            check_display()


def test_a_wayland_session_without_x_is_told_of_xwayland(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(OSError, match=r"^no display [^\n]*Xwayland[^\n]*render"):
        check_display()


def test_an_opencv_without_windows_is_told_of(monkeypatch):
    monkeypatch.setattr("cv2.currentUIFramework", lambda: "")
    with pytest.raises(OSError, match=r"^this OpenCV has no window [^\n]*opencv-python[^\n]*render"):
        check_display()


def test_an_opencv_that_knows_wayland_needs_no_x(monkeypatch):
    monkeypatch.setattr("cv2.currentUIFramework", lambda: "GTK3")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    check_display()


def test_play_without_a_display_is_one_line_and_status_1(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main(["play", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("deepracer-analyzer: no display ")
    assert said.err.count("\n") == 1


def test_qt_is_told_of_a_plugin_and_fonts_that_are_there(monkeypatch):
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    monkeypatch.setenv("QT_QPA_FONTDIR", "/no/such/folder")
    settle_qt()
    if os.environ["QT_QPA_PLATFORM"] == "wayland":
        pytest.skip("this OpenCV brings no Qt along")
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"
    assert Path(os.environ["QT_QPA_FONTDIR"]).is_dir()


def test_a_folder_of_fonts_that_is_there_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    monkeypatch.setenv("QT_QPA_FONTDIR", str(tmp_path))
    settle_qt()
    assert os.environ["QT_QPA_FONTDIR"] == str(tmp_path)


def test_another_packages_copy_of_a_library_of_opencvs_is_found(tmp_path: Path):
    ours = tmp_path / "opencv_python.libs"
    ours.mkdir()
    (ours / "libxcb-shm-1.so").touch()
    maps = tmp_path / "maps"
    maps.write_text("7f00-7f01 r-xp 00 08:01 1   /site/av.libs/libxcb-shm-1.so\n")
    assert foreign_library(maps, ours) == Path("/site/av.libs/libxcb-shm-1.so")


def test_opencvs_own_copies_and_the_systems_libraries_are_not_foreign(tmp_path: Path):
    ours = tmp_path / "opencv_python.libs"
    ours.mkdir()
    (ours / "libxcb-shm-1.so").touch()
    maps = tmp_path / "maps"
    maps.write_text(f"7f00 r-xp 00 08:01 1 {ours}/libxcb-shm-1.so\n7f00 r-xp 00 08:01 2 /lib/libxcb.so.1\n")
    assert foreign_library(maps, ours) is None


@pytest.mark.parametrize("first", ["deepracer_analyzer.__main__", "deepracer_analyzer.opening"])
def test_our_own_imports_load_opencvs_libraries_first(first: str):
    code = (
        f"import {first}\nfrom pathlib import Path\nimport av, cv2\n"
        "from deepracer_analyzer.playing.display import foreign_library\n"
        "ours = Path(cv2.__file__).parents[1] / 'opencv_python.libs'\n"
        "print(foreign_library(Path('/proc/self/maps'), ours))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
