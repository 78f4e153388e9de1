"""Whether a window can be opened, found out before Qt is asked: it ends the whole process where it cannot."""

import ctypes
import importlib.util
import os
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

from rlviz_overlay.opencv import cv2

_ANSWER_SECONDS = 5.0
_RETRY_SECONDS = (0.0, 0.1, 0.3)

_connections: dict[str, int] = {}
"""To X servers that have answered, by their names; they last as long as the process."""

_INSTEAD = "`deepracer-analyzer render` makes the video without a window"


def check_display() -> None:
    """Make sure that OpenCV can open a window.

    Raises:
        OSError: OpenCV was built without windows; or (on Linux) no X server can be reached, or another
            package was imported before OpenCV whose libraries its window would hang with.
    """
    framework = cv2.currentUIFramework()
    if not framework:
        msg = (
            "this OpenCV has no window (opencv-python-headless?); "
            f"install opencv-python in its place, or {_INSTEAD}"
        )
        raise OSError(msg)
    if not sys.platform.startswith("linux"):
        return
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and not framework.startswith("QT"):  # GTK knows Wayland; the Qt of OpenCV's wheels does not
        return
    name = os.environ.get("DISPLAY", "")
    if name and _answers(name):
        _check_libraries()
        return
    advice = f"log in with `ssh -X` where this is a remote machine, or {_INSTEAD}"
    if wayland:
        advice = f"a Wayland session needs Xwayland for OpenCV's window, or {_INSTEAD}"
    said = f"no display answers at DISPLAY={name}" if name else "no display (DISPLAY is not set)"
    msg = f"{said}; {advice}"
    raise OSError(msg)


def _check_libraries() -> None:
    foreign = foreign_library(Path("/proc/self/maps"), Path(cv2.__file__).parents[1] / "opencv_python.libs")
    if foreign:
        msg = (
            f"{foreign} was loaded before OpenCV, whose window would hang with it; "
            f"import cv2 or deepracer_analyzer before anything else (av), or {_INSTEAD}"
        )
        raise OSError(msg)


def foreign_library(maps: Path, ours: Path) -> Path | None:
    """A loaded library of X11's that is another package's copy of one that OpenCV's wheel has too.

    The wheels of PyAV and OpenCV name their copies alike, so the process has only the one that came first;
    Qt's window waits forever for an answer that PyAV's copy has asked another connection for.

    Args:
        maps: The process's list of loaded files, `/proc/self/maps`.
        ours: The folder of OpenCV's own copies.
    """
    try:
        lines = maps.read_text(errors="replace").splitlines()
    except OSError:  # no such list: then it cannot be told
        return None
    loaded = {Path(line.partition("/")[2]) for line in lines if "/libxcb" in line}
    for path in sorted(Path("/") / one for one in loaded):
        if path.parent != ours and (ours / path.name).exists():
            return path
    return None


def settle_qt() -> None:
    """Set what Qt would else complain of on stderr, or fail at; call it before the first window.

    OpenCV's wheels have a Qt for X11 alone, which nonetheless heeds a desktop's wish for Wayland, and name a
    folder of fonts that they do not have.
    """
    plugins = Path(cv2.__file__).parent / "qt" / "plugins" / "platforms"
    if not (plugins / "libqxcb.so").exists():
        return
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    if not Path(os.environ.get("QT_QPA_FONTDIR", "")).is_dir():
        os.environ["QT_QPA_FONTDIR"] = str(_font_folder())


def _answers(display: str) -> bool:
    """Whether an X server lets us in; True where that cannot be found out."""
    if display in _connections:
        return True
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    # A server that hangs, or a machine that is off, would keep us waiting for minutes.
    asking = Thread(target=_connect, args=(xcb, display), name="display", daemon=True)
    asking.start()
    asking.join(_ANSWER_SECONDS)
    return display in _connections


def _connect(xcb: Any, display: str) -> None:  # noqa: ANN401 - a foreign library
    """Connect to an X server, and stay: one without a screen (Xvfb) starts anew when its last client leaves.

    Who connects while it does so is turned away, so there is a second try, and a third.
    """
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    for wait in _RETRY_SECONDS:
        time.sleep(wait)
        connection = xcb.xcb_connect(display.encode(), None)
        if not xcb.xcb_connection_has_error(connection):
            _connections[display] = connection
            return
        xcb.xcb_disconnect(connection)


def _font_folder() -> Path:
    """Find the folder of matplotlib's fonts without loading it; any folder does where there is none."""
    spec = importlib.util.find_spec("matplotlib")
    fonts = Path(spec.origin if spec and spec.origin else ".").parent / "mpl-data" / "fonts" / "ttf"
    return fonts if fonts.is_dir() else Path(cv2.__file__).parent
